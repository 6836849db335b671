"""The wheel of this checkout, and environments with it."""

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from tests.acceptance.support import PATIENCE, environment
from tests.support.paths import ROOT
from tests.support.run_folder import alone, shared_folder

_AT_START: Final = Path(__file__).with_name("wheel_build")
"""What the Python that builds imports when it starts."""
_OFFLINE: Final = importlib.util.find_spec("hatchling") is not None


def built_wheel() -> Path:
    """Return the wheel, which is built once for a run of the tests, with the rules that the run has compiled.

    It is built with hatchling if that is installed, otherwise with pip, which downloads hatchling and compiles all rules.
    """
    folder = shared_folder() / "wheel"
    with alone(folder):
        if not folder.exists():
            half = folder.with_name("wheel-half")
            how = ["--no-build-isolation"] if _OFFLINE else []
            subprocess.run(
                [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *how, "--wheel-dir", half, ROOT],
                env=environment(PYTHONPATH=os.pathsep.join((str(_AT_START), str(ROOT)))) if _OFFLINE else environment(),
                check=True,
                capture_output=True,
                timeout=PATIENCE,
            )
            half.rename(folder)
    (file,) = folder.iterdir()
    return file


def installed_wheel(wheel: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """Install a wheel into a new environment; return its interpreter and the environment variables to run it with.

    Dependencies come from the environment of the tests; its .pth files, such as that of an editable install, are not
    processed there.
    """
    venv.create(folder / "venv", with_pip=False, symlinks=sys.platform != "win32")
    python = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel],
        env=environment(),
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    return python, {"PYTHONPATH": packages, "FRONTLEAK_CACHE_DIR": str(folder / "cache")}
