"""Personal data at rest."""

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.config import ConfigurationError
from recruitment.database import Base
from recruitment.people.crypto import DecryptionError, Vault, blind_index, rotate_all
from recruitment.people.models import User
from tests.people.people import make_user

RAW = sa.text("SELECT phone, id_number, phone_index, id_number_index FROM user_account WHERE id = :id")


def test_the_database_never_sees_an_id_or_phone_number(session: Session) -> None:
    user = make_user(session, id_number="53010219200508011X", phone="138 0000 1234")
    session.commit()
    row = session.execute(RAW, {"id": user.id}).one()
    assert "53010219200508011X" not in str(row)
    assert "13800001234" not in str(row)
    assert "1920" not in row.id_number_index
    session.expire_all()
    assert (user.id_number, user.phone) == ("53010219200508011X", "13800001234")


def test_equal_values_are_found_by_their_index_and_differ_at_rest(session: Session) -> None:
    one = make_user(session, phone="13800001234")
    session.commit()
    found = session.scalar(sa.select(User).where(User.phone_index == blind_index("phone", "13800001234")))
    assert found is one
    assert blind_index("phone", "13800001234") != blind_index("id_number", "13800001234")


def test_an_id_number_has_one_account(session: Session) -> None:
    make_user(session, id_number="53010219200508011X")
    session.commit()
    with pytest.raises(IntegrityError, match="uq_user_account_id_number_index"):
        make_user(session, id_number="53010219200508011X")


def test_comparing_a_token_is_refused_where_it_is_written(session: Session) -> None:
    with pytest.raises(TypeError, match="blind index"):
        User.phone == "13800001234"  # noqa: B015
    with pytest.raises(TypeError, match="blind index"):
        sa.select(User).order_by(User.id_number.desc())
    assert "IS NULL" in str(sa.select(User.id).where(User.phone.is_(None)))


def test_a_key_is_replaced_without_losing_anything(session: Session) -> None:
    user = make_user(session, id_number="53010219200508011X", phone="13800001234")
    session.commit()
    settings = current_app.config["SETTINGS"]
    new = Fernet.generate_key().decode()

    current_app.extensions["vault"] = Vault([new, *settings.data_keys], settings.index_key)
    assert rotate_all(session, Base.metadata) == 2
    session.commit()

    current_app.extensions["vault"] = Vault([new], settings.index_key)
    session.expire_all()
    assert user.id_number == "53010219200508011X"

    current_app.extensions["vault"] = Vault(settings.data_keys, settings.index_key)
    session.expire_all()
    with pytest.raises(DecryptionError):
        _ = user.id_number


def test_a_bad_key_stops_the_start_with_one_line() -> None:
    for keys in ([], ["too short"], ["非ASCII"]):
        with pytest.raises(ConfigurationError, match="DATA_KEYS"):
            Vault(keys, "index")
