"""What is inserted can be taken out without a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.cli.hooks.marked_block import new_script, with_block, without_blocks
from frontleak.core.errors import ConfigError

LINES = ["frontleak scan --staged || exit $?", "# a comment"]
TEXTS = st.lists(
    st.text(st.characters(blacklist_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", codec="utf-8"), max_size=9)
)


@given(TEXTS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(0, 9), st.sampled_from(["", "  "]))
def test_a_block_leaves_no_trace(rows: list[str], end: str, is_open: bool, at: int, indent: str) -> None:
    text = "".join(f"{row}{end}" for row in rows)
    text = text[: -len(end)] if is_open and text else text
    made = with_block(text, at, LINES, indent)
    assert made.count(LINES[0]) == 1
    assert without_blocks(made, "f") == text


@given(TEXTS, st.lists(st.integers(0, 9), max_size=3))
def test_several_blocks_leave_no_trace_and_do_not_nest(rows: list[str], places: list[int]) -> None:
    text = made = "".join(f"{row}\n" for row in rows)
    for number, at in enumerate(sorted(places)):
        made = with_block(made, at + 4 * number, LINES)
    assert without_blocks(made, "f") == text


def test_a_script_of_its_own_is_removed_as_a_whole() -> None:
    assert without_blocks(new_script(LINES), "f") is None


def test_a_script_that_others_have_extended_stays() -> None:
    assert without_blocks(f"{new_script(LINES)}npm test\n", "f") == "#!/bin/sh\nnpm test\n"


def test_a_file_without_a_block_stays() -> None:
    assert without_blocks("npm test", "f") == "npm test"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n# frontleak hook: begin\nb\n", "f:2: the lines of the hook have no end"),
        ("a\n\n# frontleak hook: end\nb\n", "f:3: the lines of the hook have no beginning"),
    ],
)
def test_half_a_block_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        without_blocks(text, "f")
