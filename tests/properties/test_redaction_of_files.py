"""Nothing that a scan of random files writes holds a part of a secret in them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.acceptance.support import frontleak
from tests.properties.redaction import SECRET, Figures, Planted, leaks, one_round, planted, runs_of
from tests.support.run_folder import copied_cache


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    """Return a cache that all rounds share, with compiled rules."""
    with tempfile.TemporaryDirectory() as folder:
        yield copied_cache(Path(folder) / "cache")


SEARCHED: set[tuple[str, int]] = set()
"""Files of the cache that a round has searched, 8 MB of compiled rules among them."""


@pytest.mark.slow
@settings(
    max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**40))
def test_a_scan_of_random_files_shows_no_secret(seed: int, cache: Path) -> None:
    figures = Figures(cached=SEARCHED)
    one_round(seed, 60, figures, cache, command=frontleak)
    assert figures.leaks == []
    assert figures.findings > 5  # few where few rules are selected


ENCODED = {
    "plain": "{}",
    "reversed": "{reversed}",
    "hexadecimal": "a {hex} b",
    "escapes": "{escapes}",
    "codes": "({codes})",
    "percent": "{percent}",
    "pieces": "{pieces}",
    "base64": "{base64}",
}


@pytest.mark.parametrize("form", ENCODED.values(), ids=ENCODED)
def test_a_leak_is_found(form: str) -> None:
    import base64

    secret = "Zk3vQ9xT7bLm2pRw"
    part = secret[2:15]
    made = Planted(secrets={secret: SECRET}, where={secret: "a.js"})
    text = form.format(
        part,
        reversed=part[::-1],
        hex=part.encode().hex(),
        escapes="".join(f"\\x{ord(c):02x}" for c in part),
        codes=",".join(str(ord(c)) for c in part),
        percent="".join(f"%{ord(c):02X}" for c in part),
        pieces='"+"'.join(part),
        base64=base64.b64encode(f"x{part}".encode()).decode(),
    )
    assert list(leaks(text, made, runs_of(made), "stdout"))
    assert not list(leaks("nothing", made, runs_of(made), "stdout"))


def test_rounds_are_made_of_their_seed() -> None:
    assert planted(7, 20) == planted(7, 20)
    assert planted(7, 20) != planted(8, 20)
