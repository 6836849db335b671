"""The cached Hyperscan database: rebuilt whenever this machine cannot use it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from frontleak.core import cache as user_cache
from frontleak.match.hyperscan_pass import HyperscanPass
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import parse

HEADS = [prefilter_of(parse("tok_live_[a-f]{4}")), prefilter_of(parse("key_test_[0-9]{4}"))]
TEXT = b"a tok_live_abcd key_test_1234"
HITS = [(0, 2, 2), (1, 16, 16)]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    return tmp_path


def hits() -> list[tuple[int, int, int]]:
    """Return (prefilter, first, last) of every hit."""
    return [(each.prefilter, *span) for each in HyperscanPass(HEADS).hits(TEXT) for span in each.ranges()]


def database(cache: Path) -> Path:
    (file,) = cache.glob("hyperscan-*.db")
    return file


def test_the_database_is_stored_and_used_again(cache: Path) -> None:
    assert hits() == HITS
    before = database(cache).stat()
    assert hits() == HITS
    after = database(cache).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_other_heads_have_another_database(cache: Path) -> None:
    HyperscanPass(HEADS)
    HyperscanPass(HEADS[:1])
    assert len(list(cache.glob("hyperscan-*.db"))) == 2


def truncate(stored: bytes) -> bytes:
    return stored[: len(stored) // 2]


def change_version(stored: bytes) -> bytes:
    return stored[:4] + bytes([stored[4] ^ 0xFF]) + stored[5:]


def change_body(stored: bytes) -> bytes:
    middle = len(stored) // 2
    return stored[:middle] + bytes([stored[middle] ^ 0xFF]) + stored[middle + 1 :]


STALE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "something else": lambda _: b"nonsense" * 100,
    "cut in half": truncate,
    "of another version": change_version,
    "changed by a byte": change_body,
}


@pytest.mark.parametrize("spoil", STALE.values(), ids=STALE)
def test_a_database_is_built_again_when_what_is_stored_is(spoil: Callable[[bytes], bytes], cache: Path) -> None:
    HyperscanPass(HEADS)
    name = database(cache).name
    sound = user_cache.read(name)
    assert sound is not None
    user_cache.write(name, spoil(sound))
    assert hits() == HITS
    assert user_cache.read(name) == sound


@pytest.mark.parametrize(
    "content", [b"", b"frontleak-cache-1\n" + b"x" * 100], ids=["an empty file", "a wrong checksum"]
)
def test_a_file_that_is_not_trusted_is_replaced(content: bytes, cache: Path) -> None:
    HyperscanPass(HEADS)
    file = database(cache)
    sound = file.read_bytes()
    file.write_bytes(content)
    assert hits() == HITS
    assert file.read_bytes() == sound


def test_without_a_cache_the_database_is_built_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "file"))
    assert hits() == HITS
    assert (tmp_path / "file").read_bytes() == b""


def test_an_expression_beyond_hyperscan_is_looked_for_approximately_and_alone(cache: Path) -> None:
    repeated = Prefilter(expression="(key|tok)_\\1", least=7, most=7, literal="_")
    exact = prefilter_of(parse("tok_live_[a-f]{4}"))
    hits = HyperscanPass([repeated, exact]).hits(b"key_key tok_live_abcd")
    ranges = [(each.prefilter, *span) for each in hits for span in each.ranges()]
    assert (0, 0, 0) in ranges
    assert [span for span in ranges if span[0]] == [(1, 8, 8)]
    assert database(cache).exists()
