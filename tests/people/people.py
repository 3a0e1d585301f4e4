"""People for tests: plainly fictional, with numbers that pass the checksum."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import date
from functools import cache

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.database import db
from recruitment.people.id_number import checksum, parse
from recruitment.people.models import Grant, Role, User
from recruitment.people.passwords import hash_password
from tests.client import Client

TODAY = date(2026, 11, 22)
PASSWORD = "correct horse 1"
# Argon2 is slow on purpose; once for each password is enough here.
_hash = cache(hash_password)
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
    password: str = PASSWORD,
) -> User:
    """An account with the roles, each in ``area`` or in the test county and what lies above it."""
    user = User(email=email or f"person{next(_serial)}@test.example", name=name, password=_hash(password))
    if id_number:
        user.set_id_number(parse(id_number, TODAY))
    user.set_phone(phone)
    user.grants = [Grant(role=role, area_code=area or HOME.get(role, "510000")) for role in roles]
    session.add(user)
    session.flush()
    return user


@dataclass(frozen=True)
class Account:
    """A stored account, for tests that look at it from outside."""

    id: uuid.UUID
    email: str
    password: str


def make_account(app: Flask, *roles: Role, password: str = PASSWORD, **details: str | None) -> Account:
    """Like :func:`make_user`, committed."""
    with app.app_context():
        user = make_user(db.session, *roles, password=password, **details)  # type: ignore[arg-type]
        db.session.commit()
        return Account(user.id, user.email, password)


def sign_in(client: Client, user: Account, password: str | None = None) -> TestResponse:
    """Sign in through the page; returns the page that follows."""
    fields = {"identity": user.email, "password": password or user.password}
    return client.submit(client.get("/sign-in"), "登录", fields)
