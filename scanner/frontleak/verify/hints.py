"""Hints about where a secret belongs: only what a verifier declares, and only valid values."""

from collections.abc import Iterable, Mapping, Sequence

from frontleak.verify.interface import Hint, Hints, RecipeStep, Verifier


def accepted(verifier: Verifier, hints: Hints) -> Hints:
    """Return the hints a verifier accepts: a key for each that it declares, with valid and distinct values."""
    return {hint.name: _valid(hint, hints.get(hint.name, ())) for hint in verifier.hints}


def gathered(verifier: Verifier, given: Hints, contexts: Sequence[Mapping[str, Sequence[str]]]) -> Hints:
    """Return the hints for a secret: first those given by the user, then those in the contexts of its findings."""
    return {
        hint.name: _valid(
            hint, (*given.get(hint.name, ()), *(value for facts in contexts for value in facts.get(hint.fact, ())))
        )
        for hint in verifier.hints
    }


def _valid(hint: Hint, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(values) if hint.is_valid(value))


def planned(verifier: Verifier, hints: Hints) -> Sequence[RecipeStep]:
    """Return every request that verifying a secret with these hints may make."""
    return verifier.plan(accepted(verifier, hints))
