"""Every text as people read it: it says all that it has to, in full-width punctuation, and changes only on purpose.

``SNAPSHOTS=write`` writes the texts anew; read them aloud before you commit them.
"""

import os
import re
from pathlib import Path

import pytest
from flask import Flask

from recruitment.notices import catalogue
from recruitment.notices.catalogue import Kind
from recruitment.notices.render import SMS_LENGTH, render

FOLDER = Path(__file__).parents[2] / "templates" / "notices"
SNAPSHOTS = Path(__file__).with_name("snapshots")
NAMES = sorted(path.parent.name for path in FOLDER.glob("*.*/body.txt"))

DATED = re.compile(r"\d{4}年\d{2}月\d{2}日（星期[一二三四五六日]）(\d{2}:\d{2})?")
CLAUSE = re.compile(r"依据：|《[^》]+》|招考公告“[^”]+”条款")
# Between Chinese characters, or beside one, these stand in full width.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;!?()][\u4e00-\u9fff]")
# Facts that are not always there.
UNSURE = (
    "appeal_until",
    "decide_by",
    "explanation",
    "instructions",
    "query_closes_at",
    "rechoice",
    "result",
    "ticket_number",
    "told",
)


@pytest.fixture
def kind(app: Flask, request: pytest.FixtureRequest) -> Kind:
    with app.app_context():
        return catalogue.kinds()[request.param]


every_kind = pytest.mark.parametrize("kind", NAMES, indirect=True)


@every_kind
def test_a_text_is_as_it_was_read(app: Flask, kind: Kind) -> None:
    with app.app_context():
        text = render(kind.name, dict(kind.sample))
        shown = f"标题：{text.subject}\n\n{text.body}"
    if text.sms:
        shown += f"\n短信：{text.sms}\n"
    for ending, now in (("txt", shown), ("html", text.body_html)):
        snapshot = SNAPSHOTS / f"{kind.name}.{ending}"
        if os.environ.get("SNAPSHOTS") == "write":
            snapshot.parent.mkdir(exist_ok=True)
            snapshot.write_text(now, "utf-8")
        assert snapshot.is_file(), "read the new text aloud, then run this with SNAPSHOTS=write"
        assert now == snapshot.read_text("utf-8")


@every_kind
def test_a_text_says_what_it_has_to(app: Flask, kind: Kind) -> None:
    with app.app_context():
        text = render(kind.name, dict(kind.sample))
    assert kind.label != kind.name, "about.toml needs a label"
    assert text.subject, "what happened stands in the subject"
    assert len(text.subject) <= 40
    assert "\n" not in text.subject
    assert text.body.startswith("王芳，您好：\n")
    opening = text.body.split("\n\n")[1]
    assert "您" in opening, "the first sentence says what happened to the reader"
    assert "咨询电话：028-5550-0000" in text.body
    # The closing, which every text has, and the line about the telephone are no answer.
    said = text.body.split("\n查看详情：")[0].replace(str(kind.sample["phone_note"]), "")
    if "why" in kind.says:
        assert CLAUSE.search(said), "no clause"
    if "do" in kind.says:
        assert re.search(r"请|可以|接下来", said), "nothing to do"
    if "until" in kind.says:
        assert DATED.search(said), "no date with its weekday"


@every_kind
def test_a_text_is_short_plain_and_in_full_width_punctuation(app: Flask, kind: Kind) -> None:
    with app.app_context():
        text = render(kind.name, dict(kind.sample))
    for words in (text.subject, text.body, text.sms or ""):
        assert not HALF_WIDTH.search(words), HALF_WIDTH.search(words)
        assert not re.search(r"\{\{|\{%|None|\[\]", words)
        assert "  " not in words
    for sentence in re.split(r"[。；！？\n]", text.body):
        # What is written in a message is read once, on a telephone.
        assert len(sentence) <= 75, sentence
    assert "\n\n\n" not in text.body
    for officialese in ("敬请", "特此", "予以", "务必", "逾期不候", "知悉", "贵"):
        assert officialese not in text.body


def test_every_text_has_a_short_message_that_fits(app: Flask) -> None:
    with app.app_context():
        for kind in catalogue.kinds().values():
            sms = render(kind.name, dict(kind.sample)).sms
            assert sms, f"{kind.name}: sms.txt is missing or too long"
            # The gateway puts the sender's signature before it.
            assert len("【四川考录】" + sms) <= SMS_LENGTH, kind.name


def test_no_text_is_left_without_its_notice() -> None:
    for ending in ("txt", "html"):
        assert {path.stem for path in SNAPSHOTS.glob(f"*.{ending}")} == set(NAMES)


@every_kind
def test_a_text_has_no_empty_place_where_something_was_not_filled_in(app: Flask, kind: Kind) -> None:
    """What nobody has to fill in, or what is not known yet, leaves no label behind it and no half sentence."""
    with app.app_context():
        text = render(kind.name, {**kind.sample, **{name: "" for name in UNSURE if name in kind.sample}})
    listed = re.sub(r"：\n(- |https://)", "", text.body)
    for line in listed.split("您好：", 1)[1].splitlines():
        assert not line.endswith("："), line
        assert not re.search(r"[，、：]。|在前|（）|“”|^[，。；]", line), line
    assert "\n\n\n" not in text.body


def test_a_text_message_tells_the_truth_where_there_is_nothing_to_pay_or_undo(app: Flask) -> None:
    def sms(name: str, **facts: object) -> str:
        with app.app_context():
            return render(name, {**catalogue.kinds()[name].sample, **facts}).sms or ""

    assert "请在" not in sms("candidate.fee_due", amount="", due="")
    assert "缴费" not in sms("candidate.fee_confirmed", amount="")
    assert "撤销" not in sms("appeal.upheld", reversed=False)
    assert "改报" not in sms("application.refused", may_choose_again=False)
