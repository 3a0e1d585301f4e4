"""Each section of a dossier: its form, what fills it, and the operation that saves it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from recruitment.cadres import forms, operations
from recruitment.cadres.fields import clean, rows_of
from recruitment.cadres.models import Dossier
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.clock import now, today
from recruitment.forms import DraftForm
from recruitment.forms.refusal import Refusal


@dataclass(frozen=True, slots=True)
class SectionPage:
    """What the page of a section is made of.

    Attributes:
        data: the stored section as the form's values.
        save: from a checked form into the dossier.
        rows: name of the form's list, if it has one.
    """

    form: type[DraftForm]
    data: Callable[[Dossier], dict[str, Any]]
    save: Callable[[Session, Dossier, Any], None]
    rows: str = ""

    def open(self, name: str, dossier: Dossier) -> DraftForm:
        """The form as the person should see it; an empty list begins with one empty row."""
        form = self.form.open(f"dossier.{name}", data=self.data(dossier))
        if self.rows and not form.is_submitted() and form.restored_at is None and not form[self.rows].entries:
            form[self.rows].append_entry()
        return form


def _save_identity(session: Session, dossier: Dossier, form: forms.IdentityForm) -> None:
    operations.save_identity(
        session,
        dossier,
        ethnicity=form.ethnicity.data,
        political_status=form.political_status.data,
        party_joined_on=form.party_joined_on.data,
        address=clean(form.address.data),
        languages=form.languages.data or [],
    )


def _save_tenures(session: Session, dossier: Dossier, form: forms.TenuresForm) -> None:
    rows = [
        {
            "post": row["post"].data,
            "community_code": row["community_code"].data,
            "started_on": row["started_on"].data,
            "ended_on": row["ended_on"].data,
            "restructured": row["restructured"].data,
        }
        for row in rows_of(form.tenures)
    ]
    operations.save_tenures(session, dossier, sorted(rows, key=lambda row: row["started_on"]), today())


def _save_schoolings(session: Session, dossier: Dossier, form: forms.SchoolingsForm) -> None:
    rows = [
        {
            "level": row["level"].data,
            "school": clean(row["school"].data),
            "major": clean(row["major"].data) or None,
            "graduated_on": row["graduated_on"].data,
            "certificate_number": clean(row["certificate_number"].data) or None,
        }
        for row in rows_of(form.schoolings)
    ]
    operations.save_schoolings(session, dossier, sorted(rows, key=lambda row: row["graduated_on"]))


_COMPREHENSIVE = {"yes": True, "no": False, forms.UNSURE: None}


def _save_commendations(session: Session, dossier: Dossier, form: forms.CommendationsForm) -> None:
    rows = [
        {
            "title": clean(row["title"].data),
            "issuer": clean(row["issuer"].data),
            "awarded_on": row["awarded_on"].data,
            "comprehensive": _COMPREHENSIVE[row["comprehensive"].data],
        }
        for row in rows_of(form.commendations)
    ]
    operations.save_commendations(session, dossier, form.has_any.data == "yes", rows)


def _save_appraisals(session: Session, dossier: Dossier, form: forms.AppraisalsForm) -> None:
    operations.save_appraisals(
        session,
        dossier,
        {int(clean(row["year"].data)): row["result"].data for row in rows_of(form.appraisals)},
    )


def _save_declarations(session: Session, dossier: Dossier, form: forms.DeclarationsForm) -> None:
    answers = {key: form[key].data == "yes" for key in DECLARATIONS}
    operations.save_declarations(session, dossier, answers, now())


def _save_relatives(session: Session, dossier: Dossier, form: forms.RelativesForm) -> None:
    rows = [
        {
            "relation": row["relation"].data,
            "name": clean(row["name"].data),
            "employer": clean(row["employer"].data) or None,
        }
        for row in rows_of(form.relatives)
    ]
    operations.save_relatives(session, dossier, form.has_any.data == "yes", rows)


PAGES = {
    "identity": SectionPage(forms.IdentityForm, forms.identity_data, _save_identity),
    "tenures": SectionPage(forms.TenuresForm, forms.tenures_data, _save_tenures, "tenures"),
    "schoolings": SectionPage(forms.SchoolingsForm, forms.schoolings_data, _save_schoolings, "schoolings"),
    "commendations": SectionPage(
        forms.CommendationsForm, forms.commendations_data, _save_commendations, "commendations"
    ),
    "appraisals": SectionPage(forms.AppraisalsForm, forms.appraisals_data, _save_appraisals, "appraisals"),
    "declarations": SectionPage(forms.DeclarationsForm, forms.declarations_data, _save_declarations),
    "relatives": SectionPage(forms.RelativesForm, forms.relatives_data, _save_relatives, "relatives"),
}


def save(session: Session, user_id: Any, name: str, form: DraftForm) -> None:
    """Save a section of the person's dossier.

    Raises:
        Refusal: the operation does not accept it.
    """
    dossier = operations.open_dossier(session, user_id)
    try:
        PAGES[name].save(session, dossier, form)
    except operations.DossierError as error:
        raise Refusal(str(error)) from error
