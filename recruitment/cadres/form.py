"""The application form: a dossier frozen as JSON, and what the rules need of it.

The form is what a reviewer judges and what a verdict can be replayed from. It holds neither ID nor phone
number; those stay encrypted with the person.
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import object_session

from recruitment.bars.register import entries_of
from recruitment.cadres.models import Dossier, EducationLevel
from recruitment.cadres.vocabulary import DECLARATIONS

FORM_VERSION = 1
LEVELS = list(EducationLevel)
# A probationary member counts where a position asks for party membership.
PARTY_MEMBERS = frozenset({"party_member", "probationary_party_member"})


def freeze(dossier: Dossier) -> dict[str, Any]:
    """The dossier as plain JSON values; dates in ISO 8601."""
    user = dossier.user
    session = object_session(user)
    return {
        "version": FORM_VERSION,
        "identity": {
            "name": user.name,
            "sex": user.sex,
            "birth_date": user.birth_date.isoformat() if user.birth_date else None,
            "ethnicity": dossier.ethnicity,
            "political_status": dossier.political_status,
            "party_joined_on": dossier.party_joined_on.isoformat() if dossier.party_joined_on else None,
            "languages": list(dossier.languages),
        },
        "tenures": [
            {
                "post": tenure.post,
                "community": tenure.community_code,
                "community_name": tenure.community.full_name,
                "from": tenure.started_on.isoformat(),
                "to": tenure.ended_on.isoformat() if tenure.ended_on else None,
                "restructured": tenure.restructured,
            }
            for tenure in dossier.tenures
        ],
        "schoolings": [
            {
                "level": schooling.level,
                "school": schooling.school,
                "major": schooling.major,
                "graduated_on": schooling.graduated_on.isoformat(),
                "certificate_number": schooling.certificate_number,
            }
            for schooling in dossier.schoolings
        ],
        "has_commendations": dossier.has_commendations,
        "commendations": [
            {
                "title": commendation.title,
                "issuer": commendation.issuer,
                "comprehensive": commendation.comprehensive,
                "date": commendation.awarded_on.isoformat(),
            }
            for commendation in dossier.commendations
        ],
        "appraisals": [{"year": item.year, "result": item.result} for item in dossier.appraisals],
        "declarations": dict(dossier.declarations),
        "has_relatives": dossier.has_relatives,
        "relatives": [
            {"relation": item.relation, "name": item.name, "employer": item.employer}
            for item in dossier.relatives
        ],
        "documents": [
            {
                "id": str(item.document_id),
                "kind": item.kind,
                "filename": item.document.filename,
                "sha256": item.document.sha256,
            }
            for item in dossier.documents
        ],
        # Not the person's answer: what the register of bars says on the day.
        "bars": entries_of(session, user) if session else [],
    }


def facts(form: dict[str, Any], on: date) -> dict[str, Any]:
    """The person as the eligibility rules read one (the shape of the command line's input).

    What was not answered is ``None``: the rules take it as unknown, never as "no".

    Args:
        on: the call's reference date; a bar that had ended by then counts no more.
    """
    identity = form["identity"]
    schoolings = sorted(form["schoolings"], key=lambda item: LEVELS.index(item["level"]))
    highest = schoolings[-1] if schoolings else {}
    status = identity["political_status"]
    return {
        "birth_date": identity["birth_date"],
        "sex": identity["sex"],
        "education": highest.get("level"),
        "major": highest.get("major"),
        "party_member": None if status is None else status in PARTY_MEMBERS,
        # Without the section around it, an empty list is no answer.
        "languages": identity["languages"] if identity["ethnicity"] else None,
        "posts": [
            {key: item[key] for key in ("post", "community", "from", "to", "restructured")}
            for item in form["tenures"]
        ]
        or None,
        "commendations": [
            {"title": item["title"], "comprehensive": item["comprehensive"], "date": item["date"]}
            for item in form["commendations"]
        ]
        if form["has_commendations"] is not None
        else None,
        "appraisals": form["appraisals"],
        "declarations": form["declarations"],
        "register": _register(form, on),
    }


def _register(form: dict[str, Any], on: date) -> dict[str, str]:
    standing = [
        item for item in form.get("bars", ()) if item["until"] is None or item["until"] >= on.isoformat()
    ]
    if not standing:
        return {}
    said = [f"{item['source']}，{item['clause']}，{_period(item)}" for item in standing]
    return {"exam_barred": "；".join(said)}


def _period(item: dict[str, Any]) -> str:
    start = date.fromisoformat(item["from"])
    first = f"{start.year}年{start.month}月{start.day}日"
    if item["until"] is None:
        return f"{first}起终身禁考"
    end = date.fromisoformat(item["until"])
    return f"{first}至{end.year}年{end.month}月{end.day}日禁考"


def missing(form: dict[str, Any]) -> dict[str, str]:
    """What must be filled in before submission: section → code of what is missing.

    Only what a reviewer cannot do without. Scans other than the photo may follow: a cadre at a bad
    connection minutes before closing must be able to submit, and a reviewer can return the form for them.
    """
    kinds = {item["kind"] for item in form["documents"]}
    gaps = {}
    if not form["identity"]["ethnicity"] or not form["identity"]["political_status"]:
        gaps["identity"] = "identity_incomplete"
    if not form["tenures"]:
        gaps["tenures"] = "no_tenure"
    if not form["schoolings"]:
        gaps["schoolings"] = "no_schooling"
    if form["has_commendations"] is None:
        gaps["commendations"] = "commendations_unanswered"
    if any(form["declarations"].get(key) is None for key in DECLARATIONS):
        gaps["declarations"] = "declarations_unanswered"
    if form["has_relatives"] is None:
        gaps["relatives"] = "relatives_unanswered"
    if "photo" not in kinds:
        gaps["documents"] = "no_photo"
    return gaps
