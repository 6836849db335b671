"""Known values are found as by a search for each form at each place, whatever the values and the text are."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.env_value import EnvValue, EnvVariable, HiddenValue
from frontleak.match.known_values import KnownValues, RegexLiterals
from frontleak.match.literal_pass import HyperscanLiterals
from frontleak.match.value_forms import Form, forms_of
from tests.support.env_values import fake, strange
from tests.support.planted_values import special


def known(values: Sequence[bytes], *, hyperscan: bool) -> KnownValues:
    return KnownValues(
        [
            EnvValue(value=HiddenValue(value), variables=(EnvVariable(f"V{number}", ".env", number + 1),))
            for number, value in enumerate(values)
        ],
        hyperscan=hyperscan,
    )


def places(text: bytes, part: bytes) -> list[int]:
    """Return where a part is in a text, also where it overlaps itself."""
    return [start for start in range(len(text) - len(part) + 1) if text.startswith(part, start)] if part else []


def searched(values: Sequence[bytes], text: bytes) -> list[tuple[int, int, str, str]]:
    """Return (start, end, variable, kind) of each match, by trying each form of each value at each place."""
    found = sorted(
        (start, -start - len(form.text), number, rank, form.kind)
        for number, value in enumerate(values)
        for rank, form in enumerate(forms_of(value))
        for start in places(text, form.text)
    )
    kept: list[tuple[int, int, str, str]] = []
    for start, minus_end, number, _, kind in found:
        if not kept or -minus_end > kept[-1][1]:
            kept.append((start, -minus_end, f"V{number}", kind))
    return kept


def matched(values: Sequence[bytes], text: bytes, *, hyperscan: bool) -> list[tuple[int, int, str, str]]:
    hits = known(values, hyperscan=hyperscan).scan(text)
    return [(each.start, each.end, each.value.variables[0].name, each.kind) for each in hits.matches] if hits else []


def _with_prefixes(value: bytes) -> st.SearchStrategy[list[bytes]]:
    return st.integers(2, len(value)).map(lambda length: [value[:length], value, value + value[:3]])


CHARACTERS = "aB9_-\"'`\\/<>&%+= $é€\n\x00\U0001f511"
VALUES = st.one_of(
    st.binary(min_size=2, max_size=40).map(lambda value: [value]),
    # base64 with many signs, without and with letters after it
    st.lists(st.sampled_from(b"\xfb\xff\xbe\xef?>a"), min_size=8, max_size=70).map(lambda value: [bytes(value)]),
    st.lists(st.sampled_from(b"\xfb\xff\xbe\xef?>"), min_size=60, max_size=70).map(
        lambda value: [bytes(value) + fake(len(value)).encode()]
    ),
    st.text(CHARACTERS, min_size=2, max_size=30).map(lambda text: [text.encode()]),
    st.builds(
        lambda char, count: [char * count],
        st.sampled_from([b"a", b"0", b'"', b"\\", b"\xff", b"%"]),
        st.integers(2, 40),
    ),
    st.integers(0, 50).map(lambda seed: [special(seed).encode(), strange(seed).encode()]),
    st.integers(0, 50).map(lambda seed: [fake(seed).encode(), fake(seed).encode().hex().encode()]),
    st.integers(0, 50).flatmap(lambda seed: _with_prefixes(fake(seed).encode())),
)


@st.composite
def values_and_text(draw: st.DrawFn) -> tuple[list[bytes], bytes]:
    values = draw(st.lists(VALUES, min_size=1, max_size=3).map(lambda each: [value for part in each for value in part]))
    forms: list[Form] = [form for value in values for form in forms_of(value)]
    parts = draw(
        st.lists(st.one_of(st.sampled_from(forms).map(lambda form: form.text), st.binary(max_size=6)), max_size=8)
    )
    cut = draw(st.integers(0, 3))
    return values, b"".join(part[cut:] if number == 1 else part for number, part in enumerate(parts))


@settings(max_examples=300)
@given(values_and_text())
def test_all_forms_of_any_values_are_found_in_any_text(case: tuple[list[bytes], bytes]) -> None:
    values, text = case
    expected = searched(values, text)
    assert matched(values, text, hyperscan=True) == expected
    assert matched(values, text, hyperscan=False) == expected


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_values_in_all_their_forms(seed: int) -> None:
    values = [(special if number % 3 else fake)(1_000 * seed + number).encode() for number in range(1_000)]
    chosen = [form.text for value in values[seed::97] for form in forms_of(value)]
    text = b"\n".join(chosen)
    hits = known(values, hyperscan=True).scan(text)
    assert hits is not None
    starts = {match.start for match in hits.matches}
    at = 0
    for each in chosen:
        assert at in starts or any(match.start < at < match.end for match in hits.matches)
        at += len(each) + 1


def test_a_value_of_a_hundred_kilobytes_is_found_in_its_forms() -> None:
    value = (special(1) + "é" * 7 + fake(2, 100_000)).encode()
    forms = forms_of(value)[::20]
    hits = known([value], hyperscan=True).scan(b"\n".join(form.text for form in forms))
    assert hits is not None
    assert [match.end - match.start for match in hits.matches] == [len(form.text) for form in forms]
    assert [match.kind for match in hits.matches] == [form.kind for form in forms]


def test_a_piece_that_is_everywhere_costs_a_look_at_each_place() -> None:
    value = special(1).encode()
    piece = value[:12]
    hits = known([value], hyperscan=True).scan(piece * 20_000 + value)
    assert hits is not None
    (match,) = hits.matches
    assert match.end == len(piece * 20_000 + value)


LITERALS = st.lists(st.sampled_from([b"ab", b"abc", b"bca", b"\0a", b"a\0b\0"]), min_size=1, unique=True)
TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b"\0", b"abc"]), max_size=30).map(b"".join)


@given(LITERALS, TEXTS, st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True).map(sorted))
def test_literals_are_found_in_the_given_spans_of_a_text_and_nowhere_else(
    literals: list[bytes], text: bytes, cuts: list[int]
) -> None:
    whole = [*zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [(start, min(end, len(text))) for start, end in whole if start < len(text)]
    expected = [
        (number, start + at + len(literal))
        for start, end in spans
        for number, literal in enumerate(literals)
        for at in places(text[start:end], literal)
    ]
    for ends in (HyperscanLiterals(literals).ends, RegexLiterals(literals).ends):
        assert sorted(ends(text, spans)) == sorted(expected)
        assert sorted(ends(text)) == sorted(ends(text, [(0, len(text))])) if text else not ends(text)
