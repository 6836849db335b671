"""An ordered set of rules with a digest that names it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from frontleak.core.errors import ConfigError
from frontleak.core.rule import Rule
from frontleak.rules.pattern_rule import Context, PatternRule, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules in order of id, the contexts they read, the triggers of the decoders, and a digest of all that."""

    rules: tuple[PatternRule, ...]
    """Of kind `pattern`: what an engine runs."""
    others: tuple[Rule, ...] = ()
    """Of all other kinds, in order of id; whatever runs a kind picks out its own."""
    contexts: Mapping[str, Context]
    triggers: tuple[Trigger, ...] = ()
    digest: str
    """32 hexadecimal digits; changes whenever anything above does."""

    @property
    def every(self) -> tuple[Rule, ...]:
        """The rules of all kinds, in order of id."""
        return tuple(sorted((*self.rules, *self.others), key=lambda rule: rule.id))

    def choose(self, select: Collection[str] = (), ignore: Collection[str] = ()) -> "RuleSet":
        """Return the set without the rules, of whatever kind, that are not selected (when any are) or ignored.

        A name is a rule id, or the beginning of ids followed by `*`.

        Raises:
            ConfigError: a name stands for no rule.
        """
        known = [rule.id for rule in self.every]
        unknown = [name for name in (*select, *ignore) if not any(_stands_for(name, rule_id) for rule_id in known)]
        if unknown:
            raise ConfigError(
                *(f"there is no rule {name!r}" for name in unknown), advice="`frontleak rules list` shows all rules"
            )
        kept = [
            rule_id
            for rule_id in known
            if (not select or any(_stands_for(name, rule_id) for name in select))
            and not any(_stands_for(name, rule_id) for name in ignore)
        ]
        if len(kept) == len(known):
            return self
        return replace(
            self,
            rules=tuple(rule for rule in self.rules if rule.id in kept),
            others=tuple(rule for rule in self.others if rule.id in kept),
            digest=digest_of(self.digest, ",".join(kept)),
        )

    def by_id(self) -> dict[str, Rule]:
        """Return the rules of all kinds by id."""
        return {rule.id: rule for rule in self.every}


def _stands_for(name: str, rule_id: str) -> bool:
    return rule_id.startswith(name[:-1]) if name.endswith("*") else rule_id == name


def digest_of(*parts: str | bytes) -> str:
    """Return 32 hexadecimal digits that name a sequence of texts."""
    from hashlib import blake2b  # noqa: PLC0415 - only here

    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()
