"""Everything that changes a dossier: one operation a section, each replacing that section whole."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.cadres.models import (
    Appraisal,
    Commendation,
    DocumentKind,
    Dossier,
    DossierDocument,
    Relative,
    Schooling,
    Tenure,
)
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.people.models import User
from recruitment.people.uploads import Document

# One kind that a dossier holds once: a new upload takes the place of the old.
SINGLE = frozenset({DocumentKind.PHOTO})
MOST_DOCUMENTS = 30


class DossierError(ValueError):
    """Something in a section cannot be; the message is for the person."""


def dossier_of(session: Session, user_id: uuid.UUID) -> Dossier | None:
    """The person's dossier, if they have begun one."""
    return session.scalar(sa.select(Dossier).where(Dossier.user_id == user_id))


def open_dossier(session: Session, user_id: uuid.UUID) -> Dossier:
    """The person's dossier, begun if need be; two requests at once get the same one."""
    session.execute(insert(Dossier).values(user_id=user_id).on_conflict_do_nothing())
    return session.scalars(sa.select(Dossier).where(Dossier.user_id == user_id).with_for_update()).one()


def save_identity(
    session: Session,
    dossier: Dossier,
    *,
    ethnicity: str | None,
    political_status: str | None,
    party_joined_on: date | None,
    address: str | None,
    languages: Iterable[str],
) -> None:
    dossier.ethnicity = ethnicity or None
    dossier.political_status = political_status or None
    dossier.party_joined_on = party_joined_on
    dossier.address = address or None
    dossier.languages = list(languages)
    session.flush()


def save_tenures(session: Session, dossier: Dossier, rows: Iterable[Mapping[str, Any]], today: date) -> None:
    """Replace the spells; rows have ``post``, ``community_code``, ``started_on``, ``ended_on``.

    Also notes the community of today with the person, for the recusal of reviewers.
    """
    dossier.tenures = [Tenure(**row) for row in rows]
    session.flush()
    serving = [
        t for t in dossier.tenures if t.started_on <= today and (not t.ended_on or t.ended_on >= today)
    ]
    session.get_one(User, dossier.user_id).community_code = serving[-1].community_code if serving else None
    session.flush()


def save_schoolings(session: Session, dossier: Dossier, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace the schooling; rows have ``level``, ``school``, ``major``, ``graduated_on``, ``certificate_number``."""
    dossier.schoolings = [Schooling(**row) for row in rows]
    session.flush()


def save_commendations(
    session: Session, dossier: Dossier, has_any: bool, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Replace the commendations; ``has_any`` false is the claim of having none."""
    dossier.has_commendations = has_any
    dossier.commendations = [Commendation(**row) for row in rows] if has_any else []
    session.flush()


def save_appraisals(session: Session, dossier: Dossier, results: Mapping[int, str]) -> None:
    """Replace the appraisals: year → result.

    Rows of a year that stays are changed in place, as a year is unique in a dossier.
    """
    known = {appraisal.year: appraisal for appraisal in dossier.appraisals}
    for year, result in results.items():
        if year in known:
            known[year].result = result
        else:
            dossier.appraisals.append(Appraisal(year=year, result=result))
    for year, appraisal in known.items():
        if year not in results:
            dossier.appraisals.remove(appraisal)
    session.flush()


def save_declarations(
    session: Session, dossier: Dossier, answers: Mapping[str, bool | None], now: datetime
) -> None:
    """Record the answers; an unanswered question stays unanswered."""
    unknown = answers.keys() - DECLARATIONS.keys()
    if unknown:
        raise DossierError(f"没有这些声明：{', '.join(sorted(unknown))}")
    dossier.declarations = {key: value for key, value in answers.items() if value is not None}
    dossier.declared_at = now
    session.flush()


def save_relatives(
    session: Session, dossier: Dossier, has_any: bool, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Replace the relatives; rows have ``relation``, ``name``, ``employer``."""
    dossier.has_relatives = has_any
    dossier.relatives = [Relative(**row) for row in rows] if has_any else []
    session.flush()


def add_document(
    session: Session, dossier: Dossier, kind: DocumentKind, document: Document
) -> DossierDocument:
    """Put a stored image into the dossier.

    Raises:
        DossierError: there are too many already.
    """
    if kind in SINGLE:
        dossier.documents = [item for item in dossier.documents if item.kind != kind]
    if len(dossier.documents) >= MOST_DOCUMENTS:
        raise DossierError(f"最多上传 {MOST_DOCUMENTS} 张图片。请先删除不需要的。")
    item = DossierDocument(kind=kind, document_id=document.id)
    dossier.documents.append(item)
    session.flush()
    return item


def remove_document(session: Session, dossier: Dossier, item_id: uuid.UUID) -> bool:
    """Take a scan out of the dossier; a form that was handed in keeps it. ``False``: not in this dossier."""
    kept = [item for item in dossier.documents if item.id != item_id]
    found = len(kept) < len(dossier.documents)
    dossier.documents = kept
    session.flush()
    return found
