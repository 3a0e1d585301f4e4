"""What a system admin changes about other people's accounts, each act on record with its reason."""

import secrets
import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError

from recruitment.audit.operations import record
from recruitment.forms.constraints import violated
from recruitment.forms.refusal import Refusal
from recruitment.people import accounts, sessions
from recruitment.people.models import STAFF, Grant, Role, User

# Whoever manages accounts decides about nobody's application, and the other way round.
ALONE = Role.SYSTEM_ADMIN


def create_staff(
    session: orm.Session,
    actor: User,
    *,
    name: str,
    email: str,
    phone: str,
    role: Role,
    area_code: str,
    at: datetime,
) -> User:
    """Make an account for somebody who works here, and send them a link to choose a password.

    Raises:
        Refusal: the address or number has an account, or the role does not go with the area.
    """
    # Nobody knows this password; the link in the mail replaces it.
    user = User(email=email, name=name, password="!" + secrets.token_hex(16))
    user.set_phone(phone or None)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        name_of_rule = violated(error)
        if name_of_rule not in accounts.UNIQUE:
            raise
        field = "email" if name_of_rule.endswith("email") else "phone"
        raise Refusal({field: _("已有账号使用这个邮箱或手机号，请在账号列表中查找后添加职责。")}) from error
    record(session, actor, "user.create", at=at, subject_kind="user", subject_id=user.id)
    grant(session, actor, user, role, area_code, at)
    accounts.invite(session, user, at)
    return user


def grant(session: orm.Session, actor: User, user: User, role: Role, area_code: str, at: datetime) -> None:
    """Give a role in an area.

    Raises:
        Refusal: it is the actor's own account, the role is there already, does not fit the area, or does not
            go together with another.
    """
    _not_oneself(actor, user)
    if role not in STAFF:
        raise Refusal({"role": _("报考人的职责由本人注册时取得，不能授予。")})
    if any(held.role == role and held.area_code == area_code for held in user.grants):
        raise Refusal(_("这项职责已经有了。"))
    held_roles = user.roles - {Role.CADRE}
    if (role == ALONE and held_roles - {ALONE}) or (role != ALONE and ALONE in held_roles):
        raise Refusal({"role": _("系统管理员不能兼任其他职责。")})
    user.grants.append(Grant(role=role, area_code=area_code, granted_at=at, granted_by=actor.id))
    try:
        session.flush()
    except IntegrityError as error:
        if not violated(error).startswith("ck_user_grant_"):
            raise
        raise Refusal(
            {"area": _("这项职责不能授予这一级地区。县级审核人选县，市级审核人选市（州）。")}
        ) from error
    record(
        session, actor, "grant.give", at=at, subject_kind="user", subject_id=user.id,
        detail={"role": role, "area": area_code},
    )  # fmt: skip


def revoke(session: orm.Session, actor: User, user: User, held: Grant, at: datetime) -> None:
    """Take a role away; it ends with the next page that its holder opens.

    Raises:
        Refusal: it is the actor's own, or the role of a cadre.
    """
    _not_oneself(actor, user)
    if held.role == Role.CADRE:
        raise Refusal(_("报考人的职责不能收回；可以停用账号。"))
    record(
        session, actor, "grant.revoke", at=at, subject_kind="user", subject_id=user.id,
        detail={"role": held.role, "area": held.area_code},
    )  # fmt: skip
    user.grants.remove(held)


def set_active(
    session: orm.Session, actor: User, user: User, active: bool, reason: str, at: datetime
) -> None:
    """Close an account or open it again; closing ends its sessions. :raises Refusal: it is the actor's own."""
    _not_oneself(actor, user)
    user.active = active
    if active:
        user.failed_logins, user.locked_until = 0, None
    else:
        sessions.end_all(session, user, at)
    action = "user.open" if active else "user.close"
    record(session, actor, action, at=at, subject_kind="user", subject_id=user.id, reason=reason)


def unlock(session: orm.Session, actor: User, user: User, reason: str, at: datetime) -> None:
    """Let somebody try again whose account rests after wrong passwords."""
    user.failed_logins, user.locked_until = 0, None
    record(session, actor, "user.unlock", at=at, subject_kind="user", subject_id=user.id, reason=reason)


def reset_second_factor(session: orm.Session, actor: User, user: User, reason: str, at: datetime) -> None:
    """For somebody who lost telephone and codes. :raises Refusal: it is the actor's own."""
    _not_oneself(actor, user)
    accounts.disable_second_factor(session, user, actor, at, reason)
    sessions.end_all(session, user, at)


def change_contact(
    session: orm.Session,
    actor: User,
    user: User,
    *,
    name: str,
    email: str,
    phone: str,
    reason: str,
    at: datetime,
) -> None:
    """Correct name, address and, if one is given, number, after checking who somebody is.

    Raises:
        Refusal: the address or number belongs to another account.
    """
    _not_oneself(actor, user)
    user.set_email(email)
    user.name = name
    if phone:
        user.set_phone(phone)
    try:
        session.flush()
    except IntegrityError as error:
        rule = violated(error)
        if rule not in accounts.UNIQUE:
            raise
        raise Refusal({"email" if rule.endswith("email") else "phone": _("另一个账号正在使用。")}) from error
    record(session, actor, "user.correct", at=at, subject_kind="user", subject_id=user.id, reason=reason)


def _not_oneself(actor: User, user: User) -> None:
    if actor.id == user.id:
        raise Refusal(_("不能修改自己的账号和职责，请由另一位系统管理员办理。"))


def listing(
    session: orm.Session,
    *,
    words: str = "",
    role: str = "",
    after: tuple[str, uuid.UUID] | None = None,
    limit: int = 50,
) -> list[User]:
    """Accounts by name, staff and cadres alike, one more than ``limit`` if there are more.

    Args:
        words: part of a name or e-mail address.
        after: name and id of the last one of the page before.
    """
    statement = sa.select(User).order_by(User.name, User.id).limit(limit + 1)
    if words:
        like = "%" + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        statement = statement.where(User.name.ilike(like) | User.email.ilike(like))
    if role:
        statement = statement.where(User.grants.any(Grant.role == role))
    if after:
        statement = statement.where(sa.tuple_(User.name, User.id) > sa.tuple_(*map(sa.literal, after)))
    return list(session.scalars(statement))
