"""Build hook: compiles the message catalogues, for wheels and editable installs alike."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Puts a `.mo` beside every `.po`; pyproject.toml takes them into the wheel as artifacts."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's names
        """Compile before the files of the wheel are collected."""
        # The tree being built is not installed yet.
        sys.path.insert(0, self.root)
        try:
            from workflows.catalogues import compile_all  # noqa: PLC0415
        finally:
            sys.path.remove(self.root)
        compile_all(Path(self.root))
