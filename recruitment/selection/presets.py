"""Formulas that calls have used, as schemes to start from. A call keeps its own copy and may change anything."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Preset:
    """A formula by its weights.

    Attributes:
        name: what an admin picks it by.
        subjects: code, name and weight of each written subject.
        interview: weight of the interview.
    """

    name: str
    subjects: tuple[tuple[str, str, str], ...]
    interview: str

    @property
    def toml(self) -> str:
        """The scheme as text: unrounded, three for each opening, one round of substitution."""
        codes = ["written", *(code for code, _, _ in self.subjects), "extra_interview"]
        ties = ", ".join(f'"{code}"' for code in codes)
        lines = [
            "ratio = 3",
            'rounding = "none"',
            f"ties = [{ties}]",
            'too_few = "prefecture"',
            "substitution_rounds = 1",
        ]
        for code, name, weight in self.subjects:
            lines += ["", "[[subject]]", f'code = "{code}"', f'name = "{name}"', f'weight = "{weight}"']
        lines += ["", "[interview]", f'weight = "{self.interview}"']
        return "\n".join(lines) + "\n"


XINGCE, SHENLUN, LANGUAGE = ("xingce", "行测"), ("shenlun", "申论"), ("language", "民族语言")

PRESETS = MappingProxyType(
    {
        "35_35_30": Preset("行测35%、申论35%、面试30%", ((*XINGCE, "0.35"), (*SHENLUN, "0.35")), "0.30"),
        "30_30_40": Preset("行测30%、申论30%、面试40%", ((*XINGCE, "0.30"), (*SHENLUN, "0.30")), "0.40"),
        "30_20_50": Preset("行测30%、申论20%、面试50%", ((*XINGCE, "0.30"), (*SHENLUN, "0.20")), "0.50"),
        "22.5_22.5_15_40": Preset(
            "行测22.5%、申论22.5%、民族语言15%、面试40%",
            ((*XINGCE, "0.225"), (*SHENLUN, "0.225"), (*LANGUAGE, "0.15")),
            "0.40",
        ),
    }
)
DEFAULT = "35_35_30"
