"""Values that a configuration ignores, by salted digest: the file never holds a value."""

from datetime import date

from frontleak.core.digests import blake2b
from frontleak.core.records import dataclass
from frontleak.core.suppression import Suppression, SuppressionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredValue:
    """A value that is not a secret, such as a documented dummy of a project."""

    digest: str
    """16 hexadecimal digits of salt, a colon, and 32 of the digest."""
    reason: str
    owner: str = ""
    where: str = ""
    """`file:line` of the entry."""
    expired: date | None = None
    """The last day on which it was ignored, if that day is past: the entry then only explains why the value counts."""

    def matches(self, value: bytes) -> bool:
        """Return whether it is the entry of a value."""
        return salted_digest(value, self.digest.partition(":")[0]) == self.digest

    def suppression(self) -> Suppression:
        """Return why a secret with this value does not count."""
        owner = f" ({self.owner})" if self.owner else ""
        return Suppression(SuppressionKind.IGNORED_VALUE, f"{self.reason}{owner}", self.where)


def salted_digest(value: bytes, salt: str) -> str:
    """Return the digest of a value for a configuration.

    Args:
        value: the value as a rule captures it.
        salt: 16 hexadecimal digits.
    """
    digest = blake2b(value, salt=bytes.fromhex(salt), digest_size=16, person=b"frontleak/value")
    return f"{salt}:{digest.hexdigest()}"
