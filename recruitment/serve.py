"""``recruitment serve``: everything that an instance needs, started, watched and ended as one."""

import io
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import click

from recruitment.config import ConfigurationError, site_address
from recruitment.instance import (
    DataFolder,
    check_broker,
    check_database,
    check_keys,
    check_mail,
    listen,
)
from recruitment.notices import MAIL_FOLDER
from recruitment.processes import Ledger, Process, ServiceError, one_line
from recruitment.services import Postgres, Valkey, free_port

MAIL_CATCHER = "mail catcher"
TASKS_AT_ONCE = 2
# A child that keeps dying is started again after 1, 2, 4 … seconds, at most:
LONGEST_PAUSE = 30.0
# One that ran this long is taken to be well again.
WELL_AFTER = 60.0
STARTUP_TIMEOUT = 90.0


class Stop(BaseException):
    """We have been asked to end."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into :class:`Stop`."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise Stop

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # Under nohup it is ignored, and stays so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)


def ignore_signals() -> None:
    """See to it that ending, once begun, is not interrupted."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)


class Child:
    """A process that is started again when it dies."""

    def __init__(self, process: Process, server: Postgres | Valkey | None = None) -> None:
        self.process = process
        self._server = server
        self._pause = 1.0
        self._started = 0.0
        self._due: float | None = None

    def start(self) -> None:
        self._started = time.monotonic()
        self._due = None
        (self._server or self.process).start()

    def watch(self) -> None:
        """Say so when it has died, and start it again when its pause is over."""
        now = time.monotonic()
        if self._due is None and not self.process.running:
            if now - self._started > WELL_AFTER:
                self._pause = 1.0
            say(f"{self.process.name} died ({self.process.ended_with}); starting it again")
            # Workers of a killed master would go on beside those of the new one.
            self.process.stop()
            self._due = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        elif self._due is not None and now >= self._due:
            try:
                self.start()
            except ServiceError as error:
                say(one_line(error))


class Supervisor:
    """Starts the parts of one instance in order, keeps them running, and ends them all."""

    def __init__(
        self, folder: DataFolder, ledger: Ledger, listener: socket.socket, site_url: str, demo: bool
    ) -> None:
        self.folder = folder
        self.ledger = ledger
        self.listener = listener
        self.demo = demo
        self.environment = dict(os.environ)
        self.environment |= {"SITE_URL": site_url, "DATA_DIR": str(folder.path), "DEMO": "1" if demo else "0"}
        self.environment.setdefault("SECURE_COOKIES", "1" if site_url.startswith("https:") else "0")
        # Whatever language the terminal speaks, files and logs are UTF-8.
        self.environment["PYTHONUTF8"] = "1"
        self.children: list[Child] = []

    def start(self) -> None:
        """Start everything and return when it answers.

        Raises:
            ConfigurationError: a setting is unusable, or the server that it names does not answer.
            ServiceError: a part cannot run.
        """
        given = self._check_given_servers()
        secrets = self.folder.secrets()
        for name in ("SECRET_KEY", "DATA_KEYS", "INDEX_KEY"):
            self.environment[name] = given.get(name) or secrets[name]
        if "DATABASE_URL" not in given:
            self._start_postgres(secrets["POSTGRES_PASSWORD"])
        if "REDIS_URL" not in given:
            self._start_valkey(secrets["VALKEY_PASSWORD"])
        if "SMTP_URL" not in given:
            self._start_mailcatcher()
        self._prepare()
        self.folder.write_environment(self._settings())
        for process in self._application():
            self._run(Child(process))
        self._wait_for_health()

    def watch(self) -> None:
        """Keep everything running for ever."""
        while True:
            time.sleep(0.2)
            for child in self.children:
                child.watch()

    def stop(self) -> None:
        """End every child, those first that use the others."""
        servers = [child for child in self.children if child.process.name in {"PostgreSQL", "Valkey"}]
        rest = [child for child in self.children if child not in servers]
        for child in rest:
            child.process.ask_to_end()
        for child in [*rest, *reversed(servers)]:
            child.process.stop()
        self.folder.forget_environment()
        self.listener.close()

    def _check_given_servers(self) -> Mapping[str, str]:
        """The settings that were given, after asking every server that they name."""
        given = {name: value.strip() for name, value in self.environment.items() if value.strip()}
        if url := given.get("DATABASE_URL"):
            self.environment["DATABASE_URL"] = check_database(url)
        else:
            # PGHOST, PGSSLMODE and the like are meant for another server.
            for name in [name for name in self.environment if name.startswith("PG")]:
                del self.environment[name]
        if url := given.get("REDIS_URL"):
            check_broker(url)
        if url := given.get("SMTP_URL"):
            check_mail(url)
        if keys := given.get("DATA_KEYS"):
            check_keys(keys)
        return given

    def _start_postgres(self, password: str) -> None:
        postgres = Postgres(
            self.folder.path / "postgres", password, self.folder.log("postgres"), ledger=self.ledger
        )
        self._run(Child(postgres.process, postgres))
        self.environment["DATABASE_URL"] = postgres.url()

    def _start_valkey(self, password: str) -> None:
        valkey = Valkey(self.folder.path / "valkey", password, self.folder.log("valkey"), ledger=self.ledger)
        self._run(Child(valkey.process, valkey))
        self.environment["REDIS_URL"] = valkey.url()

    def _start_mailcatcher(self) -> None:
        port = free_port()
        mail = self.folder.path / MAIL_FOLDER
        catcher = self._python(MAIL_CATCHER, "recruitment.notices.mailcatcher", str(mail), str(port))
        self.environment["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        self._run(Child(catcher))

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        catcher.wait_until(listens, timeout=30)

    def _prepare(self) -> None:
        say("Preparing the database …")
        process = self._python("preparation", "recruitment.prepare", *(["--demo"] if self.demo else []))
        process.start()
        try:
            process.wait_for_success(timeout=1200)
        finally:
            process.stop()

    def _application(self) -> Iterator[Process]:
        yield self._python(
            "web",
            "gunicorn",
            "recruitment.wsgi:app",
            "--config=python:recruitment.web_server",
            f"--bind=fd://{self.listener.fileno()}",
            descriptors=[self.listener.fileno()],
        )
        yield self._python(
            "worker",
            "celery",
            "--app=recruitment.worker",
            "worker",
            f"--concurrency={TASKS_AT_ONCE}",
            # Instances that share a broker must not share a name.
            f"--hostname=worker-{self.listener.getsockname()[1]}@%h",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        )
        schedule = self.folder.path / "beat" / "schedule"
        arguments = ("--app=recruitment.beat", "beat", f"--schedule={schedule}", "--pidfile=")
        yield self._python("beat", "celery", *arguments)

    def _python(self, name: str, module: str, *arguments: str, descriptors: Sequence[int] = ()) -> Process:
        return Process(
            name,
            # -P: a file in the working directory must not stand in for a module.
            [sys.executable, "-P", "-m", module, *arguments],
            self.folder.log(name.replace(" ", "-")),
            environment=self.environment,
            folder=self.folder.path,
            ledger=self.ledger,
            descriptors=descriptors,
        )

    def _run(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def _wait_for_health(self) -> None:
        url = address(*self.listener.getsockname()[:2]) + "/healthz"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + STARTUP_TIMEOUT
        while True:
            for child in self.children:
                child.process.fail_if_ended()
            try:
                with opener.open(url, timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = error.read().decode(errors="replace")
            except OSError as error:
                answer = str(error)
            if time.monotonic() > deadline:
                raise ServiceError(f"not healthy after {STARTUP_TIMEOUT:.0f} s: {' '.join(answer.split())}")
            time.sleep(0.2)

    def _settings(self) -> dict[str, str]:
        names = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY", "DATA_KEYS", "INDEX_KEY", "DATA_DIR")
        more = ("SITE_URL", "MAIL_FROM", "DEMO", "SECURE_COOKIES")
        return {name: self.environment[name] for name in names + more if name in self.environment}


def default_data_dir() -> Path:
    """``.data`` of the checkout; where there is none, of the working directory."""
    checkout = Path(__file__).parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / ".data"


def say(line: str) -> None:
    """Tell the operator, at once."""
    click.echo(line)
    sys.stdout.flush()


def address(host: str, port: int) -> str:
    """The URL under which a browser on this machine finds us."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def introduce(supervisor: Supervisor) -> None:
    """Say where the instance is and, in a demo, who may sign in."""
    folder = supervisor.folder.path
    say(f"Ready: {supervisor.environment['SITE_URL']}/")
    say(f"Data and logs: {folder}")
    if any(child.process.name == MAIL_CATCHER for child in supervisor.children):
        say(f"SMTP_URL is not set: mails are not sent, but kept in {folder / MAIL_FOLDER}")
    if supervisor.demo and find_spec("recruitment.demo"):
        accounts: list[tuple[str, str, str]] = import_module("recruitment.demo").ACCOUNTS
        width = max(len(login) for _, login, _ in accounts)
        say("Demo accounts (login, password, role):")
        for role, login, password in accounts:
            say(f"  {login:<{width}}  {password}  {role}")
    say("Ctrl-C ends it.")


@click.command()
@click.option(
    "--demo", is_flag=True, help="Load demo data, show demo accounts and the mails that would be sent."
)
@click.option("--host", envvar="LISTEN_ADDRESS", default="127.0.0.1", show_default=True, help="Listen here.")
@click.option("--port", envvar="PORT", default="8000", show_default=True, help="Port to listen on.")
@click.option("--data-dir", envvar="DATA_DIR", default=None, help="Folder for everything that is kept.")
def serve(demo: bool, host: str, port: str, data_dir: str | None) -> None:
    """Run web, worker, schedule and, where no URL names them, the servers they need.

    All settings are environment variables; docs/configuration.md lists them.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show Chinese shows question marks, and we go on.
        sys.stdout.reconfigure(errors="replace")
    folder = DataFolder((Path(data_dir) if data_dir else default_data_dir()).expanduser().absolute())
    supervisor: Supervisor | None = None
    try:
        stop_on_signals()
        folder.open()
        ledger = Ledger(folder.path / "processes.json")
        ledger.end_leftovers()
        site_url = os.environ.get("SITE_URL", "").strip()
        site_url = site_address(site_url) if site_url else ""
        listener = listen(host, port)
        supervisor = Supervisor(folder, ledger, listener, site_url or address(host, int(port)), demo)
        supervisor.start()
        introduce(supervisor)
        supervisor.watch()
    except Stop:
        say("Ending …")
    except (ConfigurationError, ServiceError) as error:
        raise click.ClickException(one_line(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder.path}: {error.strerror or error}") from None
    finally:
        ignore_signals()
        if supervisor:
            supervisor.stop()
