"""What the database itself refuses about accounts and grants."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.people.models import Grant, Jurisdiction, Role, User, mask_phone, normalise_phone
from tests.people.people import make_user


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.COUNTY_REVIEWER, "510700"),
        (Role.COUNTY_REVIEWER, "510000"),
        (Role.PREFECTURE_REVIEWER, "510722"),
        (Role.PREFECTURE_REVIEWER, "510000"),
        (Role.PROVINCE_REVIEWER, "510700"),
        (Role.SYSTEM_ADMIN, "510722"),
        (Role.CADRE, "510722"),
        (Role.ADMIN, "110000"),
        (Role.ADMIN, "51"),
        ("emperor", "510000"),
    ],
)
def test_a_role_belongs_to_its_level(session: Session, role: str, area: str) -> None:
    user = make_user(session)
    session.add(Grant(user_id=user.id, role=role, area_code=area))
    with pytest.raises(IntegrityError, match="ck_user_grant"):
        session.flush()


def test_jurisdiction_reaches_down_and_never_sideways(session: Session) -> None:
    user = make_user(session, Role.PREFECTURE_REVIEWER, area="510700")
    assert user.jurisdictions() == (Jurisdiction(Role.PREFECTURE_REVIEWER, "5107"),)
    assert user.may(Role.PREFECTURE_REVIEWER, "510722100201")
    assert not user.may(Role.PREFECTURE_REVIEWER, "510800")
    assert not user.may(Role.PREFECTURE_REVIEWER, "510000")
    assert not user.may(Role.COUNTY_REVIEWER, "510722")
    assert user.is_staff


def test_email_is_kept_in_lower_case(session: Session) -> None:
    session.add(User(email="Big@Test.example", name="张测试", password="!"))
    with pytest.raises(IntegrityError, match="email_form"):
        session.flush()


def test_an_index_never_stands_without_its_value(session: Session) -> None:
    user = make_user(session, phone="13800001234")
    user.phone = None
    with pytest.raises(IntegrityError, match="phone_indexed"):
        session.flush()


@pytest.mark.parametrize(
    "text", ["13800001234", "138 0000 1234", "138-0000-1234", "+86 13800001234", "8613800001234"]
)
def test_phone_numbers_have_one_form(text: str) -> None:
    assert normalise_phone(text) == "13800001234"
    assert mask_phone(normalise_phone(text)) == "138****1234"
