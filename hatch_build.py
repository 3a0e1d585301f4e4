"""Complete the package when it is built: compile the gettext catalogues, pack the templates."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, "recruitment", "translations").rglob("*.po")):
            target = source.with_suffix(".mo")
            with source.open("rb") as text, target.open("wb") as binary:
                write_mo(binary, read_po(text))
            build_data["artifacts"].append(str(target.relative_to(self.root)))
        # An installation in place ("editable") reads templates/ of the checkout.
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"]["templates"] = "recruitment/_templates"
