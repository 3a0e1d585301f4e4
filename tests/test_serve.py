"""``recruitment serve`` starts everything, keeps it running, and leaves nothing behind."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from recruitment.config import ConfigurationError
from recruitment.instance import check_mail
from tests.instance import Instance, eventually


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(tmp_path_factory.mktemp("serve") / "data").start()
    yield instance
    assert instance.stop(signal.SIGTERM) == 0
    assert not instance.pids()
    assert not (instance.data_dir / "environment").exists()


def refused(instance: Instance) -> str:
    """The one line with which an instance refuses to start, leaving nothing running."""
    started = time.monotonic()
    outcome = instance.run()
    assert time.monotonic() - started < 10
    assert outcome.returncode not in (0, None)
    assert "Ready" not in outcome.stdout
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, outcome.stderr
    return lines[0]


def takes_mail(url: str) -> bool:
    try:
        check_mail(url)
    except ConfigurationError:
        return False
    return True


def test_it_says_where_it_is_and_is_healthy(instance: Instance) -> None:
    assert f"Ready: http://127.0.0.1:{instance.port}/" in instance.said()
    assert instance.health() == (200, {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"})


def test_what_is_secret_is_kept_from_others(instance: Instance) -> None:
    for name in ("secrets.json", "environment"):
        assert (instance.data_dir / name).stat().st_mode & 0o077 == 0
    password = instance.environment()["DATABASE_URL"].split(":")[2].split("@")[0]
    assert len(password) > 20
    commands = [" ".join(psutil.Process(pid).cmdline()) for pid in instance.pids()]
    assert commands
    assert not [command for command in commands if password in command]


def test_parts_that_die_are_started_again(instance: Instance) -> None:
    parts = {
        "worker": ("celery", " worker"),
        "web": ("gunicorn",),
        "beat": ("celery", " beat"),
        "mail catcher": ("mailcatcher",),
        "Valkey": ("valkey-server",),
        "PostgreSQL": ("postgres -D",),
    }
    before = {name: instance.pids(*words) for name, words in parts.items()}
    for pids in before.values():
        # The oldest of a group is its master.
        os.kill(min(pids, key=lambda pid: psutil.Process(pid).create_time()), signal.SIGKILL)

    def renewed(name: str) -> bool:
        now = instance.pids(*parts[name])
        line = f"{name} died (killed by SIGKILL); starting it again\n"
        return bool(now) and not now & before[name] and line in instance.said()

    eventually(lambda: all(renewed(name) for name in parts))
    eventually(lambda: instance.health()[0] == 200)
    eventually(lambda: takes_mail(instance.environment()["SMTP_URL"]))


def test_a_folder_serves_one_instance(instance: Instance) -> None:
    assert instance.process is not None
    line = refused(Instance(instance.data_dir))
    assert "another instance runs" in line
    assert f"process {instance.process.pid}" in line


def test_a_port_in_use(instance: Instance, tmp_path: Path) -> None:
    assert "in use" in refused(Instance(tmp_path / "data", PORT=instance.port))


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORT", "eighty", "PORT"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://u:secret@127.0.0.1:{port}/x", "DATABASE_URL"),
        ("REDIS_URL", "nonsense", "REDIS_URL"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:{port}/0", "REDIS_URL"),
        ("SMTP_URL", "nonsense", "SMTP_URL"),
        ("SMTP_URL", "smtp://u:secret@127.0.0.1:{port}", "SMTP_URL"),
        ("DATA_KEYS", "nonsense", "DATA_KEYS"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR"),
        ("SITE_URL", "kaolu.example", "SITE_URL"),
    ],
)
def test_a_broken_setting_is_named(tmp_path: Path, variable: str, value: str, words: str) -> None:
    # A port that is taken but where nobody listens refuses every connection.
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = {variable: value.format(port=closed.getsockname()[1])}
        instance = Instance(tmp_path / "data", **settings)
        line = refused(instance)
    assert words in line
    assert "secret" not in line
    assert not instance.pids()


def test_data_of_another_version_is_left_alone(tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    instance = Instance(tmp_path / "data")
    assert "made by PostgreSQL 17" in refused(instance)
    assert not instance.pids()


def test_nothing_outlives_the_supervisor_and_the_data_stays(tmp_path: Path) -> None:
    # Too deep for a Unix socket, with a space and a sign that URLs and configuration files treat as special.
    data_dir = tmp_path / "很深 100%" / ("d" * 60) / ("e" * 60) / "data"
    instance = Instance(data_dir).start()
    with psycopg.connect(instance.environment()["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    keys = (data_dir / "secrets.json").read_bytes()
    assert len(instance.pids()) > 8

    instance.stop(signal.SIGKILL)
    instance.start()  # At once: it has to deal with what the first one left behind.
    assert instance.health()[0] == 200
    with psycopg.connect(instance.environment()["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert (data_dir / "secrets.json").read_bytes() == keys

    everything = instance.pids()
    instance.stop(signal.SIGKILL)
    eventually(lambda: not [pid for pid in everything if psutil.pid_exists(pid)])
    assert not instance.pids()


def test_given_servers_are_used_and_none_is_embedded(tmp_path: Path, instance: Instance) -> None:
    urls = {name: instance.environment()[name] for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL")}
    other = Instance(tmp_path / "data", **urls).start()
    try:
        assert other.health()[0] == 200
        assert not other.pids("postgres -D")
        assert not other.pids("valkey-server")
        assert not other.pids("mailcatcher")
        assert other.pids("celery", " worker")
    finally:
        assert other.stop(signal.SIGINT) == 0
    assert not other.pids()
