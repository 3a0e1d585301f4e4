"""The page that says which clause is encoded where."""

from flask import Flask
from sqlalchemy.orm import Session

from recruitment.eligibility.coverage import clauses
from recruitment.people.models import Role
from tests import factories
from tests.client import Client, tree, words
from tests.conftest import Clock
from tests.pages import rows_of, sign_in, signed_in


def test_every_clause_stands_in_the_order_of_the_texts(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(factories.NOW)
    page = sign_in(app, session, factories.staff(session, Role.ADMIN)).get("/admin/rules")
    shown = []
    for number, title in enumerate(tree(page).iter("h2")):
        shown += [(words(title), *row) for row in rows_of(page, number)]
    assert [(row[0], row[2]) for row in shown] == [(clause.document, clause.text) for clause in clauses()]
    for row, clause in zip(shown, clauses(), strict=True):
        assert all(rule in row[3] for rule in clause.rules)
        assert all(test in row[4] for test in clause.tests)
    # A clause without a rule is shown as such, with the reason.
    bare = [row for row, clause in zip(shown, clauses(), strict=True) if not clause.rules]
    assert bare
    assert all(row[3] == row[4] == "没有" and row[5].startswith("没有规则") for row in bare)


def test_a_supervisor_reads_it_and_a_cadre_does_not(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(factories.NOW)
    supervisor = sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    assert supervisor.get("/admin/rules").status_code == 200
    cadre = factories.cadre(session)
    session.commit()
    browser: Client = signed_in(app, cadre)
    assert browser.get("/admin/rules").status_code == 403
