"""One running instance on this machine: its data folder, its secrets, and the servers it is pointed at."""

import fcntl
import json
import os
import secrets
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg
import redis
from cryptography.fernet import Fernet
from redis.backoff import NoBackoff
from redis.retry import Retry

from recruitment.config import ConfigurationError, libpq_url
from recruitment.notices import smtp
from recruitment.processes import one_line
from recruitment.services import new_password

# Seconds that a server which a URL names has for its answer.
TIMEOUT = 3


@dataclass
class DataFolder:
    """The folder with all that an instance keeps.

    ::

        secrets.json   keys and passwords made at the first start; whoever has them reads all
        environment    the settings of the running instance, for a shell
        postgres/ valkey/ beat/ mail/ log/ uploads/
    """

    path: Path
    _lock: IO[str] | None = field(default=None, repr=False)

    def open(self) -> None:
        """Make the folder if need be and keep others out; :raises ConfigurationError: if that cannot be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("log", "beat"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            # Kept open, and so kept locked, until the process ends in whatever way.
            self._lock = (self.path / "lock").open("a+")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another instance runs on DATA_DIR {self.path}{self._holder()}"
            ) from None
        except OSError as error:
            raise ConfigurationError(f"DATA_DIR {self.path} cannot be used: {error.strerror}") from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _holder(self) -> str:
        try:
            return f" (process {int((self.path / 'lock').read_text())})"
        except (OSError, ValueError):
            return ""

    def log(self, name: str) -> Path:
        """Where a part writes what it has to say; a file that grew large is put aside."""
        path = self.path / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secrets(self) -> dict[str, str]:
        """The keys of this instance, made at the first start and kept."""
        path = self.path / "secrets.json"
        known: dict[str, str] = {}
        if path.exists():
            try:
                known = json.loads(path.read_text())
            except ValueError:
                raise ConfigurationError(f"{path} is damaged; restore it, it holds the data's keys") from None
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATA_KEYS": Fernet.generate_key().decode(),
            "INDEX_KEY": secrets.token_urlsafe(48),
            "POSTGRES_PASSWORD": new_password(),
            "VALKEY_PASSWORD": new_password(),
        }
        if made.keys() - known.keys():
            known = made | known
            write_private(path, json.dumps(known, indent=1) + "\n")
        return known

    def forget_environment(self) -> None:
        (self.path / "environment").unlink(missing_ok=True)

    def write_environment(self, variables: Mapping[str, str]) -> None:
        """Keep the settings of the running instance for commands in another terminal."""
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
        write_private(self.path / "environment", "".join(lines))


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only we may read, in one step."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def listen(host: str, port: str) -> socket.socket:
    """A socket that listens on the address, which web processes inherit.

    Opened here and not there: a port that is taken is found before anything is started, nobody takes it
    later, and who calls while a web process is started again waits instead of being refused.
    """
    if not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        raise ConfigurationError(f"PORT must be a number from 1 to 65535, not {port!r}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(socket.SOMAXCONN)
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    return listener


def check_database(url: str) -> str:
    """The URL in libpq's form; :raises ConfigurationError: if no PostgreSQL there lets us in."""
    libpq = libpq_url(url)
    try:
        psycopg.connect(libpq, connect_timeout=TIMEOUT).close()
    except psycopg.Error as error:
        raise ConfigurationError(f"DATABASE_URL: {one_line(error)}") from None
    return libpq


def check_keys(keys: str) -> None:
    """Raise ConfigurationError unless these are Fernet keys, separated by commas."""
    try:
        for key in keys.split(","):
            Fernet(key)
    except ValueError:
        raise ConfigurationError("DATA_KEYS must be Fernet keys separated by commas") from None


def check_broker(url: str) -> None:
    """Raise ConfigurationError if the URL names no Redis or Valkey server that lets us in."""
    try:
        options = {
            "socket_connect_timeout": TIMEOUT,
            "socket_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
        }
        with redis.Redis.from_url(url, **options) as connection:
            connection.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise ConfigurationError(f"REDIS_URL: {one_line(error)}") from None


def check_mail(url: str) -> None:
    """Raise ConfigurationError if the URL names no mail server that lets us in."""
    try:
        with smtp.connect(url, timeout=TIMEOUT):
            pass
    except OSError as error:
        host = urlsplit(url).hostname
        raise ConfigurationError(f"SMTP_URL: {host} does not take mail from us: {one_line(error)}") from None
