from datetime import timedelta
from flask import Flask
from sqlalchemy.orm import Session
from recruitment.people.models import Role
from tests import factories
from tests.calls import pages

def test_all(app: Flask, session: Session, clock) -> None:
    clock.set(factories.NOW)
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session, factories.actor(admin))
    draft = factories.draft_call(session, factories.actor(admin))
    a = factories.application(session, call, state="qualified")
    session.commit()
    c = pages.sign_in(app, session, admin)
    for path in ("/", f"/calls/{call.slug}", f"/calls/{call.slug}/positions", f"/calls/{call.slug}/positions/{a.position.code}",
       "/admin/calls/", "/admin/calls/new", *(f"/admin/calls/{s}{x}" for s in (call.slug, draft.slug) for x in ("", "/positions", "/positions/import", "/figures", "/figures?area=510700" if s == call.slug else "/figures", "/candidates", "/extensions")), f"/admin/calls/{draft.slug}/edit", "/admin/audit", "/admin/calls/positions-template.xlsx"):
        r = c.get(path)
        print(path, r.status_code)
        assert r.status_code == 200, r.get_data(as_text=True)
