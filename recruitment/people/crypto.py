"""Personal data at rest: encrypted columns, and blind indexes to look them up by.

The database holds Fernet tokens (AES-128-CBC with HMAC-SHA256). ``DATA_KEYS`` lists the keys, newest first:
everything is written with the first and can be read with any, so a key is replaced by putting a new one in
front, running :func:`rotate_all` and dropping the old one.

Equal values give different tokens, so an encrypted column cannot be searched. Where look-up is needed a
second column holds :func:`blind_index`, an HMAC under ``INDEX_KEY`` that only somebody with the key can
compute.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app
from sqlalchemy import orm
from sqlalchemy.sql.operators import OperatorType, is_, is_not
from sqlalchemy.types import TypeDecorator, TypeEngine

from recruitment.config import ConfigurationError


class DecryptionError(Exception):
    """A stored token fits none of the keys: ``DATA_KEYS`` lost a key, or the row was tampered with."""


class Vault:
    """The keys of one running instance.

    Args:
        data_keys: Fernet keys, newest first.
        index_key: secret of the blind indexes; changing it makes every index useless.

    Raises:
        ConfigurationError: no key, or one that is not 32 bytes in URL-safe base64.
    """

    def __init__(self, data_keys: Sequence[str], index_key: str) -> None:
        if not data_keys:
            raise ConfigurationError("DATA_KEYS holds no key; see docs/configuration.md")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in data_keys])
        except ValueError as error:
            raise ConfigurationError(
                "DATA_KEYS holds a key that is not 32 bytes in URL-safe base64; see docs/configuration.md"
            ) from error
        self._index_key = index_key.encode()

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, token: str) -> str:
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode()
        except InvalidToken as error:
            raise DecryptionError("stored data fits none of the keys in DATA_KEYS") from error

    def rotate(self, token: str) -> str:
        """The same text under the newest key; its original time stamp is kept."""
        try:
            return self._fernet.rotate(token.encode("ascii")).decode("ascii")
        except InvalidToken as error:
            raise DecryptionError("stored data fits none of the keys in DATA_KEYS") from error

    def index(self, kind: str, value: str) -> str:
        message = f"{kind}\x00{value}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def init_app(app: Flask) -> None:
    """Open the vault with the instance's settings; :raises ConfigurationError: a key is unusable."""
    settings = app.config["SETTINGS"]
    app.extensions["vault"] = Vault(settings.data_keys, settings.index_key)


def vault() -> Vault:
    """The vault of the current application."""
    opened: Vault = current_app.extensions["vault"]
    return opened


def blind_index(kind: str, value: str) -> str:
    """HMAC-SHA256 of a value in its normal form, as 64 hexadecimal digits.

    Args:
        kind: what the value is (``"id_number"``, ``"phone"``), so that equal texts of different kinds differ.
        value: already normalised by the caller; ``"13800000000"`` and ``"138 0000 0000"`` differ here.
    """
    return vault().index(kind, value)


class _NoComparison(TypeDecorator.Comparator[Any]):
    """A comparison with a token is always false, silently: refuse it where it is written."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        if op in (is_, is_not):
            return super().operate(op, *other, **kwargs)
        raise TypeError("an encrypted column cannot be compared or sorted by; use its blind index")


class EncryptedText(TypeDecorator[str]):
    """A text column that the database sees as a Fernet token. Needs an application context."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _NoComparison

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else vault().encrypt(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else vault().decrypt(value)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value that the database sees as a Fernet token. Changes inside the value are not noticed:
    assign a new one."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _NoComparison

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else vault().encrypt(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(vault().decrypt(value))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


def rotate_all(session: orm.Session, metadata: sa.MetaData) -> int:
    """Write every encrypted value again under the newest key, in the caller's transaction.

    Returns:
        The number of values written.

    Raises:
        DecryptionError: a value fits none of the keys; nothing should be committed then.
    """
    written = 0
    for table in metadata.sorted_tables:
        encrypted = [column for column in table.c if isinstance(column.type, EncryptedText | EncryptedJSON)]
        if not encrypted:
            continue
        keys = list(table.primary_key)
        # As plain text, so that the types neither decrypt what is read nor encrypt what is written.
        raw = [sa.type_coerce(column, sa.Text).label(column.name) for column in encrypted]
        rows = session.execute(sa.select(*keys, *raw).with_for_update()).all()
        for row in rows:
            values = {
                column.name: sa.type_coerce(sa.literal(vault().rotate(token), sa.Text), sa.Text)
                for column in encrypted
                if (token := row._mapping[column.name]) is not None
            }
            if values:
                where = [key == row._mapping[key] for key in keys]
                session.execute(sa.update(table).where(*where).values(values))
                written += len(values)
    return written
