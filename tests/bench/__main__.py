"""Run the benches and write ``build/bench.json``: ``python -m tests.bench [NAME…]``.

A module of this package has ``BENCHES``: functions that measure and give rows. A NAME picks the modules or
functions whose name holds it. Floor and ours run in turns within one process; figures are medians.
"""

import json
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import tests.bench as package

OUT = Path("build/bench.json")


def benches(names: list[str]) -> Iterator[Any]:
    for module_info in pkgutil.iter_modules(package.__path__):
        if module_info.name.startswith("_"):
            continue
        module = import_module(f"tests.bench.{module_info.name}")
        for bench in getattr(module, "BENCHES", ()):
            full = f"{module_info.name}.{bench.__name__}"
            if not names or any(name in full for name in names):
                yield bench


def main(names: list[str]) -> None:
    rows: list[dict[str, Any]] = []
    for bench in benches(names):
        for row in bench():
            rows.append(dict(row))
            print(_line(row), flush=True)  # noqa: T201
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _line(row: Any) -> str:
    floor = "" if row["floor"] is None else f"floor {row['floor']:.4g} {row['unit']}"
    ratio = "" if row["ratio"] is None else f"ratio {row['ratio']:.2f}"
    return f"{row['name']:32} ours {row['ours']:.4g} {row['unit']:5} {floor:24} {ratio:12} goal {row['goal']}"


if __name__ == "__main__":
    main(sys.argv[1:])
