"""What an inspection looks at, what it may find, and what a failure may rest on."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flask_babel import lazy_gettext as _l

from recruitment.wording import N_

CLAUSE = N_("《公务员录用规定》(2019)关于考察的规定")

# The items of a report, each with what to write about.
ITEMS = {
    "political": (_l("政治表现"), _l("政治立场、态度和一贯表现，听取了谁的意见。")),
    "integrity": (_l("道德品行和诚信"), _l("品行、信用，有没有失信记录。")),
    "work": (_l("工作表现和能力"), _l("在村（社区）的履职情况和实绩，群众怎么评价。")),
    "discipline": (_l("遵纪守法和廉洁自律"), _l("向纪检监察、公安等部门核实的情况。")),
    "relatives": (_l("回避关系"), _l("与招录机关人员有没有需要回避的亲属关系，依据《公务员法》第七十四条。")),
}

FINDINGS = {"fit": _l("没有发现问题"), "issue": _l("有问题")}
CONCLUSIONS = {"pass": _l("考察合格"), "fail": _l("考察不合格")}
LEAST_INSPECTORS = 2


@dataclass(frozen=True, slots=True)
class FailureReason:
    """A reason with a stable code, the words that a candidate reads, and the clause it rests on."""

    code: str
    words: str
    citation: str


@cache
def failure_reasons() -> dict[str, FailureReason]:
    """Every reason by its code, in the order shown."""
    text = files("recruitment.inspection").joinpath("failure_reasons.toml").read_text("utf-8")
    return {row["code"]: FailureReason(**row) for row in tomllib.loads(text)["reason"]}
