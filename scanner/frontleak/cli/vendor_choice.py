"""Chooses the verifier of a token: the one named with `--vendor`, or the one that recognises its form.

Each function also checks that the verifier takes the hints of the command line, and raises `click.UsageError` if not.
No message repeats what was given, because it may be a token.
"""

from collections.abc import Iterable

import click

from frontleak.core.secret import Secret
from frontleak.verify import registry
from frontleak.verify.interface import Hints, Verifier


def named(name: str, hints: Hints) -> Verifier:
    """Return the verifier with a name.

    Raises:
        click.UsageError: there is none.
    """
    verifier = registry.verifier_named(name)
    if verifier is None:
        raise click.UsageError(f"--vendor: no such vendor; choose from {_listed(registry.VERIFIERS)}")
    return _that_takes(hints, verifier)


def recognised_by_form(secret: Secret, hints: Hints) -> Verifier:
    """Return the verifier of the vendor that issues tokens of this form.

    Raises:
        click.UsageError: none does, or several do.
    """
    from frontleak.rules.load import load_rules  # noqa: PLC0415 - not with --vendor
    from frontleak.verify.recognise import recognised  # noqa: PLC0415 - as above

    found = recognised(secret.reveal(), load_rules().rules)
    if len(found) == 1:
        return _that_takes(hints, found[0])
    if found:
        raise click.UsageError(f"several vendors have tokens of this form; name one with --vendor: {_listed(found)}")
    raise click.UsageError(
        f"no known vendor has tokens of this form; name the vendor with --vendor: {_listed(registry.VERIFIERS)}"
    )


def only_one_for(hints: Hints) -> Verifier:
    """Return the only verifier that takes these hints, for a run that reads no token.

    Raises:
        click.UsageError: none does, or several do.
    """
    declaring = [verifier for verifier in registry.VERIFIERS if hints.keys() <= {hint.name for hint in verifier.hints}]
    found = [verifier for verifier in declaring if _accepts(verifier, hints)]
    if len(found) == 1:
        return found[0]
    listed = _listed(found or declaring or registry.VERIFIERS)
    raise click.UsageError(f"--dry-run reads no token; name its vendor with --vendor: {listed}")


def _accepts(verifier: Verifier, hints: Hints) -> bool:
    return all(hint.is_valid(value) for hint in verifier.hints for value in hints.get(hint.name, ()))


def _that_takes(hints: Hints, verifier: Verifier) -> Verifier:
    """Return the verifier if it declares each of these hints and accepts their values."""
    declared = {hint.name: hint for hint in verifier.hints}
    for name, values in hints.items():
        hint = declared.get(name)
        if hint is None:
            takes = " and ".join(f"--{other}" for other in declared) or "no such options"
            raise click.UsageError(f"--{name} is not an option for {verifier.title}, which takes {takes}")
        if not all(map(hint.is_valid, values)):
            raise click.UsageError(f"--{name}: for {verifier.title}, {hint.form}")
    return verifier


def _listed(verifiers: Iterable[Verifier]) -> str:
    return ", ".join(verifier.name for verifier in verifiers)
