"""What rules, guards and the engine say to somebody who reads English."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications.guards import registration_reasons
from recruitment.areas.catalogue import prefectures
from recruitment.eligibility import Position, parameters_for
from recruitment.eligibility.rulesets import available_rules, load_rules
from recruitment.eligibility.verdict import RuleResult, Verdict
from recruitment.wording import said
from recruitment.words import Words
from recruitment.workflow import engine
from tests import factories, pages
from tests.client import tree
from tests.client import words as words_of
from tests.conftest import Clock
from tests.eligibility.build import cadre, call
from tests.eligibility.test_sentences import SENTENCES
from tests.public.test_self_check import ANSWERS
from workflows.registry import Given
from workflows.terms import Actor
from workflows.words import WORDS

PLAIN = Position("510722")
ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# Names of places, languages and majors, and whatever stands in quotation marks.
NAMES = re.compile(
    "|".join([*prefectures().values(), "彝语", "藏语", "汉语", "法学", "农学", "林学", "“[^”]*”"])
)


def chinese_in(text: str) -> list[str]:
    return CHINESE.findall(NAMES.sub("", text))


@contextmanager
def reading_english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        yield


def test_every_sentence_of_a_rule_has_its_english(app: Flask) -> None:
    with reading_english(app):
        for rule, outcome, message, change in SENTENCES:
            for text in (message, change):
                assert not chinese_in(said(text)), (rule, outcome, text)
                assert "%(" not in said(text)


def test_every_citation_has_its_english(app: Flask) -> None:
    with reading_english(app):
        for name, versions in available_rules().items():
            for version in versions:
                for parameter in load_rules(f"{name}@{version}").parameters.values():
                    for value in parameter.values:
                        assert not chinese_in(said(value.citation.words)), parameter.path


def test_a_kept_verdict_speaks_english_years_later(app: Flask) -> None:
    verdict = parameters_for(date(2023, 1, 4)).judge(cadre(), PLAIN)
    kept = Verdict.from_json(verdict.to_json(kept=True))
    assert kept == verdict
    with reading_english(app):
        assert [said(r.message) for r in kept.results] == [said(r.message) for r in verdict.results]
        assert not [text for r in kept.results for text in (r.message, r.change) if chinese_in(said(text))]
    # What was kept without its parts is still told, in the words of then.
    plain = RuleResult.from_json(verdict.results[0].to_json())
    assert said(plain.message) == verdict.results[0].message


def test_words_say_the_same_in_chinese_everywhere(app: Flask) -> None:
    words = Words(
        "%(born)s出生，到%(on)s未满%(age)s周岁。", born=date(2003, 2, 25), on=date(2021, 2, 24), age=18
    )
    assert said(words) == words == "2003年2月25日出生，到2021年2月24日未满18周岁。"
    with app.test_request_context("/"):
        assert said(words) == words
    with reading_english(app):
        assert said(words) == "Born on 25 February 2003: not yet 18 years old on 24 February 2021."


def test_a_call_without_the_call_of_2023_has_its_english(app: Flask) -> None:
    params = call(tenure__mode="cumulative", tenure__relief_excellent=2)
    with reading_english(app):
        for result in params.judge(cadre(posts=()), PLAIN).results:
            assert not chinese_in(said(result.message) + said(result.change) + said(result.citation))


def test_the_engine_speaks_english(app: Flask) -> None:
    registry = engine().registry
    places = re.compile(r"%\((\w+)\)s")
    with reading_english(app):
        for flow in engine().flows.values():
            for version in flow.versions.values():
                labels = [state.label for state in version.states.values()]
                labels += [step.label for step in version.transitions.values()]
                for label in labels:
                    assert not chinese_in(registry.translate(label).replace("“", "").replace("”", "")), label
        for code, template in WORDS.items():
            parts = dict.fromkeys(places.findall(template), "1")
            assert not chinese_in(registry.say(code, **parts).words), code


def test_no_reason_is_said_in_one_language_alone() -> None:
    """Every ``Reason`` gets its words from the catalogue, or hands on what another one said."""
    plain = []
    for path in sorted((ROOT / "recruitment").glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason" and len(node.args) > 1:
                for argument in node.args[1:]:
                    if isinstance(argument, ast.JoinedStr | ast.Constant) and argument_is_chinese(argument):
                        plain.append(f"{path.relative_to(ROOT)}:{argument.lineno}")
    assert not plain


def argument_is_chinese(argument: ast.expr) -> bool:
    return bool(CHINESE.search(ast.unparse(argument)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"appraisal": ""},
        {"education": "junior_middle", "birth_date": ["1960", "5", "4"], "post": "other"},
        {"post": "none", "since": ["", "", ""], "county": ""},
    ],
)
def test_the_self_check_gives_its_reasons_in_english(
    app: Flask, session: Session, clock: Clock, changes: dict[str, object]
) -> None:
    clock.set(factories.NOW)
    factories.call(session, slug="2026")
    session.commit()
    visitor = pages.visitor(app)
    visitor.set_cookie("language", "en")
    page = visitor.submit(visitor.get("/calls/2026/check"), "Show the result", ANSWERS | changes)
    reasons = [li for li in tree(page).iter("li") if str(li.get("class")).startswith("reason-")]
    assert reasons or not changes
    for reason in reasons:
        assert not chinese_in(words_of(reason))


def test_positions_for_me_give_their_reasons_in_english(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(factories.NOW)
    person = factories.cadre(session)
    person.birth_date = date(1970, 3, 1)
    factories.dossier(session, person)
    call = factories.call(session, slug="2026")
    factories.position(session, call, conditions={"languages": ["彝语"], "years": 30})
    session.commit()
    cadre = pages.signed_in(app, person)
    cadre.set_cookie("language", "en")
    page = cadre.get("/calls/2026/choose?area=all")
    reasons = [li for li in tree(page).iter("li") if str(li.get("class")).startswith("reason-")]
    assert reasons
    for reason in reasons:
        assert not chinese_in(words_of(reason)), words_of(reason)


def test_a_guard_refuses_in_english(app: Flask) -> None:
    now = factories.NOW
    facts = {"call_state": "registration", "opens_at": now - timedelta(days=9), "closes_at": now}
    given = Given(facts, Actor.system("test"), now)
    with reading_english(app):
        (reason,) = registration_reasons(given)
    assert reason.words.startswith("Applications closed on ")
    assert not chinese_in(f"{reason.words}{reason.citation}")
    (reason,) = registration_reasons(given)
    assert reason.words.endswith("截止。")
