"""Samples of the pages about texts."""

from tests.routes import Sample

SAMPLES = {
    "texts.index": Sample(),
    "texts.show": Sample(lambda world: {"name": "application.refused"}),
}
