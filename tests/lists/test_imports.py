"""An import is a declaration: one is made here, and walked through the pages that come with it."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.lists import tasks, uploads
from recruitment.lists.models import ListUpload
from recruitment.people.models import Role
from tests import factories
from tests.client import Client, heading
from tests.lists.conftest import Shelf, send, table
from tests.pages import errors_beside, rows_of, sign_in, text_of, visitor


def books(session: Session) -> list[str]:
    session.rollback()
    query = sa.select(AccessRecord.subject_id).where(AccessRecord.action == "book")
    return sorted(session.scalars(query))


def the_upload(session: Session) -> ListUpload:
    session.rollback()
    session.expire_all()
    return session.scalars(sa.select(ListUpload)).one()


def test_a_declaration_is_walked_from_upload_to_outcome(browser: Client, session: Session) -> None:
    page = browser.get("/admin/books/import")
    assert heading(page) == "导入书目"
    assert "要有这些列：书名、页数。可以没有：书号、备注。" in text_of(page)
    page = send(browser, table(["诗经", 300], ["楚辞", 1200]))
    assert heading(page) == "试读结果"
    assert "2 行" in text_of(page)
    assert "请留意，不影响导入" in text_of(page)
    assert rows_of(page, 0) == [["第3行", "页数 B3", "页数很多，请核对"]]
    assert rows_of(page, 1) == [["诗经", "300", "", ""], ["楚辞", "1200", "", ""]]
    assert books(session) == []
    # Whoever leaves finds the way back.
    assert rows_of(browser.get("/admin/books/import"))[0][::2] == ["书目.csv", "等您确认"]
    page = browser.submit(page, "确认导入2行")
    assert heading(page) == "已导入"
    assert books(session) == ["楚辞", "诗经"]
    kept = the_upload(session)
    assert (kept.content, kept.result, kept.outcome) == (None, None, {"rows": 2, "pages": 1500})
    assert rows_of(browser.get("/admin/books/import"))[0][1:] == ["罗管理", "书目.csv", "2"]
    done = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "lists.import")).one()
    assert done.detail == {"list": "library.books", "rows": 2, "sha256": kept.sha256}


def test_all_faults_stand_by_row_and_column_and_nothing_is_imported(
    browser: Client, session: Session
) -> None:
    page = send(browser, table(["诗经", "三百"], ["地图册", 3], ["楚辞", 2]))
    assert [row[:2] for row in rows_of(page)] == [["第2行", "页数 B2"], ["第3行", "书名 A3"]]
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(page.request.path, data={"csrf_token": token})
    assert answer.status_code == 422
    assert books(session) == []


def test_the_form_asks_for_a_file_of_the_right_kind(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = browser.submit(browser.get("/admin/books/import"), "上传并试读")
    assert errors_beside(page) == {"table": "错误： 请选择表格文件。"}
    assert "空的" in errors_beside(send(browser, b"", "a.csv"))["table"]
    assert "另存为 .xlsx" in errors_beside(send(browser, b"x", "a.xls"))["table"]
    monkeypatch.setattr(uploads, "MOST_BYTES", 2000)
    page = send(browser, b"x" * 2001, "a.csv")
    assert page.status_code == 422
    assert "表格文件超过" in errors_beside(page)["table"]


def test_a_refusal_is_said_and_leaves_nothing_behind(browser: Client, session: Session, shelf: Shelf) -> None:
    page = send(browser, table(["诗经", 300]))
    shelf.closed = True
    refused = browser.submit(page, "确认导入1行")
    assert refused.status_code == 409
    assert "书架已满。" in text_of(refused)
    assert books(session) == []
    shelf.closed = False
    browser.submit(refused, "确认导入1行")
    assert books(session) == ["诗经"]


def test_what_changed_since_the_dry_run_is_shown_before_it_is_imported(
    browser: Client, session: Session, shelf: Shelf
) -> None:
    page = send(browser, table(["诗经", 300]))
    shelf.present = 2
    stale = browser.submit(page, "确认导入1行")
    assert stale.status_code == 409
    assert "试读以后情况有变，没有导入" in text_of(stale)
    # The page that was opened before shows what is no longer so.
    assert browser.submit(page, "确认导入1行").status_code == 409
    assert books(session) == []
    browser.submit(stale, "确认导入1行")
    assert books(session) == ["诗经"]


def test_only_who_uploaded_a_file_sees_it(site: Flask, browser: Client, session: Session) -> None:
    page = send(browser, table(["诗经", 300]))
    stored = session.execute(sa.text("SELECT content FROM list_upload")).scalar_one()
    assert "诗经" not in stored
    other = sign_in(site, session, factories.staff(session, Role.ADMIN))
    assert other.get(page.request.path).status_code == 404
    cadre = sign_in(site, session, factories.cadre(session))
    assert cadre.get("/admin/books/import").status_code == 403
    assert visitor(site).get("/admin/books/import").status_code == 302


# Large files


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large; there is no worker but the test."""
    monkeypatch.setattr(uploads, "SMALL_BYTES", 0)


class Killed(BaseException):
    """The process ends here; nobody gets to tidy up."""


@pytest.mark.usefixtures("large")
def test_a_large_file_is_read_and_imported_by_a_worker(browser: Client, session: Session) -> None:
    page = send(browser, table(["诗经", 300]))
    assert heading(page) == "正在试读"
    assert "正在排队" in text_of(page)
    assert page.headers["Refresh"] == "3"
    tasks.work(str(the_upload(session).id))
    page = browser.get(page.request.path)
    assert heading(page) == "试读结果"
    page = browser.submit(page, "确认导入1行")
    assert heading(page) == "正在导入"
    assert books(session) == []
    tasks.work(str(the_upload(session).id))
    assert books(session) == ["诗经"]
    assert heading(browser.get(page.request.path)) == "已导入"


@pytest.mark.usefixtures("large")
def test_a_worker_that_dies_leaves_nothing_and_another_does_it(
    browser: Client, session: Session, shelf: Shelf, site: Flask
) -> None:
    page = send(browser, table(["诗经", 300]))
    tasks.work(str(the_upload(session).id))
    browser.submit(browser.get(page.request.path), "确认导入1行")

    def die() -> None:
        raise Killed

    shelf.meanwhile = die
    with pytest.raises(Killed):
        tasks.work(str(the_upload(session).id))
    assert books(session) == []
    assert the_upload(session).state == "confirmed"
    # Nobody is told: the sweep finds it.
    shelf.meanwhile = lambda: None
    site.extensions["clock"] = lambda: factories.NOW + tasks.AGE * 2
    assert uploads.left_behind(session, factories.NOW + tasks.AGE, factories.NOW) == [the_upload(session).id]
    tasks.work(str(the_upload(session).id))
    assert books(session) == ["诗经"]


@pytest.mark.usefixtures("large")
def test_a_file_that_cannot_be_imported_is_given_up_and_can_be_started_again(
    browser: Client, session: Session, shelf: Shelf
) -> None:
    page = send(browser, table(["诗经", 300]))
    tasks.work(str(the_upload(session).id))
    browser.submit(browser.get(page.request.path), "确认导入1行")

    def fault() -> None:
        raise RuntimeError("a fault of ours")

    shelf.meanwhile = fault
    tasks.work(str(the_upload(session).id))
    page = browser.get(page.request.path)
    assert heading(page) == "没有导入"
    assert "什么也没有写入" in text_of(page)
    tasks.work(str(the_upload(session).id))
    assert books(session) == []
    shelf.meanwhile = lambda: None
    assert heading(browser.submit(page, "重新开始")) == "正在导入"
    tasks.work(str(the_upload(session).id))
    assert books(session) == ["诗经"]


def test_a_file_at_which_workers_die_is_given_up(browser: Client, session: Session, shelf: Shelf) -> None:
    page = send(browser, table(["诗经", 300]))
    waiting = the_upload(session)
    waiting.state, waiting.attempts = "confirmed", uploads.ATTEMPTS
    session.commit()
    tasks.work(str(waiting.id))
    assert books(session) == []
    assert heading(browser.get(page.request.path)) == "没有导入"


@pytest.mark.usefixtures("large")
def test_two_workers_at_once_have_the_effect_of_one(
    browser: Client, session: Session, shelf: Shelf, site: Flask
) -> None:
    page = send(browser, table(["诗经", 300]))
    identity = the_upload(session).id
    tasks.work(str(identity))
    page = browser.get(page.request.path)
    browser.submit(page, "确认导入1行")
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(20)

    shelf.meanwhile = wait
    first = threading.Thread(target=tasks.work, args=(str(identity),))
    first.start()
    assert begun.wait(20)
    # The second finds the file taken and does not wait for it; neither does the button, pressed once more.
    tasks.work(str(identity))
    assert heading(browser.submit(page, "确认导入1行")) == "正在导入"
    go_on.set()
    first.join()
    assert books(session) == ["诗经"]
    assert heading(browser.submit(page, "确认导入1行")) == "已导入"
    assert books(session) == ["诗经"]


def test_what_nobody_imports_is_thrown_away_after_a_day(browser: Client, session: Session) -> None:
    send(browser, table(["诗经", 300]))
    browser.submit(send(browser, table(["楚辞", 300])), "确认导入1行")
    assert uploads.forget_old(session, factories.NOW + uploads.KEPT * 0.9) == 0
    assert uploads.forget_old(session, factories.NOW + uploads.KEPT * 1.1) == 1
    assert session.scalars(sa.select(ListUpload.state)).one() == "imported"
