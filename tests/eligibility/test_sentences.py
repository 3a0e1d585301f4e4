"""Every sentence that a person may read, rendered, and kept in a list that people have read.

After a change of words: run with ``UPDATE_SENTENCES=1``, read ``data/sentences.txt``, commit it.
"""

import os
import re
from datetime import date
from pathlib import Path
from random import Random

from recruitment.areas.catalogue import prefectures
from recruitment.eligibility import (
    Appraisal,
    Conditions,
    Parameters,
    Person,
    Position,
    RuleResult,
    parameters_for,
)
from recruitment.eligibility.vocabulary import DECLARATIONS, POST_WORDS

from . import people
from .build import IN_NANCHONG, asking, cadre, call, spell
from .test_position import CONDITIONS

LIST = Path(__file__).parent / "data" / "sentences.txt"


def rendered() -> set[tuple[str, str, str, str]]:
    rnd = Random(21)
    found: set[tuple[str, str, str, str]] = set()

    def take(results: tuple[RuleResult, ...]) -> None:
        found.update((r.rule, r.outcome, r.message, r.change) for r in results)

    variants: list[tuple[Parameters, int]] = [
        *((parameters_for(on), 150) for on in people.REFERENCE_DATES),
        (call(tenure__mode="cumulative", tenure__relief_excellent=2), 400),
    ]
    for params, count in variants:
        for _ in range(count):
            raw = people.person(rnd, params.reference_date)
            at = Position.from_json(raw.get("position"))
            take(params.judge(Person.from_json(raw), at).results)
    params = parameters_for(date(2021, 2, 24))
    for asked, _, facts, _ in CONDITIONS:
        take(params.judge(cadre(**facts), Position("510722", Conditions(**asked))).results)
    for at in (asking(), Position()):
        take(params.judge(Person(), at).results)
    for key in DECLARATIONS:
        take(params.judge(cadre(declarations={key: True}), Position("510722")).results)
    take(params.judge(cadre(posts=(spell("2015-01-01", post="other", restructured=True),)), asking()).results)
    in_two = (spell("2015-01-01"), spell("2015-01-01", community=IN_NANCHONG))
    for at in (Position("513221"), Position()):
        take(params.judge(cadre(posts=in_two), at).results)
    for results in (
        (Appraisal(2020, "competent"), Appraisal(2020, "basic")),
        (Appraisal(2020, "competent"), Appraisal(None, "incompetent")),
    ):
        take(params.judge(cadre(appraisals=results), asking()).results)
    return found


SENTENCES = rendered()


def shape(text: str) -> str:
    """The sentence without its dates and numbers."""
    text = re.sub(r"\d+年\d+月\d+日", "〈日期〉", text)
    text = re.sub(r"\d+年度", "〈年度〉", text)
    text = re.sub(r"\d+年起", "〈某年〉起", text)
    for name in prefectures().values():
        text = text.replace(name, "〈市州〉")
    text = re.sub(r"（〈市州〉、）+〈市州〉", "〈市州〉", text)
    return re.sub(r"\d+", "〈数〉", text)


def test_every_sentence_is_one_that_people_have_read() -> None:
    lines = sorted({" | ".join((rule, outcome, shape(m), shape(c))) for rule, outcome, m, c in SENTENCES})
    if os.environ.get("UPDATE_SENTENCES"):
        LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == LIST.read_text(encoding="utf-8").splitlines()


def test_sentences_are_short_chinese_and_complete() -> None:
    for rule, outcome, message, change in SENTENCES:
        for text in (message, change):
            assert not re.search(r"[A-Za-z_]|None|。。|；。|，。", text), (rule, text)
            assert not re.search(r"[,;:?!()]", text), (rule, text)
            assert text == "" or text.endswith("。"), (rule, text)
            assert all(len(sentence) <= 75 for sentence in text.split("。")), (rule, text)
        assert message
        assert bool(change) == (outcome != "pass"), (rule, outcome)


def test_every_post_has_a_name() -> None:
    assert all(POST_WORDS.values())
