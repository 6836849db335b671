"""The pass of `re` hits where its expressions match, however it avoids running them."""

import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.match import regex_pass
from frontleak.match.regex_pass import RegexPass
from frontleak.rules.pattern_rule import Prefilter

EXPRESSIONS: Final = {
    "[Tt][Oo][Kk][Ee][Nn]=": "token=",
    "sk_[a-z]{2}": "sk_",
    "q~": "q~",
    "(?:[Kk][Ee][Yy]|[Pp]at)[_-]{0,4}x": "",
    "(?:[Kk][Ee][Yy]|[Pp]at)[_-]{0,4}[0-9]": "",
    "(?:ab|abcd|a[b-c]{1,3}@)": "",
    "[a-z ]{0,12}(?:secret|pass)": "",
    "[0-9]{3}-[0-9]": "",
    "[0-9]{5}": "",
}
"""Expression -> its literal."""
PREFILTERS: Final = [
    Prefilter(expression=expression, least=1, most=40, literal=literal) for expression, literal in EXPRESSIONS.items()
]
TEXTS: Final = st.lists(
    st.one_of(
        st.sampled_from(
            ["ToKeN=", "token", "sk_", "sk_ab", "Q~", "q~", "key", "KEY__", "pat-", "Pat_x", "x", "7", "ab"]
        ),
        st.sampled_from(
            ["abcd", "acb@", "secret", "a pass", "123-4", "12345", "-", "@", " ", "\n", "\xff", "ke", "ret"]
        ),
    ),
    max_size=20,
).map("".join)


def naive(text: bytes) -> dict[int, list[int]]:
    """Return what each expression finds where: number of the prefilter -> offsets."""
    found = {}
    for number, expression in enumerate(EXPRESSIONS):
        pattern = re.compile(expression.encode())
        if offsets := [at for at in range(len(text)) if pattern.match(text, at)]:
            found[number] = offsets
    return found


def hits(passed: RegexPass, text: bytes) -> dict[int, list[int]]:
    """Return the hits of a pass in the same form."""
    found = passed.hits(text)
    assert [each.prefilter for each in found] == sorted({each.prefilter for each in found})
    return {each.prefilter: list(each.offsets) for each in found}


@pytest.fixture(params=[0, 1 << 30], ids=["parsed at once", "never parsed"])
def passed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RegexPass:
    """Make a pass that looks for the literals of alternatives from the first text on, and one that never does."""
    monkeypatch.setattr(regex_pass, "_WORTH_PARSING", request.param + 1)
    return RegexPass(PREFILTERS)


@settings(max_examples=300)
@given(text=TEXTS.map(str.encode), is_parsed=st.booleans())
def test_hits_are_where_the_expressions_match(text: bytes, is_parsed: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regex_pass, "_WORTH_PARSING", 1 if is_parsed else 1 << 30)
        assert hits(RegexPass(PREFILTERS), text) == naive(text)


def test_nothing_hits_in_a_text_without_any_literal(passed: RegexPass) -> None:
    assert passed.hits(b"") == passed.hits(b"nothing") == passed.hits(b"ke y toke n sk 12 34") == []


@pytest.mark.parametrize("cut", range(8))
def test_a_literal_across_two_blocks_is_seen(passed: RegexPass, cut: int) -> None:
    text = b"." * (regex_pass._BLOCK - cut) + b"secret=token=" + b"." * 100
    assert hits(passed, text) == {0: [text.index(b"token=")], 6: [text.index(b"secret")]}


def test_expressions_without_a_literal_are_parsed_after_some_text() -> None:
    """Their literals are looked for from then on; so few texts never take the time to parse them."""
    passed = RegexPass(PREFILTERS)
    text = b"." * 10_000 + b"key_x"
    found = [hits(passed, text) for _ in range(20)]
    assert found == [naive(text)] * 20
    assert [PREFILTERS[number].expression for number, _, _ in passed._everywhere] == ["[0-9]{5}"]
