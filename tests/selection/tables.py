"""Random calls for the ranking: schemes with every key, and scores full of ties."""

import csv
import io
import random
from typing import Any

import tests.selection.oracle as oracle

MODES = ("half_up", "half_even", "truncate")


def random_scheme(choose: random.Random) -> dict[str, Any]:
    codes = choose.choice([["xingce", "shenlun"], ["public_basics"], ["xingce", "shenlun", "yi_language"]])
    weights = choose.choice([["0.35", "0.35", "0.1"], ["0.225", "0.225", "0.15"], ["0.3", "0.20", "0.125"]])
    subjects: list[dict[str, str]] = []
    for code, weight in zip(codes, weights, strict=False):
        subject = {"code": code, "weight": weight}
        if choose.random() < 0.2:
            subject["pass_line"] = choose.choice(["50", "52.5"])
        if choose.random() < 0.2:
            subject["full_mark"] = "120"
        subjects.append(subject)
    interview = {"weight": choose.choice(["0.30", "0.4", "0.55"])}
    if choose.random() < 0.3:
        interview["pass_line"] = "71.5"
    scheme: dict[str, Any] = {
        "ratio": choose.choice([1, 2, 3, 3, 5]),
        "rounding": random_rounding(choose),
        "subject": subjects,
        "interview": interview,
        "substitution_rounds": choose.choice([0, 0, 1, 2, "as_needed"]),
        "too_few": choose.choice(["none", "prefecture", {"510700": "61.25", "513400": "58"}]),
    }
    ties = ["written", *codes, "interview", "extra_interview"]
    if choose.random() < 0.8:
        scheme["ties"] = choose.sample(ties, choose.randint(0, len(ties)))
    return scheme


def random_rounding(choose: random.Random) -> Any:
    def one() -> Any:
        if choose.random() < 0.4:
            return "none"
        return {"digits": choose.randint(0, 3), "mode": choose.choice(MODES)}

    return choose.choice([one(), {"written": one(), "total": one()}, {"total": one()}])


def random_rows(choose: random.Random, scheme: dict[str, Any], positions: int) -> list[oracle.Row]:
    rows: list[oracle.Row] = []
    # Few different marks make many ties, at the cut and everywhere else.
    spread = choose.choice([2, 5, 60])
    called = choose.choice([0, 0, 0.05, 0.3])
    for position in range(positions):
        openings = str(choose.choice([1, 1, 1, 2, 3]))
        prefecture = choose.choice(["510700", "513400", "511900"])
        for candidate in range(choose.choice([1, 2, 3, 4, 4, 5, 7, 10, 14])):
            absent = choose.random() < 0.08
            row = {
                "position": f"P{position:05}",
                "openings": openings,
                "prefecture": prefecture,
                "candidate": f"C{position:05}-{candidate:02}",
                "bonus": choose.choice(["0", "0", "0", "1", "1.5", "0.50"]),
                "absent": "Y" if absent else "N",
                "violation": choose.choice(["N"] * 15 + ["Y"]),
                "recheck": choose.choice(["Y", "Y", "", "N"]),
                "extra_interview": choose.choice(["", "80", "81.5"]),
            }
            if called:
                row["kept"] = "Y" if choose.random() < called else choose.choice(["", "N"])
            for subject in scheme["subject"]:
                mark = f"{50 + choose.randrange(spread) / 2:.1f}"
                row[subject["code"]] = "" if absent and choose.random() < 0.5 else mark
            seen = row["recheck"] != "N" and choose.random() < 0.85
            row["interview"] = f"{70 + choose.randrange(spread) * 0.25:.2f}" if seen else ""
            rows.append(row)
    choose.shuffle(rows)
    return rows


def to_csv(rows: list[oracle.Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def to_toml(scheme: dict[str, Any]) -> str:
    lines = [
        f"{key} = {_value(value)}" for key, value in scheme.items() if key not in ("subject", "interview")
    ]
    for subject in scheme["subject"]:
        lines += ["[[subject]]", *(f"{key} = {_value(value)}" for key, value in subject.items())]
    lines += ["[interview]", *(f"{key} = {_value(value)}" for key, value in scheme["interview"].items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
