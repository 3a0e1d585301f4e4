import re
from datetime import date
from tests import factories as make
from tests.people.people import sign_in
from recruitment.people.models import Role
from recruitment.people.sessions import _KEY

def test_smoke(app, client, session, clock):
    clock.set(make.NOW)
    u = make.cadre(session); 
    call = make.call(session)
    session.commit()
    r = client.get("/sign-in")
    page = client.submit(r, "登录", {"identity": u.email, "password": make.PASSWORD})
    print(page.request.path, page.status_code)
    for path in ["/dossier/", *[f"/dossier/{s}" for s in "identity tenures schoolings commendations appraisals declarations relatives documents".split()], "/applications/", f"/calls/{call.slug}/choose"]:
        try:
            r = client.get(path); print(path, r.status_code, len(r.data))
            open(f"/tmp/out{path.replace('/','_')}.html","wb").write(r.data)
        except Exception as e:
            print(path, type(e), str(e)[:1500])
    assert 0
