"""An ordered set of rules, identified by a digest."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from frontleak.core.digests import blake2b
from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass, replace
from frontleak.core.rule import Rule
from frontleak.rules.frameworks import Framework
from frontleak.rules.pattern_rule import NO_BEGINNINGS, Beginnings, Context, PatternRule, Trigger
from frontleak.rules.stored_rules import RulesById, ids_of, joined, only

_LONGEST_NAME: Final = 80
"""Characters of a name that are compared with those of the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules sorted by id, their contexts, the decoders' triggers, the frameworks, and a digest of all."""

    rules: Sequence[PatternRule]
    """Rules of kind `pattern`, run by the engine."""
    others: tuple[Rule, ...] = ()
    """Rules of all other kinds, sorted by id."""
    contexts: Mapping[str, Context]
    triggers: tuple[Trigger, ...] = ()
    beginnings: Beginnings = NO_BEGINNINGS
    """Of the secrets of all rules, chosen or not; `triggers` has their triggers."""
    frameworks: tuple[Framework, ...] = ()
    """The shipped ones, then those in custom files; empty for the shipped ones only."""
    unchosen: Sequence[PatternRule] = ()
    """Rules of kind `pattern` that `choose` left out: they find nothing, but what they match is no name to show."""
    left_out: frozenset[str] = frozenset()
    """Ids of the rules of all kinds that `choose` left out."""
    base: "RuleSet | None" = None
    """The set that this one was made of: by `choose`, which left some of its rules out, or by adding others to it. The
    engine uses what is prepared for that one."""
    digest: str
    """32 hexadecimal digits; changes with any field above."""

    @property
    def every(self) -> tuple[Rule, ...]:
        """The rules of all kinds, sorted by id."""
        return tuple(sorted((*self.rules, *self.others), key=lambda rule: rule.id))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the rules of all kinds, sorted."""
        return tuple(sorted((*ids_of(self.rules), *(rule.id for rule in self.others))))

    @property
    def known_ids(self) -> frozenset[str]:
        """Ids of the rules of all kinds, chosen or not."""
        return self.left_out.union(self.ids)

    def choose(self, select: Collection[str] = (), ignore: Collection[str] = ()) -> "RuleSet":
        """Return the set with only the selected rules (all if `select` is empty), without the ignored ones.

        A name is a rule id, or a prefix of ids followed by `*`.

        Raises:
            ConfigError: a name matches no rule.
        """
        ids = self.ids
        unknown = [name for name in (*select, *ignore) if not any(_selects(name, rule_id) for rule_id in ids)]
        if unknown:
            raise ConfigError(
                *(no_such_rule(name, ids) for name in unknown), advice="`frontleak rules list` shows all rules"
            )
        kept = dict.fromkeys(
            rule_id
            for rule_id in ids
            if (not select or any(_selects(name, rule_id) for name in select))
            and not any(_selects(name, rule_id) for name in ignore)
        )
        if len(kept) == len(ids):
            return self
        without = only(self.rules, frozenset(ids).difference(kept))
        return replace(
            self,
            rules=only(self.rules, kept),
            others=tuple(rule for rule in self.others if rule.id in kept),
            unchosen=joined(self.unchosen, without) if self.unchosen else without,
            left_out=self.left_out.union(ids).difference(kept),
            base=self.base if self.left_out else self,
            digest=digest_of(self.digest, ",".join(kept)),
        )

    def by_id(self) -> Mapping[str, Rule]:
        """Return the rules of all kinds by id."""
        return RulesById(self.rules, self.others)


def no_such_rule(name: str, ids: Collection[str]) -> str:
    """Return the message about a rule that does not exist, with the nearest one that does."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    close = get_close_matches(name[:_LONGEST_NAME], sorted(ids), n=1)
    return f"there is no rule {name!r}{f'; did you mean {close[0]!r}?' if close else ''}"


def _selects(name: str, rule_id: str) -> bool:
    return rule_id.startswith(name[:-1]) if name.endswith("*") else rule_id == name


def digest_of(*parts: str | bytes) -> str:
    """Return 32 hexadecimal digits that identify a sequence of strings."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()
