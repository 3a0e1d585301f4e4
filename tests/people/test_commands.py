"""Replacing the key of personal data."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from cryptography.fernet import Fernet
from flask import Flask

from recruitment.config import Settings
from recruitment.database import db
from recruitment.people.commands import keys
from recruitment.people.models import Role, User
from tests.people.people import id_number, make_account


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
        "SECRET_KEY": settings.secret_key,
        "INDEX_KEY": settings.index_key,
        "DATA_DIR": str(settings.data_dir),
    }


def test_a_key_is_replaced_and_the_old_one_dropped(
    app: Flask, make_app: Callable[..., Flask], settings: Settings, environment: dict[str, str]
) -> None:
    account = make_account(app, Role.CADRE, id_number=id_number())
    new = CliRunner().invoke(keys, ["new"]).output.strip()
    both = {"DATA_KEYS": ",".join((new, *settings.data_keys))}
    done = CliRunner().invoke(keys, ["rotate"], env=environment | both)
    assert done.exit_code == 0, done.output
    with make_app(data_keys=(new,)).app_context():
        assert db.session.get_one(User, account.id).id_number == id_number()


def test_without_the_old_key_nothing_is_changed(
    app: Flask, settings: Settings, environment: dict[str, str]
) -> None:
    make_account(app, Role.CADRE, id_number=id_number())
    before = _tokens(app)
    wrong = {"DATA_KEYS": Fernet.generate_key().decode()}
    done = CliRunner().invoke(keys, ["rotate"], env=environment | wrong)
    assert done.exit_code == 1
    assert "nothing was changed" in done.output
    assert _tokens(app) == before
    app.extensions["celery"].set_default()


def _tokens(app: Flask) -> list[object]:
    with app.app_context():
        return list(db.session.scalars(sa.text("SELECT id_number FROM user_account")))
