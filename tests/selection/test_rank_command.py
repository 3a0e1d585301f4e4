"""``recruitment rank`` from outside: files in, files out, exit codes and words."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recruitment.selection.certificate import CertificateError, verify
from recruitment.selection.commands import rank

EXAMPLE = Path(__file__).parent / "example"
HEADER = "position,openings,candidate,xingce,shenlun,bonus,absent,violation,interview"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command on the given rows and scheme; the output goes to ``tmp_path / "ranked.csv"``."""

    def run(
        *rows: str, scheme: str | None = None, header: str = HEADER, options: tuple[str, ...] = ()
    ) -> Result:
        scores, toml = tmp_path / "scores.csv", tmp_path / "scheme.toml"
        scores.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        toml.write_text(scheme or (EXAMPLE / "scheme.toml").read_text(encoding="utf-8"), encoding="utf-8")
        out = str(tmp_path / "ranked.csv")
        return CliRunner().invoke(rank, [str(scores), "--scheme", str(toml), "--out", out, *options])

    return run


def test_reproduces_the_example_byte_for_byte(tmp_path: Path) -> None:
    out, explained, certificate = (tmp_path / name for name in ("ranked.csv", "explain.jsonl", "certificate"))
    command = [sys.executable, "-c", "from recruitment.cli import main; main()", "rank"]
    subprocess.run(
        [
            *command,
            str(EXAMPLE / "scores.csv"),
            *("--scheme", str(EXAMPLE / "scheme.toml"), "--out", str(out)),
            *("--explain", str(explained), "--certificate", str(certificate)),
        ],
        check=True,
        # Neither a database nor a broker is looked for.
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "nowhere", "REDIS_URL": "nowhere"},
    )
    assert out.read_bytes() == (EXAMPLE / "ranked.csv").read_bytes()
    lines = [json.loads(line) for line in explained.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 80
    assert lines[0]["explanation"].startswith("笔试折合成绩 41.02 = 行测 64.0 × 0.35 + 申论 53.2 × 0.35。")
    assert all("总成绩 " + line["total"] in line["explanation"] for line in lines if line["total"])
    verify(certificate.read_bytes())


def test_loads_neither_flask_nor_a_database_driver() -> None:
    code = (
        "import sys, recruitment.selection.commands;"
        "sys.exit(' '.join({'flask', 'sqlalchemy', 'psycopg', 'celery'} & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


GOOD = "P1,1,C1,60,60,0,N,N,80"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("P1,1,C2,100.5,60,0,N,N,80", "xingce", "高于满分 100"),
        ("P1,1,C2,60,60,0,N,N,100.01", "interview", "高于满分 100"),
        ("P1,1,C1,60,60,0,N,N,80", "candidate", "C1 重复，第 2 行已有"),
        ("P1,1,C2,6o,60,0,N,N,80", "xingce", "“6o”不是分数"),
        ("P1,1,C2,-1,60,0,N,N,80", "xingce", "不是分数"),
        ("P1,1,C2,1e1,60,0,N,N,80", "xingce", "不是分数"),
        ("P1,1,C2,NaN,60,0,N,N,80", "xingce", "不是分数"),
        ("P1,1,C2,,60,0,N,N,80", "xingce", "没有成绩"),
        ("P1,2,C2,60,60,0,N,N,80", "openings", "第 2 行为 1"),
        ("P1,0,C2,60,60,0,N,N,80", "openings", "不是名额"),
        ("P1,1.0,C2,60,60,0,N,N,80", "openings", "不是名额"),
        ("P1,1,C2,60,60,,N,N,80", "bonus", "没有加分的填 0"),
        ("P1,1,C2,60,60,0,n,N,80", "absent", "Y 或 N"),
        ("P1,1,C2,60,60,0,N,,80", "violation", "Y 或 N"),
        (",1,C2,60,60,0,N,N,80", "position", "为空"),
        ("P1,1,,60,60,0,N,N,80", "candidate", "为空"),
        ("P1,1,C2,60,60,0,N,N", "整行", "有 8 格，应为 9 格"),
        ('P1,1,"C2"x,60,60,0,N,N,80', "整行", "不是有效的 CSV"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, row: str, column: str, words: str
) -> None:
    (tmp_path / "ranked.csv").write_text("of yesterday", encoding="utf-8")
    result = run(GOOD, row)
    assert result.exit_code == 1
    assert f"第 3 行，{column}{'' if column == '整行' else ' 列'}：" in result.stderr
    assert words in result.stderr
    assert (tmp_path / "ranked.csv").read_text(encoding="utf-8") == "of yesterday"


def test_all_errors_are_listed_at_once(run: Run, tmp_path: Path) -> None:
    explained = str(tmp_path / "explain.jsonl")
    result = run("P1,1,C1,x,101,y,N,N,", GOOD, "P1,1,C1,60,60,0,N,N,", options=("--explain", explained))
    assert result.exit_code == 1
    assert [line.split("scores.csv：")[1][:13] for line in result.stderr.splitlines()[:-1]] == [
        "第 2 行，xingce ",
        "第 2 行，shenlun",
        "第 2 行，bonus 列",
        "第 3 行，candida",
        "第 4 行，candida",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scheme.toml", "scores.csv"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ratio = 3", ""),
        ("ratio = 3", "ratio = 0"),
        ("ratio = 3", "ratio = true"),
        ("ratio = 3", "ratio = 3\nratoi = 3"),
        ('rounding = "none"', 'rounding = "up"'),
        ('rounding = "none"', 'rounding = {digits = 2, mode = "up"}'),
        ('rounding = "none"', 'rounding = {digits = -1, mode = "truncate"}'),
        ('"shenlun"]', '"essay"]'),
        ('weight = "0.30"', 'weight = "a third"'),
        ('weight = "0.30"', "weight = 0"),
        ('weight = "0.30"', "weight = nan"),
        ('code = "shenlun"', 'code = "xingce"'),
        ('code = "shenlun"', 'code = "interview"'),
        ("[interview]", "[interwiev]"),
        ("ratio = 3", "ratio = "),
        ("ratio = 3", 'ratio = 3\nsubstitution_rounds = "twice"'),
        ("ratio = 3", "ratio = 3\ntoo_few = 3"),
        ('code = "shenlun"', 'code = "shenlun"\npass_line = 101'),
    ],
)
def test_an_unusable_scheme_exits_2(run: Run, tmp_path: Path, before: str, after: str) -> None:
    scheme = (EXAMPLE / "scheme.toml").read_text(encoding="utf-8")
    assert before in scheme
    result = run(GOOD, scheme=scheme.replace(before, after, 1))
    assert result.exit_code == 2
    assert not (tmp_path / "ranked.csv").exists()


def test_unusable_arguments_exit_2(run: Run, tmp_path: Path) -> None:
    assert run(GOOD, header=HEADER.replace("bonus", "extra")).exit_code == 2
    assert run(GOOD, header=HEADER.replace("shenlun", "xingce")).exit_code == 2
    assert run(GOOD, options=("--certificate", str(tmp_path / "missing" / "c.json"))).exit_code == 2
    assert run(GOOD, options=("--explain", str(tmp_path / "ranked.csv"))).exit_code == 2
    (tmp_path / "gbk.csv").write_bytes("职位".encode("gb18030"))
    scheme = str(tmp_path / "scheme.toml")
    for scores in ("gbk.csv", "none.csv"):
        arguments = [str(tmp_path / scores), "--scheme", scheme, "--out", str(tmp_path / "ranked.csv")]
        assert CliRunner().invoke(rank, arguments).exit_code == 2
    assert not (tmp_path / "ranked.csv").exists()
    assert CliRunner().invoke(rank, []).exit_code == 2


def test_columns_may_stand_in_any_order_and_rows_keep_theirs(run: Run, tmp_path: Path) -> None:
    header = "\ufeffname,interview,violation,absent,bonus,shenlun,xingce,candidate,openings,position"
    result = run("甲,,N,N,0,50,50,C2,1,P9", "乙,80,N,N,0.50,60,60,C1,1,P1", header=header)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "ranked.csv").read_bytes() == (
        b"position,candidate,written,written_rank,shortlisted,total,final_rank\n"
        b"P9,C2,35,1,Y,,\nP1,C1,42.5,1,Y,66.5,1\n"
    )


def test_no_rows_give_a_header(run: Run, tmp_path: Path) -> None:
    assert run().exit_code == 0
    assert (tmp_path / "ranked.csv").read_text(encoding="utf-8").count("\n") == 1


def test_an_interview_without_a_shortlist_is_said(run: Run) -> None:
    result = run(*(f"P1,1,C{number},{60 - number},60,0,N,N,80" for number in range(4)))
    assert result.exit_code == 0
    assert "C3 没有入闱，面试成绩不计" in result.stderr


def test_the_certificate_is_the_same_again_and_shows_any_change(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    assert run(GOOD, options=("--certificate", str(path))).exit_code == 0
    certificate = path.read_bytes()
    assert run(GOOD, options=("--certificate", str(path))).exit_code == 0
    assert path.read_bytes() == certificate
    assert verify(certificate) == json.loads(certificate)["hash"]
    for old, new in (
        (b"C1,60,60", b"C1,61,60"),
        (b",66,1", b",67,1"),
        (b'"quota":3', b'"quota":4'),
        (b"}", b""),
    ):
        assert old in certificate
        with pytest.raises(CertificateError):
            verify(certificate.replace(old, new))


@pytest.mark.parametrize(
    ("option", "target"),
    [
        ("--out", "scores.csv"),
        ("--out", "scheme.toml"),
        ("--explain", "scores.csv"),
        ("--certificate", "link.csv"),
        ("--explain", "../{here}/ranked.csv"),
        ("--certificate", "ranked.csv"),
    ],
)
def test_no_file_is_written_over_what_was_read_or_over_another(
    run: Run, tmp_path: Path, option: str, target: str
) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "scores.csv")
    result = run(GOOD, options=(option, str(tmp_path / target.format(here=tmp_path.name))))
    assert result.exit_code == 2
    assert "读入的文件" in result.stderr or "不能是同一个文件" in result.stderr
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8") == f"{HEADER}\n{GOOD}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "scheme.toml", "scores.csv"]
