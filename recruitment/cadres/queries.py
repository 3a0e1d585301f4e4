"""Reads for the pages of a dossier: how far it is filled in, and which village somebody means."""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, contains_eager

from recruitment.areas.models import Community, County, Township
from recruitment.cadres.form import freeze, missing
from recruitment.cadres.models import Dossier
from recruitment.cadres.vocabulary import MISSING, SECTIONS
from recruitment.people.models import User
from recruitment.people.uploads import Document

MOST_MATCHES = 20
# People say 青龙村 or 青龙村委会, the catalogue says 青龙村村民委员会 or 青龙村委会.
_SUFFIX = re.compile(r"(?<=.)(村?村民委员会|社区居民委员会|村民委员会|居民委员会|村委会|居委会|委员会|委会)$")


# How far the dossier is


@dataclass(frozen=True, slots=True)
class SectionState:
    """One line of the overview.

    Attributes:
        state: ``done``, ``needed`` (stops a submission) or ``open`` (empty, but may stay so for now).
        text: what is there, or what is needed.
    """

    name: str
    label: str
    state: str
    text: str


def dossier_or_blank(session: Session, user: User) -> Dossier:
    """The person's dossier; one that is not stored if they have not begun."""
    dossier = session.scalar(sa.select(Dossier).where(Dossier.user_id == user.id))
    return dossier or Dossier(user_id=user.id, user=user, languages=[], declarations={})


def frozen(session: Session, user: User) -> dict[str, Any]:
    """The person's dossier as a form, as it would be handed in now."""
    return freeze(dossier_or_blank(session, user))


def overview(form: Mapping[str, Any]) -> list[SectionState]:
    """Every section in the order of the pages."""
    gaps = missing(dict(form))
    return [_state(name, form, gaps) for name in SECTIONS]


def _state(name: str, form: Mapping[str, Any], gaps: Mapping[str, str]) -> SectionState:
    label = str(SECTIONS[name][0])
    if name in gaps:
        return SectionState(name, label, "needed", str(MISSING[gaps[name]]))
    text = _summary(name, form)
    if name == "appraisals" and not form["appraisals"]:
        return SectionState(name, label, "open", _("还没有填。审核时要看最近三年的考核结果，请尽量填好。"))
    return SectionState(name, label, "done", text)


def _summary(name: str, form: Mapping[str, Any]) -> str:
    if name == "tenures":
        return str(_("已填%(number)s段", number=len(form["tenures"])))
    if name == "appraisals":
        return "、".join(_("%(year)s年", year=year) for year in sorted(a["year"] for a in form["appraisals"]))
    if name == "documents":
        return str(_("已上传%(number)s张", number=len(form["documents"])))
    if name in ("commendations", "relatives") and not form[f"has_{name}"]:
        return str(_("没有"))
    if name in ("schoolings", "commendations", "relatives"):
        return str(_("已填%(number)s项", number=len(form[name])))
    return str(_("已填好"))


def next_section(states: list[SectionState], after: str = "") -> str:
    """The next section that is not done, going on from ``after``; empty when all are.

    On the way forward nobody is led past what is only advised: who is sent to the appraisals fills them in.
    """
    names = [state.name for state in states]
    turn = names.index(after) + 1 if after in names else 0
    ahead = [state for state in states[turn:] if state.state != "done"]
    behind = [state for state in states[:turn] if state.state == "needed"]
    return (ahead or behind)[0].name if ahead or behind else ""


# Where somebody serves


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for a village or community found.

    Attributes:
        more: there are more than the page shows.
    """

    found: list[Community] = field(default_factory=list)
    more: bool = False


def find_communities(session: Session, text: str, area: str = "", limit: int = MOST_MATCHES) -> Search:
    """Villages and communities whose full name holds every word of the text.

    Args:
        text: parts of names from prefecture to village, apart by spaces; empty finds all of the area.
        area: code of a county or township to stay within.
    """
    words = [_SUFFIX.sub("", word) for word in re.split(r"[\s,，、/]+", text.strip()) if word]
    if not words and len(area) < 6:
        return Search()
    full = sa.func.concat(County.prefecture, County.name, Township.name, Community.name)
    query = (
        sa.select(Community)
        .join(Community.township)
        .join(Township.county)
        .options(contains_eager(Community.township).contains_eager(Township.county))
        .where(*(full.contains(word, autoescape=True) for word in words[:5]))
        # What is called so itself comes before what lies in a township called so.
        .order_by(*(~Community.name.contains(word, autoescape=True) for word in words[-1:]), Community.code)
        .limit(limit + 1)
    )
    if area:
        query = query.where(Community.code.startswith(area, autoescape=True))
    rows = list(session.scalars(query))
    return Search(rows[:limit], len(rows) > limit)


def communities_by_code(session: Session, codes: Collection[str]) -> dict[str, Community]:
    """The villages and communities with these codes; unknown codes are left out."""
    if not codes:
        return {}
    rows = session.scalars(
        sa.select(Community)
        .join(Community.township)
        .join(Township.county)
        .options(contains_eager(Community.township).contains_eager(Township.county))
        .where(Community.code.in_(codes))
    )
    return {row.code: row for row in rows}


def townships_of(session: Session, counties: Collection[str]) -> dict[str, list[Township]]:
    """The townships of each of some counties, in the order of their codes."""
    found: dict[str, list[Township]] = {code: [] for code in counties}
    if counties:
        rows = session.scalars(
            sa.select(Township).where(Township.county_code.in_(counties)).order_by(Township.code)
        )
        for row in rows:
            found[row.county_code].append(row)
    return found


# Documents


def own_document(session: Session, document_id: uuid.UUID, owner_id: uuid.UUID) -> Document | None:
    """An image that the person uploaded, whether or not it is still in the dossier."""
    return session.scalar(
        sa.select(Document).where(Document.id == document_id, Document.owner_id == owner_id)
    )
