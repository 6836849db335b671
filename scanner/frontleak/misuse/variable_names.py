"""What the name of a variable says of its value; the expressions are in rules/code/names.yaml."""

import functools
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from frontleak.rules.frameworks import load_frameworks
from frontleak.rules.load import load_data


class Power(StrEnum):
    """What a token may do, by its name."""

    WRITE = "write"
    READ = "read"
    UNKNOWN = "unknown"


_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def words(name: str) -> str:
    """Return a name with its words in capitals and underscores between them: `sanityApiToken` -> `SANITY_API_TOKEN`."""
    return _WORD_ENDS.sub("_", name).upper().strip("_")


@functools.cache
def is_secret(name: str) -> bool:
    """Say whether a name means a secret."""
    name = words(name)
    return _expression("secret").search(name) is not None and _expression("not_secret").search(name) is None


@functools.cache
def is_sanity(name: str) -> bool:
    """Say whether a name is about Sanity."""
    return _expression("sanity").search(words(name)) is not None


@functools.cache
def power(name: str) -> Power:
    """Return what a name says a token may do; a name that says both may write."""
    name = words(name)
    if _expression("write").search(name):
        return Power.WRITE
    return Power.READ if _expression("read").search(name) else Power.UNKNOWN


@functools.cache
def public_prefixes() -> Mapping[str, tuple[str, ...]]:
    """Return the beginnings of names that frameworks publish, each with the ids of the frameworks."""
    found: dict[str, tuple[str, ...]] = {}
    for framework in load_frameworks():
        for prefix in framework.public_env:
            found[prefix] = (*found.get(prefix, ()), framework.id)
    return found


def public_prefix(name: str, frameworks: frozenset[str] | None = None) -> str:
    """Return the public prefix of a name; empty when it has none.

    A prefix of a single common word, such as `PUBLIC_`, counts only where one of its frameworks is used.
    """
    for prefix, owners in sorted(public_prefixes().items(), key=lambda item: -len(item[0])):
        if name.startswith(prefix):
            common = prefix.count("_") == 1 and prefix not in _TELLING
            if not common or frameworks is None or not frameworks.isdisjoint(owners):
                return prefix
    return ""


_TELLING: Final = frozenset({"VITE_", "GATSBY_", "STORYBOOK_"})


@functools.cache
def _expression(kind: str) -> re.Pattern[str]:
    parts = load_data("code/names.yaml")[kind]
    return re.compile("|".join(f"(?:{part})" for part in parts), re.VERBOSE)
