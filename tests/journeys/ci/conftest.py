"""One wheel of this checkout stands for the pinned release that a CI installs."""

from pathlib import Path

import pytest

from tests.support.wheels import built_wheel


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("release"))
