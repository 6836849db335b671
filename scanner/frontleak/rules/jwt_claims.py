"""What `require.jwt` asks of the claims of a JSON Web Token, and claims that satisfy it."""

from collections.abc import Iterator, Mapping
from typing import Final

EXPIRY: Final = "exp"
"""The claim that is judged by the time; its conditions are the words of `EXPIRIES`."""
EXPIRIES: Final = ("never", "later", "soon", "past")
"""No expiry, one more than `SOON` ahead, one within `SOON`, one that is over."""
SOON: Final = 3 * 24 * 60 * 60
"""Seconds. A token of a session expires within them."""
_INNER: Final = " > "
"""Between the names of a claim and of a member of its value."""
_NOT: Final = "!"
_OR: Final = "|"
_ANY: Final = "*"


def holds(payload: Mapping[str, object], conditions: Mapping[str, str], now: float) -> bool:
    """Return whether the claims of a token satisfy every condition.

    A condition is `value`, `value|other`, `begin*` or `*`; `!` before it: no claim has such a value. A value that is a
    list has each of its members. A name is that of a claim, of a member (`claim > member`), or several of them joined
    by `|`, of which one must have the value.

    Args:
        payload: the decoded claims.
        conditions: name of a claim -> what it must be.
        now: the time in seconds since 1970.
    """
    return all(_claim_holds(payload, names, condition, now) for names, condition in conditions.items())


def satisfying(conditions: Mapping[str, str]) -> dict[str, object]:
    """Return claims that satisfy conditions of one member at most in depth; no `exp` where that is allowed."""
    claims: dict[str, object] = {}
    for names, condition in conditions.items():
        name, _, inner = names.partition(_OR)[0].partition(_INNER)
        if name == EXPIRY:
            claims |= next(example for word, example in _EXPIRY_EXAMPLES.items() if _allows(condition, word))
        elif not condition.startswith(_NOT):
            value = condition.partition(_OR)[0].replace(_ANY, "example")
            claims[name] = {inner: value} if inner else value
    return claims


_EXPIRY_EXAMPLES: Final[Mapping[str, Mapping[str, object]]] = {
    "never": {},
    "later": {EXPIRY: 4_000_000_000},
    "past": {EXPIRY: 1_000_000_000},
}
"""Without `soon`: an example must hold for years."""


def _allows(condition: str, word: str) -> bool:
    return (word in condition.removeprefix(_NOT).split(_OR)) != condition.startswith(_NOT)


def expiry_of(payload: Mapping[str, object], now: float) -> str:
    """Return the word of `EXPIRIES` for a token; an expiry that is no number never comes."""
    expiry = payload.get(EXPIRY)
    if isinstance(expiry, bool) or not isinstance(expiry, int | float):
        return "never"
    return expiry_word(expiry - now)


def expiry_word(left: float) -> str:
    """Return the word of `EXPIRIES` for the seconds that are left."""
    return "past" if left <= 0 else "soon" if left <= SOON else "later"


def _claim_holds(payload: Mapping[str, object], names: str, condition: str, now: float) -> bool:
    if names == EXPIRY:
        return _allows(condition, expiry_of(payload, now))
    refused = condition.startswith(_NOT)
    wanted = condition.removeprefix(_NOT).split(_OR)
    values = (value for name in names.split(_OR) for value in _values(payload, name))
    return any(_is_like(value, form) for value in values for form in wanted) != refused


def _values(payload: Mapping[str, object], name: str) -> Iterator[str]:
    value: object = payload
    for part in name.split(_INNER):
        value = value.get(part) if isinstance(value, Mapping) else None
    for member in value if isinstance(value, list) else [value]:
        if isinstance(member, bool):
            yield str(member).lower()
        elif isinstance(member, str | int):
            yield str(member)


def _is_like(value: str, form: str) -> bool:
    """Return whether a value has a form, in which `*` stands for any text."""
    first, *rest = form.split(_ANY)
    if not rest:
        return value == form
    if not value.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = value.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(value) - at >= len(rest[-1]) and value.endswith(rest[-1])
