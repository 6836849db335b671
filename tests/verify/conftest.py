"""A local API of Sanity for the tests of this folder, and an environment in which nothing else is spoken to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.sanity_api import SanityApi

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SanityApi]:
    """Start an API whose certificate is trusted through the variable that `requests` reads."""
    for name in (*_PROXIES, "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "api"
    folder.mkdir()
    with SanityApi(folder) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running
