"""What CI installs: a wheel of this checkout stands for the pinned release, and the standalone binary is built once."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import pytest

from tests.journeys.ci.bundlers import Workshop
from tests.journeys.ci.npm_packages import Tools
from tests.support.paths import ROOT
from tests.support.wheels import built_wheel

_SLOW: Final = 900
"""Seconds for a build."""


@pytest.fixture(scope="session")
def release() -> Path:
    return built_wheel()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("standalone")
    subprocess.run([sys.executable, ROOT / "standalone/build.py", out], check=True, timeout=_SLOW)
    (file,) = out.glob("*.tar.gz")
    return file


@pytest.fixture(scope="session")
def program(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, unpacked in another place than it was built in."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    shutil.rmtree(archive.parent / "frontleak")
    return folder / "frontleak/frontleak"


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools.create(tmp_path / "tools")
