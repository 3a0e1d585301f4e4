"""What the catalogue of translations reads besides Python and templates; named by ``babel.cfg``."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any


def workflow_labels(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """The names of states, steps and deadlines in a workflow's definition, as Babel calls an extractor.

    Yields:
        line, function (none), words, comments (none).
    """
    for words in _labels(tomllib.loads(fileobj.read().decode())):
        yield 1, None, words, []


def rule_words(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """What a rule set calls its parameters, and the documents and parts that it cites."""
    data = tomllib.loads(fileobj.read().decode())
    found = [document["title"] for document in data["documents"].values() if "title" in document]
    for parameter in data.get("parameter", ()):
        cited = [value["part"] for value in (*parameter["values"], parameter.get("floor", {"part": ""}))]
        found += [parameter["words"], *cited]
    for words in dict.fromkeys(found):
        if words:
            yield 1, None, words, []


def _labels(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if name == "label" and isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _labels(value)
