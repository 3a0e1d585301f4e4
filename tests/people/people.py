"""People for tests: plainly fictional, with numbers that pass the checksum."""

import itertools
from datetime import date

from sqlalchemy.orm import Session

from recruitment.people.id_number import checksum, parse
from recruitment.people.models import Grant, Role, User

TODAY = date(2026, 11, 22)
_serial = itertools.count(1)

HOME = {
    Role.COUNTY_REVIEWER: "510722",
    Role.PREFECTURE_REVIEWER: "510700",
}


def id_number(birth: date = date(1985, 3, 7), sequence: int = 1, place: str = "510722") -> str:
    first = f"{place}{birth:%Y%m%d}{sequence:03d}"
    return first + checksum(first)


def make_user(
    session: Session,
    *roles: Role,
    area: str | None = None,
    id_number: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    name: str = "张测试",
    password: str = "!",
) -> User:
    """An account with the roles, each in ``area`` or in the test county and what lies above it."""
    user = User(email=email or f"person{next(_serial)}@test.example", name=name, password=password)
    if id_number:
        user.set_id_number(parse(id_number, TODAY))
    user.set_phone(phone)
    user.grants = [Grant(role=role, area_code=area or HOME.get(role, "510000")) for role in roles]
    session.add(user)
    session.flush()
    return user
