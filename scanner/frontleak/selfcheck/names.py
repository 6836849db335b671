"""Finds names in rule files that nothing answers to: verifiers of rules, decoders of triggers."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from frontleak.decode.registry import DECODERS
from frontleak.rules.load import TRIGGERS_FILE, rules_directory
from frontleak.rules.schema import RuleSyntax, read_triggers
from frontleak.scanning.blob import CODE
from frontleak.verify.registry import VERIFIERS

_DECODERS: Final = frozenset({CODE, *(decoder.name for decoder in DECODERS)})


def unknown_verifiers(rules: Iterable[RuleSyntax]) -> Iterator[str]:
    """Yield each `verify:` that names no verifier, as `file:line: message`."""
    names = frozenset(verifier.name for verifier in VERIFIERS)
    for rule in rules:
        if rule.verify and rule.verify not in names:
            yield f"{rule.where('verify')}: {_unknown('verifier', rule.verify, names)}"


def unknown_decoders() -> Iterator[str]:
    """Yield each trigger of the shipped file that names no decoder, as `file:line: message`."""
    file = rules_directory() / TRIGGERS_FILE
    text = file.read_text("utf-8")
    triggers, _ = read_triggers(text, str(file))
    for name in triggers:
        if name not in _DECODERS:
            line = next((at for at, row in enumerate(text.splitlines(), start=1) if row.startswith(f"{name}:")), 1)
            yield f"{file}:{line}: {_unknown('decoder', name, _DECODERS)}"


def _unknown(what: str, name: str, allowed: Collection[str]) -> str:
    close = get_close_matches(name, allowed, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"unknown {what} {name!r}; {hint}allowed: {', '.join(sorted(allowed))}"
