"""References between variables, by the cases of dotenv-expand's documentation."""

import pytest

from frontleak.files.env_expansion import expanded

KNOWN = {"A": "a", "B": "b-${A}", "EMPTY": "", "LOOP": "$LOOP", "ONE": "${TWO}", "TWO": "${ONE}"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("$A-${A}", "a-a"),
        ("${B}", "b-a"),
        ("\\$A", "$A"),
        ("${X:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${X-d e}", "d e"),
        ("${A:+other}", "other"),
        ("${X:+other}", ""),
        ("cost $5", "cost $5"),
    ],
)
def test_references_are_replaced(value: str, expected: str) -> None:
    assert expanded(value, KNOWN) == (expected, ())


def test_unknown_names_are_told() -> None:
    assert expanded("${X}/$Y/${A}", KNOWN) == ("//a", ("X", "Y"))


@pytest.mark.parametrize("value", ["$LOOP", "${ONE}", "${A}" * 300])
def test_it_ends(value: str) -> None:
    assert len(expanded(value, KNOWN)[0]) < 2_000


def test_growth_has_a_limit() -> None:
    known = {f"V{number}": f"${{V{number - 1}}}" * 10 for number in range(1, 20)} | {"V0": "x" * 1000}
    assert len(expanded("${V19}", known)[0]) < 2_000_000
