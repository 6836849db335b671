"""Build hook: put the compiled rules into the wheel, so that a first scan need not compile them.

An editable install gets none, so that an edited rule takes effect at once. The database of the engine is built for this
machine's version of Hyperscan and its processor; elsewhere it is not used.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `frontleak/_compiled` to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files to a temporary folder, and name them to the builder."""
        if version == "editable":
            return
        scanner = Path(self.root) / "scanner"
        sys.path.insert(0, str(scanner))
        try:
            from frontleak.core.compiled_files import FOLDER  # noqa: PLC0415 - part of the tree that is built
            from frontleak.match.prepare import compiled_files_of_the_package  # noqa: PLC0415 - as above

            self._folder = tempfile.TemporaryDirectory(prefix="frontleak-")
            for name, content in compiled_files_of_the_package():
                (file := Path(self._folder.name) / name).write_bytes(content)
                build_data["force_include"][str(file)] = f"frontleak/{FOLDER}/{name}"
        finally:
            sys.path.remove(str(scanner))

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version != "editable":
            self._folder.cleanup()
