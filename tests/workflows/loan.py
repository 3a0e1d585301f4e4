"""A small library: the subject that the engine's tests run on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, Text, Uuid, exists, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from workflows.engine import Actor, Engine, Given, Reason, Registry, Scope
from workflows.reading import load
from workflows.subject import Subject

DEFINITIONS = Path(__file__).parent / "definitions"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    copies: Mapped[int] = mapped_column(Integer, default=1)


class Member(Base):
    __tablename__ = "member"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    fees_paid: Mapped[bool] = mapped_column(Boolean, default=True)
    banned: Mapped[bool] = mapped_column(Boolean, default=False)


class Loan(Subject, Base):
    __tablename__ = "loan"
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    answer_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def _copies(scope: Scope) -> Any:
    return select(Book.copies).where(Book.id == scope.book_id).scalar_subquery()


def _taken(scope: Scope) -> Any:
    other = aliased(Loan)
    return (
        select(func.count())
        .where(other.book_id == scope.book_id, other.id != scope.id, other.state.in_(["approved", "lent"]))
        .scalar_subquery()
    )


def book_free(given: Given) -> Iterable[Reason]:
    if given.facts["taken"] >= given.facts["copies"]:
        yield Reason("no_copy_left", "这本书都已借出。", "借阅规则第3条")


def fees_paid(given: Given) -> Iterable[Reason]:
    if not given.facts["paid"]:
        yield Reason("fees_open", "还有费用未缴。", "借阅规则第5条")


def _paid(scope: Scope) -> Any:
    return exists().where(Member.id == scope.owner_id, Member.fees_paid)


def not_own_request(given: Given) -> Iterable[Reason]:
    if given.facts["owner"] is not None and given.facts["owner"] == given.actor.id:
        yield Reason("own_request", "不能处理自己的申请。")


def not_banned(given: Given) -> Iterable[Reason]:
    if given.facts.get("banned"):
        yield Reason("banned", "借书资格已停。")


def _load_bans(
    session: Session, subjects: Sequence[Loan], actor: Actor, now: datetime
) -> Mapping[UUID, Mapping[str, Any]]:
    owners = [loan.owner_id for loan in subjects]
    banned = set(session.scalars(select(Member.id).where(Member.id.in_(owners), Member.banned)))
    return {loan.id: {"banned": loan.owner_id in banned} for loan in subjects}


def working_days_after(moment: datetime, days: int) -> datetime:
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def make_registry() -> Registry:
    registry = Registry(calendar=working_days_after)
    registry.subject("loan", Loan)
    registry.guard(
        "book_free",
        book_free,
        facts=lambda scope: {"copies": _copies(scope), "taken": _taken(scope)},
        holds=lambda scope: _taken(scope) < _copies(scope),
    )
    registry.guard("fees_paid", fees_paid, facts=lambda scope: {"paid": _paid(scope)}, holds=_paid)
    registry.guard(
        "not_own_request",
        not_own_request,
        facts=lambda scope: {"owner": scope.owner_id},
        holds=lambda scope: scope.owner_id.is_distinct_from(scope.actor_id) | scope.owner_id.is_(None),
    )
    registry.guard("not_banned", not_banned, load=_load_bans)
    for name in ("requested", "approved", "declined", "overdue"):
        registry.notice(f"loan.{name}")
    registry.notice("loan.book_reserved", data=lambda scope: func.jsonb_build_object("desk", "100%"))
    registry.deadline("answer_due", lambda scope: scope.answer_by)
    registry.deadline("loan_end", lambda scope: scope.now + func.make_interval(0, 0, 0, 10 + 8))
    return registry


def make_engine() -> Engine:
    return Engine(make_registry(), load(DEFINITIONS))


def librarian(area: str = "A1") -> Actor:
    return Actor(uuid4(), (("librarian", area),))


def director() -> Actor:
    return Actor(uuid4(), (("director", ""),))


def member(session: Session, **values: Any) -> Actor:
    person = Member(**values)
    session.add(person)
    session.flush()
    return Actor(person.id, (("member", "A1"),))


def new_loan(
    engine: Engine,
    session: Session,
    owner: Actor | None = None,
    *,
    book: int = 1,
    now: datetime = NOW,
    **values: Any,
) -> Loan:
    """A loan in its first state."""
    if session.get(Book, book) is None:
        session.add(Book(id=book, title="红楼梦", copies=values.pop("copies", 1)))
    owner = owner or member(session)
    loan = Loan(owner_id=owner.id, area_code=values.pop("area_code", "A1"), book_id=book, **values)
    engine.start(session, loan, actor=owner, now=now)
    return loan
