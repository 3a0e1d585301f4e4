"""The self-check: what is open to me, and why the rest is not, without signing in.

The answers are sent by POST, judged, and forgotten: nothing is stored, and they appear in no address. The page that
answers says everything to the day. Its link for others (:mod:`recruitment.public.coarse`) carries only what the
rules of the call tell apart, and the page behind that link names spans where the other one names days.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from recruitment import wording
from recruitment.applications.choices import MAY, NEAR, NOT, ORDER, VERIFY
from recruitment.areas import catalogue
from recruitment.cadres.vocabulary import EDUCATION_LEVELS
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import parameters_of, position_facts
from recruitment.clock import now
from recruitment.database import db
from recruitment.eligibility.facts import Person
from recruitment.eligibility.offers import Offer, offers
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import APPRAISAL_WORDS, EDUCATION_RANK
from recruitment.people.access import public
from recruitment.public.coarse import NO_POST, BadLink, Grid, Span
from recruitment.public.self_check_form import SelfCheckForm, post_words
from recruitment.public.views import announced_call, shown_and_current
from recruitment.web import navigation
from recruitment.web.formats import day
from recruitment.web.limits import address, limiter
from recruitment.words import Words

blueprint = Blueprint("self_check", __name__)
Page = str | Response | tuple[str, int]

# So many positions of a block are named; the rest is counted, and the position table has them all.
NAMED = 30
# From one address: a township office, or a mobile network, asks for many people; a program asks for more.
CHECKS = "300 per 15 minutes"
AREA = "area.prefecture"
# What would change these is a day counted from the person's own.
COUNTED = ("age.minimum", "tenure.length", "position.years")
SCHOOLING = ("education.floor", "position.education")


@dataclass(slots=True)
class Block:
    """Positions with the same answer for the same reasons.

    Attributes:
        group: ``may``, ``verify``, ``near`` or ``not``, as when a position is chosen.
        reasons: what fails, then what is not known, without what all positions have in common.
        elsewhere: they lie outside the prefecture, and that is said for all of them together.
    """

    group: str
    reasons: tuple[RuleResult, ...]
    elsewhere: bool
    positions: list[Position] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a self-check.

    Attributes:
        common: reasons that stand against every position.
        counts: how many positions each group has.
        bars: circumstances that nobody was asked for here, in words, each with its source.
    """

    blocks: list[Block]
    common: tuple[RuleResult, ...]
    counts: dict[str, int]
    bars: list[tuple[str, str]]


@blueprint.get("/check")
@navigation.entry(_l("自查"), 110, section="self_check.")
@public
def current() -> Page:
    """On to the self-check of the call that matters now."""
    shown, under_way = shown_and_current(now())
    if not under_way:
        return render_template("public/no_call.html", past=[call for call, _registration in shown])
    return redirect(url_for("self_check.check", slug=under_way[0][0].slug))


@blueprint.route("/calls/<slug>/check", methods=["GET", "POST"])
@public
@limiter.limit(lambda: CHECKS, key_func=address, exempt_when=lambda: request.method != "POST")
def check(slug: str) -> Page:
    """The questions and, to whoever has answered them, the result. A POST writes nothing here."""
    call = announced_call(slug)
    form = SelfCheckForm()
    form.ask(call)
    if request.method != "POST":
        return render_template("public/self_check.html", call=call, form=form)
    if not form.validate():
        return render_template("public/self_check.html", call=call, form=form), 422
    positions, params, grid = _of_call(call)
    answers = form.answers()
    return render_template(
        "public/self_check_result.html",
        call=call,
        form=form,
        found=findings(answers.person(params.reference_date), positions, params),
        link=url_for("self_check.shared", slug=slug, _external=True, **grid.link(answers)),
        said=[],
        named=NAMED,
    )


@blueprint.get("/calls/<slug>/check/result")
@public
def shared(slug: str) -> Page:
    """The result behind a link; 404 for one that no self-check of this call has made."""
    call = announced_call(slug)
    positions, params, grid = _of_call(call)
    words = request.args.to_dict()
    try:
        representative = grid.representative(words)
    except BadLink:
        abort(404)
    found = findings(representative.person(params.reference_date), positions, params)
    born = between(grid.born(words))
    # The days of the representative are nobody's: say the spans that they stand for.
    spans = {"born": one_day(grid.born(words))}
    said = [(_("出生日期"), born), (_("学历"), EDUCATION_LEVELS[representative.education])]  # type: ignore[index]
    said.append((_("职务"), post_words(representative.post)))
    if representative.post != NO_POST:
        began = between(grid.served(words))
        spans["since"] = one_day(grid.served(words))
        place = catalogue.counties()[representative.county]
        whole = place.prefecture + (place.name if words["place"] == place.code else "")
        said += [(_("开始任职"), began), (_("任职地"), whole)]
    said.append(
        (_("综合类表彰"), {True: _("有"), False: _("没有"), None: _("不清楚")}[representative.commended])
    )
    if representative.appraisal:
        said.append((_("上年度考核"), wording.said(APPRAISAL_WORDS[representative.appraisal])))
    return render_template(
        "public/self_check_result.html",
        call=call,
        form=None,
        found=in_spans(found, spans),
        link=request.url,
        said=said,
        named=NAMED,
    )


def _of_call(call: Call) -> tuple[list[Position], Parameters, Grid]:
    query = (
        sa.select(Position)
        .where(Position.call_id == call.id)
        .options(joinedload(Position.township))
        .order_by(Position.county_code, Position.code)
    )
    positions = list(db.session.scalars(query))
    params = parameters_of(call)
    return positions, params, Grid(params, map(position_facts, positions))


def findings(person: Person, positions: Iterable[Position], params: Parameters) -> Findings:
    """Judge every position and put together those with the same answer for the same reasons."""
    judged = list(offers(person, ((position, position_facts(position)) for position in positions), params))
    reasons = [_reasons(offer) for offer in judged]
    common = tuple(reason for reason in reasons[0] if all(reason in r for r in reasons)) if judged[1:] else ()
    blocks: dict[object, Block] = {}
    for offer, found in zip(judged, reasons, strict=True):
        group = _group(found)
        elsewhere = any(result.rule == AREA and result.deterministic for result in found)
        # Each other prefecture has its own sentence; to the reader they are one answer.
        own = () if elsewhere else tuple(result for result in found if result not in common)
        block = blocks.setdefault((group, elsewhere, own), Block(group, own, elsewhere))
        if elsewhere and not block.reasons:
            block.reasons = tuple(result for result in found if result.rule == AREA)
        block.positions.append(offer.key)
    ordered = sorted(blocks.values(), key=lambda block: (ORDER.index(block.group), block.elsewhere))
    counts = {group: sum(len(b.positions) for b in ordered if b.group == group) for group in ORDER}
    bars = [
        (wording.label(params.words[f"bar.{key}"]), wording.said(params.cite(f"bar.{key}")))
        for key in params.bars
    ]
    return Findings(ordered, common, counts, bars)


def _reasons(offer: Offer[Position]) -> tuple[RuleResult, ...]:
    """What fails, then what is not known; the circumstances that were not asked for are said once elsewhere."""
    verdict = offer.verdict
    found = [r for r in (*verdict.failed, *verdict.unknown) if not r.rule.startswith("bar.")]
    schooling = [r for r in found if r.rule in SCHOOLING]
    if len(schooling) > 1:
        # The call and the position ask for the same thing: the higher of the two is the one in the way.
        highest = max(schooling, key=lambda result: EDUCATION_RANK[str(result.limit)])
        found = [r for r in found if r is highest or r.rule not in SCHOOLING]
    return tuple(found)


def _group(reasons: tuple[RuleResult, ...]) -> str:
    failed = [result for result in reasons if result.outcome == FAIL]
    if not failed:
        return VERIFY if any(result.outcome == UNKNOWN for result in reasons) else MAY
    alone = len(failed) == 1 and failed[0].change and not failed[0].deterministic
    return NEAR if alone else NOT


def between(span: Span) -> str:
    """A span in words."""
    if span.first is None:
        return str(_("%(day)s或更早", day=day(span.last))) if span.last else ""
    if span.last is None:
        return str(_("%(day)s或以后", day=day(span.first)))
    return str(_("%(first)s至%(last)s之间", first=day(span.first), last=day(span.last)))


def one_day(span: Span) -> str:
    """A day of which only the span is known, in words."""
    if span.first is None or span.last is None:
        return between(span)
    return str(_("%(first)s至%(last)s之间的某一天", first=day(span.first), last=day(span.last)))


def in_spans(found: Findings, spans: dict[str, str]) -> Findings:
    """The findings with spans in place of the representative's days; both by the name that sentences have for them."""

    def told(result: RuleResult) -> RuleResult:
        if isinstance(result.message, Words):
            known = {name: span for name, span in spans.items() if name in result.message.parts}
            result = result._replace(
                message=Words(result.message.template, **{**result.message.parts, **known})
            )
        # What a day follows from must not be said where the day is nobody's.
        if result.change and result.rule in COUNTED:
            words = _("到哪一天符合，要看准确的日期；请用自己的日期查一次。")
            result = result._replace(change=words)
        return result

    for block in found.blocks:
        block.reasons = tuple(map(told, block.reasons))
    return replace(found, common=tuple(map(told, found.common)))
