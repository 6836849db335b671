"""The hook tools are installed once for a session."""

from pathlib import Path

import pytest

from tests.support.toolchain import Toolchain, install_toolchain


@pytest.fixture(scope="session")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    folder: Path = tmp_path_factory.mktemp("toolchain")
    return install_toolchain(folder)
