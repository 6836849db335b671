"""What all tests share: a cache of their own, no setting from outside, and steady properties.

Properties draw the same examples in every run, so that a failure is never a matter of luck;
`pytest --hypothesis-profile explore` draws many new ones.
"""

import os
import tempfile

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("explore", deadline=None, database=None, print_blob=True, max_examples=3000)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("FRONTLEAK_")]:
        del os.environ[name]
    folder = tempfile.TemporaryDirectory(prefix="frontleak-tests-")
    config.add_cleanup(folder.cleanup)
    os.environ["FRONTLEAK_CACHE_DIR"] = folder.name
