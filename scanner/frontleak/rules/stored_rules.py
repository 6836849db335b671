"""The pattern rules of a cached set: each is made when it is first used, because most scans use none."""

import json
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, overload

from frontleak.core.rule import Rule
from frontleak.rules.pattern_rule import PatternRule, Prefilter


class StoredRules(Sequence[PatternRule]):
    """Rules in the form of a cache, a compressed JSON object each; equal to a tuple of the same rules."""

    __slots__ = ("_made", "_restored", "_stored", "ids", "prefilters")

    def __init__(
        self,
        ids: Sequence[str],
        prefilters: Sequence[Prefilter],
        stored: Sequence[bytes],
        restored: Callable[[dict[str, Any]], PatternRule],
    ) -> None:
        """Keep the stored rules, their ids and prefilters, and what makes a rule of the object of one."""
        self.ids = ids
        self.prefilters = prefilters
        self._stored = stored
        self._restored = restored
        self._made: dict[int, PatternRule] = {}

    def only(self, places: Sequence[int]) -> "StoredRules":
        """Return the rules at some places, without making them."""
        return StoredRules(
            [self.ids[place] for place in places],
            [self.prefilters[place] for place in places],
            [self._stored[place] for place in places],
            self._restored,
        )

    def joined(self, others: "StoredRules") -> "StoredRules":
        """Return the rules of both, sorted by id, without making them."""
        both = StoredRules(
            [*self.ids, *others.ids],
            [*self.prefilters, *others.prefilters],
            [*self._stored, *others._stored],  # noqa: SLF001 - of the same class
            self._restored,
        )
        return both.only(sorted(range(len(both)), key=lambda place: both.ids[place]))

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> PatternRule: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PatternRule, ...]: ...
    def __getitem__(self, index: int | slice) -> PatternRule | tuple[PatternRule, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        position = range(len(self.ids))[index]
        made = self._made.get(position)
        if made is None:
            made = self._made[position] = self._restored(json.loads(zlib.decompress(self._stored[position])))
        return made

    def __iter__(self) -> Iterator[PatternRule]:
        return map(self.__getitem__, range(len(self.ids)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, StoredRules)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))


def ids_of(rules: Sequence[PatternRule]) -> Sequence[str]:
    """Return the ids of some rules, without making them."""
    return rules.ids if isinstance(rules, StoredRules) else [rule.id for rule in rules]


def prefilters_of(rules: Sequence[PatternRule]) -> Sequence[Prefilter]:
    """Return the prefilters of some rules, without making them."""
    return rules.prefilters if isinstance(rules, StoredRules) else [rule.prefilter for rule in rules]


def only(rules: Sequence[PatternRule], ids: Collection[str]) -> Sequence[PatternRule]:
    """Return the rules with some ids, without making them."""
    if isinstance(rules, StoredRules):
        return rules.only([place for place, rule_id in enumerate(rules.ids) if rule_id in ids])
    return tuple(rule for rule in rules if rule.id in ids)


def joined(rules: Sequence[PatternRule], others: Sequence[PatternRule]) -> Sequence[PatternRule]:
    """Return the rules of both, sorted by id; without making them, where they are stored."""
    if isinstance(rules, StoredRules) and isinstance(others, StoredRules):
        return rules.joined(others)
    return tuple(sorted((*rules, *others), key=lambda rule: rule.id))


class RulesById(Mapping[str, Rule]):
    """Rules of all kinds by id; those of kind `pattern` are made when they are first asked for."""

    __slots__ = ("_others", "_places", "_rules")

    def __init__(self, rules: Sequence[PatternRule], others: Sequence[Rule]) -> None:
        """Keep the rules."""
        self._rules = rules
        self._others = {rule.id: rule for rule in others}
        self._places = {rule_id: place for place, rule_id in enumerate(ids_of(rules))}

    def __getitem__(self, rule_id: str) -> Rule:
        place = self._places.get(rule_id)
        return self._others[rule_id] if place is None else self._rules[place]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted((*self._places, *self._others)))

    def __len__(self) -> int:
        return len(self._places) + len(self._others)
