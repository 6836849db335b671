"""Which of some expressions match in a text: the same with Hyperscan and without."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.match import searches
from frontleak.match.hyperscan_pass import HyperscanSearches
from frontleak.match.searches import Searches
from frontleak.misuse.file_marks import _searches

PIECES = (
    *(
        "createClient",
        "sanity.io",
        "api.sanity.io",
        "/data/query/",
        "TOKEN",
        "_TOKEN",
        "_TOKENS",
        "token:",
        "token  =",
        "env",
    ),
    *("environment", "process", "import.meta", "importXmeta", ".create", ".created", "config", "parsed", "useSanity"),
    *(
        "@sanity/sdk",
        "\n",
        " ",
        "\v",
        "_",
        "(",
        "\N{LATIN SMALL LETTER E WITH ACUTE}",
        "\0",
        "?Token=",
        "'",
        "PASSWORD",
        "&access_token=",
        "uthorization",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_looked_for_in_source_files_means_the_same_to_both(text: str) -> None:
    expressions = _searches().expressions
    both = searches._in_one_pass(expressions), searches._one_by_one(expressions)
    found = {each(text.encode()) for each in both if each is not None}
    assert found == {sum(1 << n for n, each in enumerate(expressions) if re.search(each.encode(), text.encode()))}


def test_a_database_is_compiled_once_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir(mode=0o700)
    compiled = HyperscanSearches(["a+b", "c"])
    assert [compiled.among(text) for text in (b"aab", b"c", b"abc", b"", b"a", b"ab" * 50)] == [1, 2, 3, 0, 0, 1]
    monkeypatch.setattr("frontleak.match.hyperscan_pass._built", lambda _: pytest.fail("compiled again"))
    assert HyperscanSearches(["a+b", "c"]).among(b"abc") == 3


def test_without_hyperscan_each_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "frontleak.match.hyperscan_pass", None)
    found = Searches(["a+b", "c"])
    assert [found.among(text) for text in (b"aab", b"c", b"abc", b"", b"a")] == [1, 2, 3, 0, 0]
