"""Photo and scans: uploaded, seen by their owner alone, replaced, removed."""

import io
import uuid

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.cadres import operations
from recruitment.cadres.models import DossierDocument
from recruitment.cadres.operations import dossier_of
from recruitment.people.models import User
from recruitment.people.uploads import shown_name
from tests import factories as make
from tests.client import Client, controls, tree, words
from tests.pages import signed_in, text

DOCUMENTS = "/dossier/documents"


def upload(browser: Client, kind: str, *files: tuple[bytes, str], follow: bool = True) -> TestResponse:
    page = browser.get(DOCUMENTS)
    form = next(f for f in tree(page).iter("form") if f"/documents/{kind}" in (f.get("action") or ""))
    token = next(f.get("value") for f in controls(form) if f.get("name") == "csrf_token")
    return browser.post(
        f"{DOCUMENTS}/{kind}",
        data={"csrf_token": token, "images": [(io.BytesIO(content), name) for content, name in files]},
        content_type="multipart/form-data",
        follow_redirects=follow,
    )


def stored(session: Session, person: User) -> list[DossierDocument]:
    session.expire_all()
    dossier = dossier_of(session, person.id)
    return dossier.documents if dossier else []


def test_upload_show_remove(browser: Client, session: Session, person: User) -> None:
    page = upload(
        browser, "tenure_proof", (make.image(kind="JPEG"), "证明1.jpg"), (make.image(), "证明2.png")
    )
    assert "已上传2张：任职证明。" in text(page)
    rows = stored(session, person)
    assert [(row.kind, row.document.filename) for row in rows] == [
        ("tenure_proof", "证明1.jpg"),
        ("tenure_proof", "证明2.png"),
    ]
    for address in (f"{DOCUMENTS}/{rows[0].document_id}", f"{DOCUMENTS}/{rows[0].document_id}?small=1"):
        image = browser.get(address)
        assert image.mimetype == "image/jpeg"
        assert image.headers["Cache-Control"] == "no-store"
        assert image.headers["X-Content-Type-Options"] == "nosniff"
        assert max(Image.open(io.BytesIO(image.data)).size) <= 420
        image.close()
    page = browser.submit(browser.get(DOCUMENTS), "删除任职证明证明1.jpg")
    assert [row.document.filename for row in stored(session, person)] == ["证明2.png"]


def test_a_new_photo_takes_the_place_of_the_old(browser: Client, session: Session, person: User) -> None:
    upload(browser, "photo", (make.image(), "旧.png"))
    upload(browser, "photo", (make.image(), "新.png"))
    assert [row.document.filename for row in stored(session, person)] == ["新.png"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "请先选择图片，再点“上传”。"),
        (b"%PDF-1.7 not an image", "合同.pdf：这不是图片，或格式不支持。"),
        (make.image()[:200], "合同.pdf：图片已损坏，打不开。"),
        (make.image(60, 60), "合同.pdf：图片太小，看不清。"),
    ],
)
def test_what_is_no_image_is_said_beside_the_field(
    browser: Client, session: Session, person: User, content: bytes, said: str
) -> None:
    page = upload(browser, "id_card", (content, "合同.pdf" if content else ""))
    assert page.status_code == 422
    group = next(s for s in tree(page).iter("section") if s.get("id") == "id_card")
    assert said in words(group)
    assert stored(session, person) == []


def test_of_several_images_all_or_none_are_taken(browser: Client, session: Session, person: User) -> None:
    page = upload(browser, "id_card", (make.image(), "正面.png"), (b"?", "背面.png"))
    assert "背面.png：这不是图片" in text(page)
    assert stored(session, person) == []


def test_too_large_to_be_read_is_said_beside_the_field(browser: Client) -> None:
    page = upload(browser, "photo", (b"0" * (13 * 1024 * 1024), "大.jpg"))
    group = next(s for s in tree(page).iter("section") if s.get("id") == "photo")
    assert "图片超过8MB，没有上传。" in words(group)


def test_too_many(browser: Client, session: Session, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_DOCUMENTS", 1)
    upload(browser, "other", (make.image(), "一.png"))
    page = upload(browser, "other", (make.image(), "二.png"))
    assert "最多上传 1 张图片。" in text(page)
    assert len(stored(session, person)) == 1


def test_nobody_else_sees_or_removes_it(app: Flask, browser: Client, session: Session, person: User) -> None:
    upload(browser, "photo", (make.image(), "照片.png"))
    (row,) = stored(session, person)
    other = make.cadre(session)
    session.commit()
    stranger = signed_in(app, other)
    page = stranger.get(DOCUMENTS)
    token = next(f.get("value") for f in tree(page).iter("input") if f.get("name") == "csrf_token")
    assert stranger.get(f"{DOCUMENTS}/{row.document_id}").status_code == 404
    assert stranger.get(f"{DOCUMENTS}/{uuid.uuid4()}").status_code == 404
    answer = stranger.post(f"{DOCUMENTS}/{row.id}/remove", data={"csrf_token": token})
    assert answer.status_code == 404
    assert len(stored(session, person)) == 1


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("..\\..\\证书.png", "证书.png"),
        ("证书\u202egnp.exe.png", "证书gnp.exe.png"),
        ("\u200b", "image"),
        ("长" * 400, "长" * 120),
    ],
)
def test_of_a_file_name_only_what_can_be_seen_is_kept(filename: str, shown: str) -> None:
    assert shown_name(filename) == shown


def test_a_file_name_that_no_database_holds_is_refused(browser: Client) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="images"; filename="a\0.png"\r\n\r\nx\r\n--x--\r\n'
    sent = browser.post(
        "/dossier/documents/other", data=body.encode(), content_type="multipart/form-data; boundary=x"
    )
    assert sent.status_code == 400
