"""Which of some expressions match in a text: the same with Hyperscan and without."""

import re
import sys
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.match import searches
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
        "%" + "%fake:",
        "?Token=",
        "&access_token=",
        "uthorization",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_looked_for_in_source_files_means_the_same_to_both(text: str) -> None:
    data = text.encode()
    expressions = _searches()._expressions
    one_by_one = [number for number, each in enumerate(expressions) if re.search(each, data)]
    found = searches._hyperscan_pass(expressions)
    assert found is not None
    assert found(data) == sum(1 << number for number in one_by_one) == Searches(expressions).among(data)


def test_a_database_is_compiled_for_many_texts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    compiled = searches._hyperscan_pass

    def compiling(expressions: Sequence[bytes]) -> Callable[[bytes], int] | None:
        made.append(len(expressions))
        return compiled(expressions)

    monkeypatch.setattr(searches, "_hyperscan_pass", compiling)
    found = Searches([b"a+b", b"c"])
    assert [found.among(b"aab") for _ in range(searches._FEW)] == [1] * searches._FEW
    assert made == []
    assert [found.among(text) for text in (b"aab", b"c", b"abc", b"", b"a")] == [1, 2, 3, 0, 0]
    assert made == [2]


def test_without_hyperscan_each_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    monkeypatch.setattr(searches, "_FEW", 0)
    found = Searches([b"a+b", b"c"])
    assert [found.among(text) for text in (b"aab", b"c", b"abc", b"", b"a")] == [1, 2, 3, 0, 0]
