"""``recruitment eligibility``: judge files of people, show windows and rules. No database."""

import json
import sys
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import click

from recruitment.eligibility.answers import open_answers
from recruitment.eligibility.coverage import markdown
from recruitment.eligibility.facts import FactError, Person, Position
from recruitment.eligibility.files import FileError, Row, read_people
from recruitment.eligibility.parameters import Parameters, parameters_for, suggested_windows
from recruitment.eligibility.rulesets import RulesError, load_rules
from recruitment.eligibility.windows import BANDS, CONVENTIONS


class IsoDate(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != str(value):
            self.fail(f"{value!r} 不是日期（YYYY-MM-DD）", param, ctx)
        return day


DAY = IsoDate()


def _parameters(reference_date: date, rules: str) -> Parameters:
    try:
        return parameters_for(reference_date, rules)
    except RulesError as error:
        raise click.UsageError(str(error)) from error


@click.group()
def eligibility() -> None:
    """Eligibility rules: judge people, print birth-date windows and values in force."""


@eligibility.command()
@click.argument("people", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--reference-date", required=True, type=DAY, help="Day on which ages, posts and years count.")
@click.option("--rules", default="sichuan", show_default=True, help="Rule set, as NAME or NAME@VERSION.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File for the answers, by its ending .csv, .xlsx or else JSON Lines; - is standard output.",
)
def check(people: Path, reference_date: date, rules: str, out: Path) -> None:
    """Judge every person of PEOPLE (.jsonl, .csv or .xlsx): one answer a line, in order.

    Exit status: 0 all were judged, 1 some lines could not be, 2 unusable arguments.
    """
    params = _parameters(reference_date, rules)
    if str(out) != "-" and out.exists() and out.samefile(people):
        raise click.UsageError("--out 不能是读入的文件")
    bad = 0
    try:
        rows = read_people(people)
        # An unusable file is found before the answers of an earlier run are overwritten.
        first = next(rows, None)
        with open_answers(out) as write:
            for row in chain([first] if first else [], rows):
                answer = judge_row(row, params)
                bad += "error" in answer
                write(answer)
    except BrokenPipeError:
        raise
    except (FileError, OSError) as error:
        raise click.UsageError(str(error)) from error
    if bad:
        click.echo(f"有 {bad} 行不能判断，见答案中的 error。", err=True)
        sys.exit(1)


def judge_row(row: Row, params: Parameters) -> dict[str, Any]:
    """The answer for one row: ``{id, verdict, rules, reasons}`` or ``{id, error, line}``."""
    value = row.value
    identity = value.get("id") if isinstance(value, dict) else None
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        identity = None
    try:
        if row.error is not None:
            raise FactError(row.error)
        person = Person.from_json(value)
        if identity is None:
            raise FactError("id：缺少编号")
        verdict = params.judge(person, Position.from_json(value.get("position")))
    except FactError as error:
        return {"id": identity, "error": str(error), "line": row.line}
    return {"id": identity, **verdict.to_json()}


@eligibility.command()
@click.option("--reference-date", required=True, type=DAY, help="Day on which ages are counted.")
@click.option("--rules", default="sichuan", show_default=True, help="Rule set, as NAME or NAME@VERSION.")
@click.option("--convention", type=click.Choice(list(CONVENTIONS)), help="Other than the one in force.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def windows(reference_date: date, rules: str, convention: str | None, as_json: bool) -> None:
    """Print the birth-date windows of a call: one date per band."""
    params = _parameters(reference_date, rules)
    found = suggested_windows(reference_date, params.values, convention)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    paths = dict(
        zip(BANDS, ("minimum", "ceiling.base", "ceiling.autonomous", "ceiling.commendation"), strict=True)
    )
    click.echo(f"基准日 {reference_date}  规则 {params.ruleset}")
    click.echo(f"算法 {CONVENTIONS[convention or params['age.convention']].words}")
    for band in BANDS:
        path = f"age.{paths[band]}"
        side = "及以前出生" if band == "minimum" else "及以后出生"
        day = getattr(found, band).isoformat()
        click.echo(f"{day} {side}  {params.words[path]} {params[path]} 周岁  {params.cite(path)}")


@eligibility.command()
def coverage() -> None:
    """Print the table of clauses, rules and tests as Markdown."""
    click.echo(markdown(), nl=False)


@eligibility.command()
@click.option("--at", "at", required=True, type=DAY, help="Reference date.")
@click.option("--rules", default="sichuan", show_default=True, help="Rule set, as NAME or NAME@VERSION.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rules(at: date, rules: str, as_json: bool) -> None:
    """Print the values in force on a date, each with its citation."""
    params = _parameters(at, rules)
    if as_json:
        click.echo(json.dumps(params.to_json(), ensure_ascii=False, indent=2))
        return
    ruleset = load_rules(rules)
    click.echo(f"{ruleset.title}  {params.ruleset}  基准日 {at}")
    for path, value in params.values.items():
        shown = ",".join(value.value) if isinstance(value.value, tuple) else value.value
        if isinstance(shown, bool):
            shown = "是" if shown else "否"
        unit = ruleset.parameters[path].unit
        click.echo(f"{path} = {shown}{unit and ' ' + unit}  {params.words[path]}  {value.citation}")
