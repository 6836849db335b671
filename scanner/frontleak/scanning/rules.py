"""Loads rules, with the names of verifiers, checks and decoders that they may use."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from frontleak.rules.load import load_rules as _load_rules
from frontleak.rules.pattern_rule import CODE
from frontleak.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from frontleak.rules.schema import KnownNames


def load_rules(extra: Sequence[Path] = ()) -> RuleSet:
    """Load the shipped rules of all kinds, and custom ones in extra files and folders.

    Raises:
        RuleError: a file is invalid; the error lists every mistake in every file.
    """
    return _load_rules(extra, known_names)


def known_names() -> "KnownNames":
    """Return the names in the registries."""
    # importing the registries is slow, and cached rules do not need them
    from frontleak.decode.registry import DECODERS  # noqa: PLC0415
    from frontleak.misuse.registry import CHECKS  # noqa: PLC0415
    from frontleak.rules.schema import KnownNames  # noqa: PLC0415
    from frontleak.verify import registry  # noqa: PLC0415

    return KnownNames(
        verifiers=tuple(verifier.name for verifier in registry.VERIFIERS),
        checks=tuple(check.name for check in CHECKS),
        decoders=(*(decoder.name for decoder in DECODERS), CODE),
    )
