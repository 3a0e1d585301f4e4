"""Settings of one running instance, read from the environment.

Every variable is listed in ``docs/configuration.md``. Nothing is guessed where guessing could hurt: without
``SECRET_KEY`` and ``DATA_KEYS`` the application does not start.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class ConfigurationError(Exception):
    """A setting is missing or unusable; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an instance needs to know before it starts.

    Attributes:
        database_url: ``postgresql://user:password@host:port/name``.
        redis_url: ``redis://host:port/0`` or ``unix:///path.sock``; broker, rate limits and locks.
        smtp_url: ``smtp://``, ``smtp+starttls://`` or ``smtps://`` with ``user:password@host:port``.
        secret_key: signs sessions and form tokens.
        data_keys: Fernet keys for personal data, newest first; older ones only decrypt.
        index_key: keys the blind indexes by which an ID or phone number is looked up.
        data_dir: where uploads (and, embedded, the servers' files) are kept.
        demo: show demo accounts and the mail page.
        secure_cookies: send cookies over HTTPS only.
        staff_second_factor: staff must set up a second factor before they can do anything.
        sms_url: ``https://key:secret@host/path`` of a gateway for text messages; none are sent when empty.
        notice_channels: further ways out for notices, ``name=module:factory`` separated by commas.
        notice_rates: how many notices a second each channel may take, ``email=50,sms=20``; others as they come.
        hotline: the telephone number at the foot of every page; none is shown when empty.
        payment_secret: signs what a payment service tells of payments; without it nothing is taken from one.
        photo_size: width and height of the photo on tickets and lists, in pixels.
        trusted_proxies: how many proxies in front of the site add to ``X-Forwarded-*``.
    """

    database_url: str
    redis_url: str
    smtp_url: str
    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)
    index_key: str = field(repr=False)
    data_dir: Path
    site_url: str = "http://127.0.0.1:8000"
    mail_from: str = "no-reply@kaolu.example"
    demo: bool = False
    secure_cookies: bool = True
    staff_second_factor: bool = True
    hotline: str = ""
    payment_secret: str = field(default="", repr=False)
    photo_size: tuple[int, int] = (295, 413)
    trusted_proxies: int = 0
    sms_url: str = field(default="", repr=False)
    notice_channels: str = ""
    notice_rates: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; :raises ConfigurationError: naming the first missing variable."""
        env = os.environ if environ is None else environ

        def need(name: str) -> str:
            value = env.get(name, "").strip()
            if not value:
                raise ConfigurationError(f"{name} is not set; see docs/configuration.md")
            return value

        return cls(
            database_url=need("DATABASE_URL"),
            redis_url=need("REDIS_URL"),
            smtp_url=need("SMTP_URL"),
            secret_key=need("SECRET_KEY"),
            data_keys=tuple(key for key in need("DATA_KEYS").split(",") if key),
            index_key=need("INDEX_KEY"),
            data_dir=Path(need("DATA_DIR")),
            site_url=site_address(env.get("SITE_URL", "http://127.0.0.1:8000")),
            mail_from=env.get("MAIL_FROM", "no-reply@kaolu.example"),
            demo=env.get("DEMO", "") == "1",
            secure_cookies=env.get("SECURE_COOKIES", "1") == "1",
            # The demo's accounts are for looking around with a password that is printed.
            staff_second_factor=env.get("STAFF_SECOND_FACTOR", "0" if env.get("DEMO") == "1" else "1") == "1",
            hotline=env.get("HOTLINE", ""),
            payment_secret=env.get("PAYMENT_SECRET", ""),
            photo_size=_size("PHOTO_SIZE", env.get("PHOTO_SIZE", "295x413")),
            trusted_proxies=_whole("TRUSTED_PROXIES", env.get("TRUSTED_PROXIES", "0")),
            sms_url=env.get("SMS_URL", ""),
            notice_channels=env.get("NOTICE_CHANNELS", ""),
            notice_rates=env.get("NOTICE_RATES", ""),
        )

    def flask(self) -> dict[str, Any]:
        """The settings under the names that Flask and its extensions read."""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_ENGINES": {"default": {"url": psycopg_url(self.database_url), "pool_pre_ping": True}},
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=2),
            # A token lives as long as the session: a form left open over lunch must still be accepted.
            "WTF_CSRF_TIME_LIMIT": None,
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "BOOTSTRAP_SERVE_LOCAL": True,
            "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "RATELIMIT_STORAGE_URI": self.redis_url,
        }


def _whole(name: str, value: str) -> int:
    """:raises ConfigurationError: not a number of 0 or more."""
    if not re.fullmatch(r"[0-9]{1,4}", value.strip()):
        raise ConfigurationError(f"{name} must be a number, not {value!r}; see docs/configuration.md")
    return int(value)


def site_address(value: str) -> str:
    """The address without a slash at its end; :raises ConfigurationError: links cannot begin with it."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value.strip()):
        raise ConfigurationError(
            f"SITE_URL must be like https://kaolu.example.gov.cn, not {value!r}; see docs/configuration.md"
        )
    return value.strip().rstrip("/")


def _size(name: str, value: str) -> tuple[int, int]:
    """``295x413``: width and height, at least 80 each; :raises ConfigurationError: anything else."""
    found = re.fullmatch(r"([0-9]{2,4})[x×]([0-9]{2,4})", value.strip().lower())
    if not found or min(int(found[1]), int(found[2])) < 80:
        raise ConfigurationError(f"{name} must be like 295x413, not {value!r}; see docs/configuration.md")
    return int(found[1]), int(found[2])


def psycopg_url(url: str) -> str:
    """The same URL with SQLAlchemy's name for the psycopg 3 driver; :raises ConfigurationError: not such a URL."""
    return _database_url(url, "postgresql+psycopg")


def libpq_url(url: str) -> str:
    """The same URL as psycopg itself takes it; :raises ConfigurationError: not such a URL."""
    return _database_url(url, "postgresql")


def _database_url(url: str, driver: str) -> str:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("postgresql", "postgres"):
        # Not the URL itself: it holds a password.
        raise ConfigurationError(
            "DATABASE_URL must be like postgresql://user:password@host:port/name; see docs/configuration.md"
        )
    return parsed.set(drivername=driver).render_as_string(hide_password=False)
