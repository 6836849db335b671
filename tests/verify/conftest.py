"""A local Sanity API for the tests in this folder, and an environment without other network access."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.sanity_api import SanityApi

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SanityApi]:
    """Start an API whose certificate is trusted through the environment variable of `requests`."""
    for name in (*_PROXIES, "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "api"
    folder.mkdir()
    with SanityApi(folder) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running
