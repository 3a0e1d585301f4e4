"""Everything that changes an account: the only write path of this room but for grants.

Sign-in says one sentence for every reason and reset answers the same whether there is an account or not.
Sign-up cannot hide that a new account was refused, but says neither why nor which of the numbers it was.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError

from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.audit.operations import record
from recruitment.forms.constraints import violated
from recruitment.forms.refusal import Refusal
from recruitment.people import letters, passwords, second_factor, sessions
from recruitment.people.crypto import blind_index
from recruitment.people.id_number import IdNumber, normalise
from recruitment.people.models import Grant, Role, User, normalise_phone

CONFIRM_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=1)
INVITATION_WITHIN = timedelta(days=7)
# Five slips are free, then the account rests: a minute, two, four … an hour at most.
FREE_FAILURES = 5
LONGEST_LOCK = timedelta(hours=1)
# What makes a person one person.
UNIQUE = frozenset(
    {"uq_user_account_email", "uq_user_account_phone_index", "uq_user_account_id_number_index"}
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What sign-up asks for, checked by its form."""

    name: str
    id_number: IdNumber
    phone: str
    email: str
    password: str


def sign_up(session: orm.Session, person: NewPerson, at: datetime) -> User:
    """Make the account of a cadre, usable at once; the address is confirmed beside it.

    Raises:
        Refusal: ID number, phone or address already has an account. Which one, and whose, is not said.
    """
    user = User(
        email=person.email,
        name=person.name,
        password=passwords.hash_password(person.password),
        password_changed_at=at,
        grants=[Grant(role=Role.CADRE, area_code=PROVINCE_CODE)],
    )
    user.set_id_number(person.id_number)
    user.set_phone(person.phone)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        if violated(error) not in UNIQUE:
            raise
        raise Refusal(_("用这些信息不能注册新账号。如果以前注册过，请直接登录，或者找回密码。")) from error
    ask_confirmation(session, user, at)
    return user


def ask_confirmation(session: orm.Session, user: User, at: datetime) -> None:
    """Send the link that proves that the address is the person's."""
    token = _signer("confirm e-mail").dumps([str(user.id), user.email])
    letters.write(
        session, user.email, "confirm", at, name=user.name, link=_link("people.confirm", token=token)
    )


def confirmation_owner(session: orm.Session, token: str) -> User | None:
    """Whose address a link confirms, while the link is good and the address still theirs."""
    try:
        user_id, email = _signer("confirm e-mail").loads(token, max_age=int(CONFIRM_WITHIN.total_seconds()))
    except BadData:
        return None
    user = session.get(User, user_id)
    return user if user and user.email == email else None


def confirm(user: User, at: datetime) -> None:
    user.email_confirmed_at = user.email_confirmed_at or at
    # Its link came by mail, so mail arrives.
    user.email_failed_at = None


def find(session: orm.Session, text: str) -> User | None:
    """Whose ID number, phone number or e-mail address this is, however it was typed."""
    statement = sa.select(User)
    if "@" in text:
        return session.scalar(statement.where(User.email == text.strip().lower()))
    number = normalise(text)
    if len(number) == 18:
        return session.scalar(statement.where(User.id_number_index == blind_index("id_number", number)))
    return session.scalar(statement.where(User.phone_index == blind_index("phone", normalise_phone(number))))


def check_password(session: orm.Session, text: str, password: str, at: datetime) -> User | None:
    """The user if the password is right and the account neither locked nor closed.

    Counts a failure on the account, in the caller's transaction: commit it whatever the answer. While an
    account is locked even the right password fails, and neither answer nor time says so.
    """
    found = find(session, text)
    if found is None:
        passwords.waste_the_time(password)
        return None
    # Two guesses at once must not both be counted as the first.
    user = session.scalars(
        sa.select(User)
        .where(User.id == found.id)
        .with_for_update(of=User)
        .execution_options(populate_existing=True)
    ).one()
    right = passwords.matches(user.password, password)
    if user.locked_until and user.locked_until > at:
        return None
    if not right:
        note_failure(session, user, at)
        return None
    if not user.active:
        return None
    if passwords.outdated(user.password):
        user.password = passwords.hash_password(password)
    return user


def note_failure(session: orm.Session, user: User, at: datetime) -> None:
    """Count a wrong password or code, and lock the account after too many."""
    user.failed_logins += 1
    beyond = user.failed_logins - FREE_FAILURES
    if beyond >= 0:
        pause = min(timedelta(minutes=2 ** min(beyond, 10)), LONGEST_LOCK)
        user.locked_until = at + pause
        if beyond == 0:
            letters.write(
                session, user.email, "locked", at, name=user.name, forgotten=_link("people.forgotten")
            )


def locked(user: User, at: datetime) -> bool:
    return user.locked_until is not None and user.locked_until > at


def sign_in(session: orm.Session, user: User, at: datetime) -> None:
    """Start the session of somebody who has passed every check."""
    user.failed_logins = 0
    user.locked_until = None
    sessions.start(session, user, at)


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=purpose)


def _password_mark(user: User) -> str:
    # Part of the hash that the link replaces: once the password is new, the link is spent.
    return hashlib.sha256(user.password.encode()).hexdigest()[:16]


def ask_reset(session: orm.Session, text: str, at: datetime) -> None:
    """Send the owner a link to choose a new password; nothing happens if nobody has such an account."""
    user = find(session, text)
    if user is None or not user.active:
        return
    letters.write(
        session, user.email, "reset", at, name=user.name, link=_reset_link("password reset", user),
        minutes=int(RESET_WITHIN.total_seconds() // 60),
    )  # fmt: skip


def invite(session: orm.Session, user: User, at: datetime) -> None:
    """Send somebody whose account was made for them a link to choose their password."""
    letters.write(
        session, user.email, "invite", at, name=user.name, link=_reset_link("invitation", user),
        days=INVITATION_WITHIN.days,
    )  # fmt: skip


def _reset_link(purpose: str, user: User) -> str:
    return _link("people.reset", token=_signer(purpose).dumps([str(user.id), _password_mark(user)]))


def reset_owner(session: orm.Session, token: str) -> User | None:
    """Whose password a link may change, while it is good."""
    for purpose, lifetime in (("password reset", RESET_WITHIN), ("invitation", INVITATION_WITHIN)):
        try:
            user_id, mark = _signer(purpose).loads(token, max_age=int(lifetime.total_seconds()))
        except BadData:
            continue
        user = session.get(User, user_id)
        if user and user.active and secrets.compare_digest(mark, _password_mark(user)):
            return user
    return None


def set_password(session: orm.Session, user: User, password: str, at: datetime) -> None:
    """Store a new password, end every session but this one, and tell the owner."""
    user.password = passwords.hash_password(password)
    user.password_changed_at = at
    user.must_change_password = False
    user.failed_logins = 0
    user.locked_until = None
    sessions.end_all(session, user, at, keep=sessions.current_id())
    letters.write(
        session, user.email, "password_changed", at, name=user.name, forgotten=_link("people.forgotten")
    )


def personal_texts(user: User) -> tuple[str, ...]:
    return tuple(text for text in (user.id_number, user.phone, user.email, user.name) if text)


def start_second_factor(user: User) -> None:
    """Give the user a secret to scan; it counts once a first code has been typed."""
    if user.totp_enabled_at is None and user.totp_secret is None:
        user.totp_secret = second_factor.new_secret()


def enable_second_factor(session: orm.Session, user: User, code: str, at: datetime) -> list[str] | None:
    """Switch the second factor on if the code is right; returns the recovery codes, to be shown once."""
    if user.totp_enabled_at is not None or not second_factor.accept(user, code, at):
        return None
    user.totp_enabled_at = at
    record(session, user, "second_factor.enable", at=at, subject_kind="user", subject_id=user.id)
    return second_factor.new_recovery_codes(user)


def disable_second_factor(
    session: orm.Session, user: User, actor: User, at: datetime, reason: str = ""
) -> None:
    """Switch it off: by its owner, or by a system admin for somebody who lost the telephone."""
    second_factor.switch_off(user)
    record(
        session, actor, "second_factor.disable", at=at, subject_kind="user", subject_id=user.id, reason=reason
    )
    letters.write(session, user.email, "second_factor_off", at, name=user.name)


def _link(endpoint: str, **values: Any) -> str:
    return letters.on_site(url_for(endpoint, **values))
