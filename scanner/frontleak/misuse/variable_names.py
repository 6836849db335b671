"""Classification of values by variable name; the regular expressions are in rules/code/names.yaml."""

import functools
import re
from collections.abc import Mapping
from enum import StrEnum

from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data
from frontleak.rules.secret_names import any_part, name_expression, words


class Power(StrEnum):
    """Permission of a token, inferred from its name."""

    WRITE = "write"
    READ = "read"
    UNKNOWN = "unknown"


@functools.cache
def is_secret(name: str, prefix: str = "") -> bool:
    """Return whether a name denotes a secret; its public prefix, if any, does not make it public by design."""
    name = words(name)
    start = len(words(prefix)) + 1 if prefix else 0
    secret = [match.span() for match in name_expression("secret").finditer(name)]
    if not secret or (
        name_expression("public").search(name, start) and not name_expression("never_public").search(name, start)
    ):
        return False
    harmless = [match.span() for match in name_expression("not_secret").finditer(name, start)]
    return any(
        not any(first <= begins and ends <= last for first, last in harmless) for begins, ends in secret if ends > start
    )


@functools.cache
def is_sanity(name: str) -> bool:
    """Return whether a name refers to Sanity."""
    return any(re.search(part, words(name), re.VERBOSE) for part in load_data("code/names.yaml")["sanity"])


@functools.cache
def ends_in_secret(name: str) -> bool:
    """Return whether the last word of a name is one that denotes a secret."""
    name = words(name)
    return any(match.end() == len(name) for match in name_expression("secret").finditer(name))


@functools.cache
def names_a_word(name: str) -> bool:
    """Return whether the value of a variable is a word that other code looks for, such as the key of a storage."""
    return name_expression("names_a_word").search(words(name)) is not None


@functools.cache
def is_harmless_word(text: str) -> bool:
    """Return whether a value is a switch or a word of a list of choices, and so never a secret."""
    return _harmless_words().fullmatch(text) is not None


@functools.cache
def _harmless_words() -> re.Pattern[str]:
    return re.compile(any_part(load_data("code/names.yaml")["harmless_values"]), re.VERBOSE | re.IGNORECASE)


@functools.cache
def is_test_file(path: str) -> bool:
    """Return whether a relative path is that of a test, a story or a mock."""
    return _tests().fullmatch(path) is not None


@functools.cache
def _tests() -> re.Pattern[str]:
    return re.compile(f"(?:.*/)?(?:{'|'.join(map(expression, load_data('code/names.yaml')['tests']))})")


@functools.cache
def power(name: str) -> Power:
    """Return the permission that a name implies; WRITE when it implies both."""
    name = words(name)
    if name_expression("write").search(name):
        return Power.WRITE
    return Power.READ if name_expression("read").search(name) else Power.UNKNOWN


@made_of_frameworks
def public_prefixes(frameworks: tuple[Framework, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return public prefix -> ids of the frameworks that publish variables with it."""
    found: dict[str, tuple[str, ...]] = {}
    for framework in frameworks:
        for prefix in framework.public_env:
            found[prefix] = (*found.get(prefix, ()), framework.id)
    return found


def public_prefix(name: str, frameworks: frozenset[str] | None = None) -> str:
    """Return the longest public prefix of a name; empty when it has none.

    A generic one-word prefix, such as `PUBLIC_`, counts only if `frameworks` is None or includes one of its frameworks.
    """
    for prefix, owners in sorted(public_prefixes().items(), key=lambda item: -len(item[0])):
        if name.startswith(prefix):
            is_generic = prefix.count("_") == 1 and prefix not in _distinctive()
            if not is_generic or frameworks is None or not frameworks.isdisjoint(owners):
                return prefix
    return ""


@made_of_frameworks
def _distinctive(frameworks: tuple[Framework, ...]) -> frozenset[str]:
    """Return the prefixes of one word that nothing but their framework uses."""
    return frozenset(prefix for framework in frameworks for prefix in framework.distinctive_env)
