"""An ordered set of rules with a digest that names it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from scanner.errors import ConfigError
from scanner.rules.rule import Context, Rule, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules in order of id, the contexts they read, the triggers of the decoders, and a digest of all that."""

    rules: tuple[Rule, ...]
    contexts: Mapping[str, Context]
    triggers: tuple[Trigger, ...] = ()
    digest: str
    """32 hexadecimal digits; changes whenever anything above does."""

    def choose(self, select: Collection[str] = (), ignore: Collection[str] = ()) -> "RuleSet":
        """Return the set without the rules that are not selected (when any are) or ignored.

        A name is a rule id, or the beginning of ids followed by `*`.

        Raises:
            ConfigError: a name stands for no rule.
        """
        unknown = [name for name in (*select, *ignore) if not any(_stands_for(name, rule.id) for rule in self.rules)]
        if unknown:
            raise ConfigError(
                *(f"there is no rule {name!r}" for name in unknown), advice="`frontleak rules list` shows all rules"
            )
        kept = tuple(
            rule
            for rule in self.rules
            if (not select or any(_stands_for(name, rule.id) for name in select))
            and not any(_stands_for(name, rule.id) for name in ignore)
        )
        if len(kept) == len(self.rules):
            return self
        chosen = ",".join(rule.id for rule in kept)
        return replace(self, rules=kept, digest=digest_of(self.digest, chosen))

    def by_id(self) -> dict[str, Rule]:
        """Return the rules by id."""
        return {rule.id: rule for rule in self.rules}


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
