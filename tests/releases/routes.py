"""Samples of the pages about held notices."""

from tests.routes import NOWHERE, Sample

_NONE = Sample(lambda world: {"outbox_id": NOWHERE}, own=False)
SAMPLES = {
    "releases.index": Sample(),
    "releases.show": _NONE,
    "releases.edit": _NONE,
    "releases.cancel": _NONE,
    "releases.trial": _NONE,
}
