"""`rules check` tries the examples of every decoder: what fires its triggers, what it reads, what it leaves alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from frontleak.rules.compile import build_triggers
from frontleak.rules.data_files import TRIGGERS
from frontleak.rules.read import read_data
from frontleak.selfcheck.trigger_entries import behaviour
from tests.support.shipped import full_set, shipped_sources

HEX: Final[Mapping[str, Any]] = {
    "triggers": ["736[bB][0-9A-Fa-f]{36}", "7b22[0-9A-Fa-f]{36}"],
    "examples": [
        {"text": "x='" + b"sketches of a table and a chair".hex() + "'", "reads": "of a table"},
        {"text": b'{"note":"a text on a table"}'.hex(), "reads": '"a text'},
    ],
    "silent": ["x='736b'"],
}
OPAQUE: Final[Mapping[str, Any]] = {
    "triggers": [r"_0x[0-9a-f]{4}\.push\(_0x[0-9a-f]{4}\.shift"],
    "examples": [{"text": "_0x1a2b.push(_0x1a2b.shift());" + "_0x3c4d(0x1);" * 4, "reports": "reordered at run time"}],
    "silent": ["a.push(a.shift())"],
}
CODE: Final[Mapping[str, Any]] = {"triggers": ["useNotes"], "examples": [{"text": "useNotes()"}], "silent": ["use()"]}


def mistakes(**entries: Mapping[str, Any]) -> list[str]:
    """Return the mistakes of entries on their own examples, without the file."""
    text = yaml.safe_dump({name: dict(entry) for name, entry in entries.items()}, sort_keys=False)
    document, wrong = read_data(Path("own.yaml"), text.encode(), TRIGGERS)
    assert wrong == []
    triggers, wrong = build_triggers(document, shipped_sources())
    assert wrong == []
    found = list(behaviour(document, triggers, full_set()))
    lines = text.splitlines()
    for mistake in found:  # the line is that of the example, the silent text or the trigger
        assert lines[int(mistake.split(":")[1]) - 1].lstrip().startswith("- ")
    return [mistake.split(": ", 1)[1] for mistake in found]


def test_sound_entries_have_no_mistake() -> None:
    assert mistakes(hex=HEX, opaque=OPAQUE, code=CODE) == []


def example(entry: Mapping[str, Any], **fields: str) -> Mapping[str, Any]:
    """Return an entry with one more example."""
    return {**entry, "examples": [*entry["examples"], fields]}


WRONG: Final[Mapping[str, tuple[str, Mapping[str, Any], str]]] = {
    "an example that fires nothing": ("hex", example(HEX, text="736b", reads="sk"), "example 3 fires no trigger"),
    "an example that is read differently": (
        "hex",
        example(HEX, text=b"sketches of a table and a chair".hex(), reads="two chairs"),
        "example 3 gives no view with 'two chairs'",
    ),
    "an example that is not read": (
        "hex",
        example(HEX, text="z736b" + "00" * 18, reads="sk"),
        "example 3 gives no view with 'sk'",
    ),
    "another message": (
        "opaque",
        example(OPAQUE, text=OPAQUE["examples"][0]["text"], reports="is fine"),
        "example 2 gives no message with 'is fine'",
    ),
    "a message that is no view": (
        "opaque",
        example(OPAQUE, text=OPAQUE["examples"][0]["text"], reads="reordered"),
        "example 2 gives no view with 'reordered'",
    ),
    "nothing to read": (
        "hex",
        example(HEX, text=HEX["examples"][0]["text"]),
        "example 3 must have either reads or reports",
    ),
    "view and message": (
        "hex",
        example(HEX, text=HEX["examples"][0]["text"], reads="table", reports="table"),
        "example 3 must have either reads or reports",
    ),
    "something to read without a decoder": (
        "code",
        example(CODE, text="useNotes()", reads="Notes"),
        "example 2 has reads, but no decoder reads it",
    ),
    "a trigger without an example": (
        "hex",
        {**HEX, "triggers": [*HEX["triggers"], "20736[bB][0-9A-Fa-f]{36}"]},
        "no example fires trigger 3",
    ),
    "a silent text that is loud": (
        "hex",
        {**HEX, "silent": ["a", HEX["examples"][0]["text"]]},
        "silent text 2 fires a trigger",
    ),
}


@pytest.mark.parametrize(("name", "entry", "expected"), WRONG.values(), ids=WRONG)
def test_an_entry_that_does_not_do_what_it_says_is_a_mistake(
    name: str, entry: Mapping[str, Any], expected: str
) -> None:
    assert mistakes(**{name: entry}) == [f"{name}: {expected}"]


def test_triggers_derived_from_rules_count_as_triggers_of_their_decoder() -> None:
    """Examples may show what no written expression covers."""
    secret = b"'AKIA' begins a key, in a text that is encoded"
    entry = example(HEX, text=secret[1:].hex(), reads="begins a key")
    assert mistakes(hex=entry) == []
