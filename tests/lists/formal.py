"""Every list that the product writes, found by walking its modules, with rows as wide as they come."""

import importlib
import inspect
import pkgutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, get_origin

from sqlalchemy.orm import Session

import recruitment
from recruitment.applications.models import Application
from recruitment.appointments.exports import APPOINTED, row_of
from recruitment.appointments.models import Appointment
from recruitment.areas import catalogue
from recruitment.areas.models import County
from recruitment.bars.table import table as bars_table
from recruitment.calendar.table import SPECIAL_DAYS
from recruitment.calendar.views import EXAMPLE as SOME_DAYS
from recruitment.calls import exports as candidates
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import POSITION_TABLE
from recruitment.calls.views.positions import EXAMPLE as SOME_POSITIONS
from recruitment.candidates.models import Candidate
from recruitment.exam.attendance_list import ATTENDANCE, AttendanceRow
from recruitment.exam.venue_list import VENUES
from recruitment.exam.views.venues import EXAMPLE as SOME_VENUES
from recruitment.fees import exports as fees
from recruitment.fees.bank_file import BANK_FILE
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid
from recruitment.fees.rules import Outcome as PaymentOutcome
from recruitment.lists.declaration import ListDeclaration
from recruitment.lists.imports import Ground
from recruitment.medical.models import Outcome
from recruitment.medical.results_list import BLANK, RESULTS, ResultRow
from recruitment.notices.models import Delivery, Notice
from recruitment.people.id_number import parse
from recruitment.people.models import User
from recruitment.proof.exports import NOTICES, Line
from recruitment.proof.queries import Life
from recruitment.public_notice.content import PUBLIC_NOTICE
from recruitment.public_notice.models import PublicNoticeRow
from recruitment.selection.interview.plan import USUAL
from recruitment.selection.interview.sheet import interview_sheet
from recruitment.selection.marks.bonus import BonusRow, bonus_sheet
from recruitment.selection.marks.sheet import Row, written_sheet
from recruitment.selection.presets import DEFAULT, PRESETS
from recruitment.selection.scheme import load_scheme
from recruitment.selection.views.interview import SIGNATURES, Place

DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
TICKET, ID_NUMBER, PHONE = "510701260001", "510703198805040020", "19900000001"
RECEIPT, REFERENCE = "26-K7M4-9QXD", "20261203000170000000001234567890"
LONG = "凉山彝族自治州木里藏族自治县"
SCHEME = load_scheme(PRESETS[DEFAULT].toml)


@dataclass(frozen=True)
class Formal:
    """A list with rows of it."""

    declaration: ListDeclaration[Any]
    rows: Sequence[Any]


def modules() -> list[Any]:
    """Every module of the product that can be imported without doing anything."""
    names = (found.name for found in pkgutil.walk_packages(recruitment.__path__, "recruitment."))
    left_out = ("recruitment.migrations", "recruitment.wsgi", "recruitment.beat", "recruitment.worker")
    return [importlib.import_module(name) for name in names if not name.startswith(left_out)]


def declared() -> tuple[dict[str, ListDeclaration[Any]], dict[str, Callable[..., Any]]]:
    """Lists that stand in a module, and functions that make one, each by its module and name.

    A function that is handed what a call holds only adds checks to one of these: it looks the same.
    """
    lists: dict[int, tuple[str, ListDeclaration[Any]]] = {}
    makers: dict[str, Callable[..., Any]] = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, ListDeclaration):
                lists.setdefault(id(value), (f"{module.__name__}.{name}", value))
            elif (
                inspect.isfunction(value)
                and get_origin(value.__annotations__.get("return")) is ListDeclaration
                and not {Session, Call, Ground} & set(value.__annotations__.values())
            ):
                # Where it is imported it is the same one.
                makers[f"{value.__module__}.{name}"] = value
    return dict(lists.values()), makers


def everything() -> Mapping[str, Formal]:
    """Rows for each of them, by the name of the list."""
    rows: list[tuple[ListDeclaration[Any], Sequence[Any]]] = [
        (candidates.CANDIDATES, [_applicant()]),
        (POSITION_TABLE, SOME_POSITIONS),
        (VENUES, SOME_VENUES),
        (ATTENDANCE, [AttendanceRow(TICKET, "行政职业能力测验", True)]),
        (fees.PAYMENTS, [fees.Row(123_456, _payment(PaymentOutcome.COUNTED))]),
        (fees.REFUNDS, [fees.Row(123_456, _payment(PaymentOutcome.WRONG_AMOUNT))]),
        (BANK_FILE, [Paid(RECEIPT, Decimal("100.00"), MOMENT, REFERENCE)]),
        (written_sheet(SCHEME), [Row(TICKET, {subject.code: "66.5" for subject in SCHEME.subjects})]),
        (bonus_sheet(["服务基层"]), [BonusRow(TICKET, "服务基层", DAY)]),
        (interview_sheet(USUAL, 7), [Row(TICKET, {"e1_1": "25.55"})]),
        (SIGNATURES, [Place("第一面试组", 12, TICKET, "欧阳某某", "51072201")]),
        (RESULTS, [ResultRow(TICKET, "欧阳某某", Outcome.FAIL, "血液病", DAY)]),
        (BLANK, [_candidate()]),
        (PUBLIC_NOTICE, [_shown()]),
        (APPOINTED, [row_of(123_456, _appointment(), date(2028, 3, 1))]),
        (NOTICES, [_life()]),
        (SPECIAL_DAYS, SOME_DAYS),
        (bars_table(DAY), [_bar()]),
    ]
    return {f"{number:02d} {item.name}": Formal(item, some) for number, (item, some) in enumerate(rows)}


def _owner() -> User:
    user = User(id=uuid.uuid4(), email="a@test.example", name="欧阳某某", password="")
    user.set_id_number(parse(ID_NUMBER, DAY))
    user.set_phone(PHONE)
    return user


def _position() -> Position:
    county = catalogue.counties()["513422"]
    return Position(
        code="51072201",
        organ=f"{LONG}{LONG}人民政府",
        name="综合管理",
        openings=1,
        county=County(code=county.code, name=county.name, prefecture=county.prefecture),
    )


def _application() -> Application:
    return Application(
        owner=_owner(), position=_position(), receipt_number=RECEIPT, form={}, state="qualified"
    )


def _applicant() -> candidates.Candidate:
    form = {
        "identity": {"name": "欧阳某某", "birth_date": "1988-05-04", "ethnicity": "彝族"},
        "schoolings": [{"level": "senior_high"}],
    }
    tenure = {"post": "party_secretary", "community_name": f"{LONG}某某社区居民委员会", "from": "2019-03-01"}
    return candidates.Candidate(123_456, _application(), form, tenure, "资格审核合格")


def _candidate() -> Candidate:
    call = Call(title=f"四川省2026年{LONG}定向考录公务员")
    made = Candidate(ticket_number=TICKET, position=_position(), call=call)
    # The relationship is for reading only; what it would load is put in its place.
    made.__dict__["owner"] = _owner()
    return made


def _payment(outcome: PaymentOutcome) -> Payment:
    return Payment(
        user=_owner(),
        receipt_number=RECEIPT,
        amount=Decimal("100.00"),
        paid_at=MOMENT,
        bank_reference=REFERENCE,
        source="bank_file",
        outcome=outcome,
        note="",
        refund_reference=REFERENCE,
        refunded_at=MOMENT,
    )


def _appointment() -> Appointment:
    return Appointment(
        candidate=_candidate(),
        reported_on=date(2027, 1, 4),
        probation_ends_on=date(2028, 1, 3),
        service_ends_on=date(2035, 1, 3),
        appointed_on=date(2028, 1, 4),
        kind="village",
        post="party_secretary",
    )


def _life() -> Line:
    row = SimpleNamespace(
        notice="candidate.shortlisted", created_at=MOMENT, released_at=MOMENT, queued_at=MOMENT
    )
    notice = Notice(
        subject="您已进入资格复审", body="……", created_at=MOMENT, read_at=MOMENT, template_version="1a2b3c4d"
    )
    delivery = Delivery(
        channel="mail", address="ouyang@test.example", status="sent", attempts=1, sent_at=MOMENT
    )
    return Line(123_456, Life(row, notice, "read", "欧阳某某", RECEIPT, None), delivery)


def _shown() -> PublicNoticeRow:
    return PublicNoticeRow(
        county=LONG,
        position=f"{LONG}某某乡人民政府综合管理（51072201）",
        name="欧阳某某",
        sex="女",
        birth_month="1988.05",
        education="高中",
        ticket_number=TICKET,
        post="某某社区党组织书记",
        years="7",
        total="81.325",
        hotline="028-5550-0000",
    )


def _bar() -> Any:
    return SimpleNamespace(
        name="欧阳某某",
        id_number=ID_NUMBER,
        kind="考试作弊",
        source="川人社考决〔2026〕1号",
        clause="第十二条",
        starts_on=DAY,
        until="终身",
    )
