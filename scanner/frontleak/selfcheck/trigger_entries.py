"""Runs the triggers and decoders of every entry in rules/triggers.yaml on the entry's own examples."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from frontleak.core.budget import WorkBudget
from frontleak.core.records import replace
from frontleak.decode.interface import Decoder, Request, View
from frontleak.decode.registry import DECODERS
from frontleak.match.engine import Engine
from frontleak.match.regex_pass import RegexPass
from frontleak.rules.documents import Document
from frontleak.rules.pattern_rule import Trigger
from frontleak.rules.ruleset import RuleSet

_DECODERS: Final = {decoder.name: decoder for decoder in DECODERS}


def behaviour(document: Document, written: Sequence[Trigger], ruleset: RuleSet) -> Iterator[str]:
    """Yield the mistakes of all entries on their own examples, as `file:line: message`; a parser must be available.

    Args:
        document: rules/triggers.yaml, valid in form.
        written: its triggers, compiled.
        ruleset: with these triggers and those that are derived from rules.
    """
    for name, entry in document.value.items():
        own = [trigger for trigger in written if trigger.name == name]
        every = tuple(trigger for trigger in (*written, *ruleset.triggers) if trigger.name == name)
        engine = Engine(replace(ruleset, rules=(), others=(), triggers=every), "regex")
        for index, example in enumerate(entry["examples"]):
            if mistake := _mistake_in(example, engine, _DECODERS.get(name)):
                yield f"{document.where(name, 'examples', index)}: {name}: example {index + 1} {mistake}"
        for index, text in enumerate(entry["silent"]):
            if engine.scan(text.encode("latin-1")).triggers:
                yield f"{document.where(name, 'silent', index)}: {name}: silent text {index + 1} fires a trigger"
        texts = [example["text"].encode("latin-1") for example in entry["examples"]]
        for index, trigger in enumerate(own):
            one = RegexPass([trigger.prefilter])
            if not any(one.hits(text) for text in texts):
                yield f"{document.where(name, 'triggers', index)}: {name}: no example fires trigger {index + 1}"


def _mistake_in(example: dict[str, Any], engine: Engine, decoder: Decoder | None) -> str:
    """Return what is wrong with an example, as the end of a sentence; empty if nothing is."""
    text = example["text"].encode("latin-1")
    offsets = sorted(offset for found in engine.scan(text).triggers.values() for offset in found)
    if not offsets:
        return "fires no trigger"
    wanted = [field for field in ("reads", "reports") if field in example]
    if decoder is None:
        return f"has {wanted[0]}, but no decoder reads it" if wanted else ""
    if len(wanted) != 1:
        return "must have either reads or reports"
    request = Request(text, offsets, WorkBudget(), (), engine.ruleset.beginnings)
    found = list(decoder.read(request))
    made = [each.text for each in found if isinstance(each, View)]
    said = [each.encode() for each in found if isinstance(each, str)]
    expected = example[wanted[0]].encode("latin-1")
    if any(expected in each for each in (made if wanted == ["reads"] else said)):
        return ""
    return f"gives no {'view' if wanted == ['reads'] else 'message'} with {example[wanted[0]][:60]!r}"
