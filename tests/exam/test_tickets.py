"""The admission ticket: who gets it when, what stands on it, and what anybody learns who checks it."""

import io
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import operations, ticket_queries
from recruitment.exam.models import ExamPlan, ExamSeat
from recruitment.exam.tickets import sign
from recruitment.people.models import User
from recruitment.workflow import fire
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.paper import assert_fonts_embedded


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def printed_at(session: Session, candidate: Candidate) -> object:
    session.expire_all()
    return session.scalar(sa.select(ExamSeat.printed_at).where(ExamSeat.candidate_id == candidate.id))


def test_the_ticket_is_an_a4_page_with_everything_on_it(
    cadre: Client, session: Session, ticketed: Candidate
) -> None:
    owner = session.get(User, ticketed.owner_id)
    assert owner is not None
    assert owner.id_number is not None
    assert printed_at(session, ticketed) is None
    page = cadre.get(f"/candidates/{ticketed.id}")
    assert "准考证" in pages.text_of(page)
    page = cadre.get(f"/candidates/{ticketed.id}/ticket")
    answer = cadre.submit(page, "下载准考证（PDF）")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert printed_at(session, ticketed) == factories.NOW
    words = text_of(answer.data)
    for part in (
        ticketed.ticket_number or "-",
        owner.name,
        owner.masked_id_number,
        "三台县某镇人民政府",
        "第1中学",
        "学府路1号",
        "第 1 考场（1号楼）",
        "行政职业能力测验",
        "2026年12月19日（星期六）",
        "09:00—11:00",
        "14:00—16:30",
        "请带身份证。",
        sign(ticketed.id, ticketed.ticket_number or ""),
        "028-5550-0000",
    ):
        assert part in words, part
    assert owner.id_number not in words
    with pypdfium2.PdfDocument(answer.data) as document:
        assert len(document) == 1
        assert [round(side) for side in document[0].get_size()] == [595, 842]
        images = [item for item in document[0].get_objects() if isinstance(item, pypdfium2.PdfImage)]
        # The photo of the application form: the factories' photos are of one colour.
        (photo,) = images
        red, green, blue = photo.get_bitmap().to_pil().convert("RGB").getpixel((100, 100))
        assert (abs(red - 0x77) + abs(green - 0x99) + abs(blue - 0xBB)) < 20


def test_every_font_is_embedded_and_the_file_small(cadre: Client, ticketed: Candidate) -> None:
    pdf = cadre.get(f"/candidates/{ticketed.id}/ticket.pdf").data
    assert_fonts_embedded(pdf)
    assert len(pdf) < 120_000
    # The same ticket is the same file, byte by byte.
    assert cadre.get(f"/candidates/{ticketed.id}/ticket.pdf").data == pdf


def test_the_ticket_is_a_page_too(cadre: Client, session: Session, ticketed: Candidate) -> None:
    page = cadre.get(f"/candidates/{ticketed.id}/ticket")
    page = cadre.submit(page, "打开网页版打印")
    words = pages.text_of(page)
    for part in (ticketed.ticket_number or "-", "第 1 考场（1号楼）", "09:00—11:00", "请提前30分钟到场。"):
        assert part in words
    assert printed_at(session, ticketed) == factories.NOW
    assert cadre.get(f"/candidates/{ticketed.id}/ticket/photo").mimetype == "image/jpeg"
    assert "<path" in cadre.get(f"/candidates/{ticketed.id}/ticket/code.svg").text


def test_the_first_printing_is_what_is_remembered(
    cadre: Client, session: Session, ticketed: Candidate, clock: Clock
) -> None:
    page = cadre.get(f"/candidates/{ticketed.id}/ticket")
    cadre.submit(page, "打开网页版打印")
    clock.set(factories.NOW + timedelta(hours=1))
    cadre.submit(page, "下载准考证（PDF）")
    assert printed_at(session, ticketed) == factories.NOW


def test_tickets_are_there_only_after_release_and_within_the_window(
    cadre: Client, session: Session, call: Call, candidate: Candidate, person: User
) -> None:
    address = f"/candidates/{candidate.id}/ticket"

    def reachable() -> bool:
        return cadre.get(f"{address}.pdf").status_code == 200

    operations.assign_seats(session, call, person, "815", factories.NOW)
    session.commit()
    assert not reachable()
    assert "还没有发放" in pages.text_of(cadre.get(address))
    assert "准考证" not in pages.text_of(cadre.get(f"/candidates/{candidate.id}")).replace(
        "准考证打印时间", ""
    )
    operations.release_tickets(session, call, person, factories.NOW)
    session.commit()
    second, now = timedelta(seconds=1), factories.NOW
    for begins, ends, open_ in (
        (now + second, now + 2 * second, False),
        (now, now + second, True),
        (now - second, now, True),
        (now - 2 * second, now - second, False),
    ):
        session.execute(sa.update(ExamPlan).values(tickets_from=begins, tickets_until=ends))
        session.commit()
        assert reachable() is open_, (begins, ends)
    assert "打印时间已过" in pages.text_of(cadre.get(address))


def test_a_ticket_is_worth_nothing_once_its_holder_gave_up(
    client: Client, cadre: Client, session: Session, ticketed: Candidate
) -> None:
    code = sign(ticketed.id, ticketed.ticket_number or "")
    assert "有效" in pages.text_of(client.get(f"/tickets/check?code={code}"))
    fire(session, ticketed, "give_up", actor=factories.actor(ticketed.owner), now=factories.NOW)
    session.commit()
    assert cadre.get(f"/candidates/{ticketed.id}/ticket.pdf").status_code == 404
    assert "无效" in pages.text_of(client.get(f"/tickets/check?code={code}"))


def test_anybody_can_check_a_ticket_and_learns_no_more_than_needed(
    client: Client, session: Session, ticketed: Candidate
) -> None:
    owner = session.get(User, ticketed.owner_id)
    assert owner is not None
    number = ticketed.ticket_number or ""
    code = sign(ticketed.id, number)
    page = client.get("/tickets/check")
    page = client.submit(page, "核验", {"code": code.lower().replace("-", " ")})
    words = pages.text_of(page)
    assert "有效。" in words
    assert number in words
    assert "第1考场" in words
    assert owner.name not in words
    assert owner.name[0] + "*" in words
    assert owner.masked_id_number not in page.text
    assert ticketed.position.organ not in page.text
    for wrong in (number, code[:-1] + ("A" if code[-1] != "A" else "B"), "1" + code[1:], "x", "甲" * 99):
        assert "无效。" in pages.text_of(client.get("/tickets/check", query_string={"code": wrong})), wrong


def test_an_old_ticket_fails_after_seats_were_assigned_anew(
    client: Client, session: Session, call: Call, ticketed: Candidate, person: User
) -> None:
    code = sign(ticketed.id, ticketed.ticket_number or "")
    operations.assign_seats(session, call, person, "816", factories.NOW, reason="换考场")
    session.commit()
    assert "无效。" in pages.text_of(client.get(f"/tickets/check?code={code}"))


def test_a_missing_photo_is_said_and_stops_nothing(app: Flask, session: Session, ticketed: Candidate) -> None:
    from recruitment.exam.paper.photos import photo_of
    from recruitment.exam.paper.ticket import tickets_pdf
    from recruitment.people.uploads import path_of

    ticket = ticket_queries.ticket(session, ticketed)
    assert ticket is not None
    assert ticket.photo is not None
    path_of(ticket.photo).write_bytes(b"no image")
    assert "照片缺失" in text_of(tickets_pdf([ticket], photo_of, "http://x/tickets/check"))


@pytest.mark.parametrize("name", ["尔古木阿支依诺曲", "张𠮷"])
def test_long_and_rare_names_fit(name: str, session: Session, ticketed: Candidate) -> None:
    import dataclasses

    from recruitment.exam.paper.ticket import tickets_pdf

    ticket = ticket_queries.ticket(session, ticketed)
    assert ticket is not None
    long = dataclasses.replace(
        ticket,
        name=name,
        organ="阿坝藏族羌族自治州壤塘县上壤塘乡人民政府便民服务中心（加挂某某办公室牌子）",
        address="四川省阿坝藏族羌族自治州马尔康市马尔康镇达萨街某某号某某中学高中部教学楼北侧",
        rules=tuple("规则" * 40 + "。" for _ in range(14)),
    )
    content = tickets_pdf([long], lambda _: None, "https://a-rather-long-host-name.example.cn/tickets/check")
    words = text_of(content)
    assert name.replace("𠮷", "〓") in words
    assert "".join(words.split()).count("规则") == 14 * 40
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        assert len(document) == 1
