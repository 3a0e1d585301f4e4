"""``recruitment exam``: repeat the assignment of seats. Needs no database."""

import csv
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from recruitment.areas.catalogue import prefectures
from recruitment.exam import seating

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
Made = TypeVar("Made")


@click.group()
def exam() -> None:
    """Compute with the exam day."""


@exam.command()
@click.argument("candidates", type=_FILE)
@click.option("--rooms", type=_FILE, required=True, help="考场表（CSV）：prefecture,venue,room,capacity。")
@click.option("--seed", required=True, help="公布的随机种子。")
@click.option(
    "--out", type=_OUT, required=True, help="写入座位（CSV）：candidate,prefecture,venue,room,seat。"
)
def seats(candidates: Path, rooms: Path, seed: str, out: Path) -> None:
    """按公布的随机种子编排座位。

    CANDIDATES 的列：candidate,prefecture,community。表中有错误或者座位不够时什么也不写，退出码为 1；参数不能用时
    退出码为 2。
    """
    if not seed.strip():
        raise click.UsageError("--seed 不能是空的")
    errors: list[str] = []
    people = _table(candidates, ("candidate", "prefecture", "community"), _candidate, errors)
    places = _table(rooms, ("prefecture", "venue", "room", "capacity"), _room, errors)
    _once(candidates, [one.id for one in people], errors)
    _once(rooms, [room.name for room in places], errors)
    if errors:
        for error in errors:
            click.echo(error, err=True)
        click.echo(f"共 {len(errors)} 处错误，没有写入任何文件。", err=True)
        sys.exit(1)
    try:
        assigned = seating.assign(people, places, seed.strip())
    except seating.Short as short:
        for code, missing in short.missing.items():
            click.echo(f"{prefectures().get(code, code)}缺{missing}个座位。", err=True)
        sys.exit(1)
    text = "candidate,prefecture,venue,room,seat\n" + "".join(f"{line}\n" for line in seating.lines(assigned))
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.UsageError(f"{out} 不能写入：{error.strerror}") from error
    click.echo(f"{len(assigned)} 人，{len({seat.room for seat in assigned})} 个考场。")
    click.echo(f"SHA-256：{seating.fingerprint(assigned)}")


def _table(
    path: Path, columns: tuple[str, ...], make: Callable[[dict[str, str]], Made], errors: list[str]
) -> list[Made]:
    rows = []
    for number, cells in _rows(path, columns):
        try:
            rows.append(make(cells))
        except ValueError as error:
            errors.append(f"{path}：第 {number} 行：{error}")
    return rows


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise click.UsageError(f"{path} 不能读取：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} 不是 UTF-8 文本，请另存为 UTF-8 格式") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
        raise click.UsageError(f"{path} 缺少列：{'、'.join(missing)}")
    for cells in reader:
        yield reader.line_num, {name: (cells[name] or "").strip() for name in columns}


def _candidate(cells: dict[str, str]) -> seating.Candidate:
    if not cells["candidate"]:
        raise ValueError("candidate 列没有填写")
    return seating.Candidate(cells["candidate"], _prefecture(cells["prefecture"]), cells["community"])


def _room(cells: dict[str, str]) -> seating.Room:
    numbers = [_whole(name, cells[name]) for name in ("venue", "room", "capacity")]
    return seating.Room(_prefecture(cells["prefecture"]), *numbers)


def _prefecture(value: str) -> str:
    if not (len(value) == 6 and value.isascii() and value.isdigit() and value.endswith("00")):
        raise ValueError(f"prefecture 列“{value}”不是市（州）代码，应为六位数字，末两位为 00")
    return value


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 9999):
        raise ValueError(f"{name} 列“{value}”应为 1 到 9999 的整数")
    return int(value)


def _once(path: Path, names: list[str], errors: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            errors.append(f"{path}：“{name}”出现了不止一次")
        seen.add(name)
