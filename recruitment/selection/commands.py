"""``recruitment rank``: scores and a scheme in, the ranking out. Needs no database."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import click

from recruitment.selection.certificate import certify
from recruitment.selection.explanation import explain
from recruitment.selection.numbers import plain
from recruitment.selection.ranking import Candidate, Ranking
from recruitment.selection.ranking import rank as rank_candidates
from recruitment.selection.scheme import Scheme, SchemeError, load_scheme
from recruitment.selection.scores import WHOLE_ROW, TableError, read_scores, write_ranked

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("scores", type=_FILE)
@click.option("--scheme", "scheme_path", type=_FILE, required=True, help="方案（TOML）。")
@click.option("--out", type=_OUT, required=True, help="写入排名（CSV）。")
@click.option("--explain", "explain_path", type=_OUT, help="写入每个人的说明（一行一个 JSON）。")
@click.option("--certificate", type=_OUT, help="写入可以重算的证书（JSON）。")
def rank(
    scores: Path, scheme_path: Path, out: Path, explain_path: Path | None, certificate: Path | None
) -> None:
    """按方案对成绩表排名。

    SCORES 中有错误时逐行逐列列出，什么也不写，退出码为 1；参数不能用时退出码为 2。
    """
    outputs = [path for path in (out, explain_path, certificate) if path is not None]
    _refuse_shared_files(outputs, (scores, scheme_path))
    scheme_text = _read(scheme_path)
    try:
        scheme = load_scheme(scheme_text)
    except SchemeError as error:
        raise click.UsageError("\n".join(f"{scheme_path}:{line}" for line in error.problems)) from error
    scores_text = _read(scores)
    try:
        candidates, errors = read_scores(scores_text, scheme)
    except TableError as error:
        raise click.UsageError(f"{scores}:{error}") from error
    if errors:
        for row, column, message in errors:
            where = f"{column} 列" if column != WHOLE_ROW else column
            click.echo(f"{scores}：第 {row} 行，{where}：{message}", err=True)
        click.echo(f"共 {len(errors)} 处错误，没有写入任何文件。", err=True)
        sys.exit(1)
    ranking = rank_candidates(candidates, scheme)
    for candidate in _interviewed_without_shortlist(candidates, ranking):
        click.echo(f"注意：{candidate} 没有入闱，面试成绩不计。", err=True)
    files = {out: write_ranked(ranking.results)}
    if explain_path is not None:
        files[explain_path] = "".join(_explanations(candidates, ranking, scheme))
    if certificate is not None:
        files[certificate] = certify(scores_text, scheme_text, ranking).decode()
    _write_all(files)


def _refuse_shared_files(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """No file is written twice or over what it was computed from, however its path is spelt."""
    for at, path in enumerate(outputs):
        if any(path.exists() and path.samefile(source) for source in inputs):
            raise click.UsageError(f"{path} 是读入的文件，不能写入")
        if any(path.resolve() == other.resolve() for other in outputs[:at]):
            raise click.UsageError("--out、--explain、--certificate 不能是同一个文件")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise click.UsageError(f"{path} 不能读取：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} 不是 UTF-8 文本，请另存为 UTF-8 格式") from error


def _interviewed_without_shortlist(candidates: Sequence[Candidate], ranking: Ranking) -> Iterator[str]:
    for candidate, result in zip(candidates, ranking.results, strict=True):
        if candidate.interview is not None and not result.shortlisted:
            yield candidate.candidate


def _explanations(candidates: Sequence[Candidate], ranking: Ranking, scheme: Scheme) -> Iterator[str]:
    for result, words in zip(ranking.results, explain(candidates, ranking, scheme), strict=True):
        line = {
            "position": result.position,
            "candidate": result.candidate,
            "written": _text(result.written),
            "written_rank": result.written_rank,
            "shortlisted": result.shortlisted,
            "substitution_round": result.substitution_round,
            "total": _text(result.total),
            "final_rank": result.final_rank,
            "exclusion": result.exclusion,
            "explanation": words,
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _write_all(files: dict[Path, str]) -> None:
    """Write all files or none: each is complete beside its place before the first is moved there."""
    moves: list[tuple[Path, Path]] = []
    with ExitStack() as undo:
        for path, text in files.items():
            try:
                if path.exists() and not path.is_file():
                    path.write_text(text, encoding="utf-8", newline="")
                    continue
                temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
                with temporary.open("x", encoding="utf-8", newline="") as file:
                    undo.callback(temporary.unlink, missing_ok=True)
                    file.write(text)
                moves.append((temporary, path))
            except OSError as error:
                raise click.UsageError(f"{path} 不能写入：{error.strerror}") from error
        for temporary, path in moves:
            temporary.replace(path)
