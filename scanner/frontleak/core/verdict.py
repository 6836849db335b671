"""The result of verifying a secret with its vendor's API. Imported only when verification is in use."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, Final, Self

from frontleak.core.records import dataclass


class Status(StrEnum):
    """Whether the secret works."""

    NOT_CHECKED = "not-checked"
    """No request was made."""
    ACTIVE = "active"
    """It works."""
    ACTIVE_ELSEWHERE = "active-elsewhere"
    """It works, but not in the place named near it, such as the project."""
    INACTIVE = "inactive"
    """Rejected or expired; the reason says which."""
    UNKNOWN = "unknown"
    """The vendor's answers were inconclusive."""


class Holder(StrEnum):
    """Whose token it is."""

    ROBOT = "robot"
    """A program's token, limited to its own permissions."""
    PERSONAL = "personal"
    """A user's session or token: it acts as that user."""
    UNKNOWN = "unknown"
    """Not established."""


class Scope(StrEnum):
    """What the secret permits, least first."""

    UNKNOWN = "unknown"
    """Not established."""
    READ_ONLY = "read-only"
    """Can read, including unpublished and private data, but not change anything."""
    CAN_WRITE_DRAFTS = "can-write-drafts"
    """Can change unpublished data only."""
    CAN_WRITE = "can-write"
    """Can change data."""
    ADMIN = "admin"
    """Can change who has access, or the project itself."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return tuple(Scope).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The established facts about a secret, with the evidence."""

    status: Status
    """Whether it works."""
    reason: str
    """How the status was established, or why it was not: one sentence."""
    vendor: str = ""
    """Name of the verifier that established it; empty if none was asked."""
    summary: str = ""
    """What a live secret is and may do, in the vendor's terms; empty for any other status."""
    kind: Holder = Holder.UNKNOWN
    """Whose token it is."""
    scope: Scope = Scope.UNKNOWN
    """What it permits."""
    roles: tuple[str, ...] = ()
    """Role names, as the vendor returns them."""
    facts: tuple[tuple[str, str], ...] = ()
    """(name, value) of further facts in the vendor's terms, such as the project it works in."""
    label: str = ""
    """Name of the robot or user at the vendor."""
    expires: str = ""
    """Expiry as ISO 8601 in UTC; empty if unknown."""
    evidence: tuple[str, ...] = ()
    """One sentence per vendor answer, in order."""

    @property
    def is_live(self) -> bool:
        """Whether it works anywhere."""
        return self.status in (Status.ACTIVE, Status.ACTIVE_ELSEWHERE)

    @property
    def headline(self) -> str:
        """One-line description, such as `active: robot token, can-write in project abcd1234 (editor)`."""
        return f"{self.status}: {self.summary}" if self.is_live and self.summary else self.status.value

    def fact(self, name: str) -> str:
        """Return a fact's value; empty if it is not known."""
        return dict(self.facts).get(name, "")

    def to_plain(self) -> dict[str, Any]:
        """Return the verdict as JSON values, without empty fields other than the status and the reason.

        Facts are fields of their own. A secret that is not live has no more than a status, its reason and the evidence.
        """
        every = {name: getattr(self, name) for name in _FIELDS} | dict(self.facts)
        texts = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in every.items()}
        live = texts if self.is_live else {name: texts[name] for name in ("status", "reason", "vendor", "evidence")}
        return {name: value for name, value in live.items() if value or name in ("status", "reason")}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the verdict written by `to_plain`.

        Raises:
            ValueError, TypeError, KeyError: the data is not from `to_plain`.
        """
        return cls(
            status=Status(plain["status"]),
            reason=str(plain["reason"]),
            vendor=str(plain.get("vendor", "")),
            summary=str(plain.get("summary", "")),
            kind=Holder(plain.get("kind", Holder.UNKNOWN)),
            scope=Scope(plain.get("scope", Scope.UNKNOWN)),
            roles=tuple(map(str, plain.get("roles", ()))),
            facts=tuple((name, str(value)) for name, value in plain.items() if name not in _FIELDS),
            label=str(plain.get("label", "")),
            expires=str(plain.get("expires", "")),
            evidence=tuple(map(str, plain.get("evidence", ()))),
        )


_FIELDS: Final = tuple(field.name for field in fields(Verdict) if field.name != "facts")
"""Names that no fact may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One verification request, sent or failed."""

    method: str
    """Always `GET`."""
    host: str
    """Host name; the scheme is https."""
    path: str
    """Path and query; never contains a secret."""
    status: int | None = None
    """HTTP status, or None without a response."""
    error: str = ""
    """Why there was no response, or why it was not read."""
    milliseconds: int = 0
    """Duration of the request, up to the end of the response."""

    @property
    def outcome(self) -> str:
        """The status, the error, or both."""
        return "; ".join(part for part in (str(self.status or ""), self.error) if part)

    def to_plain(self) -> dict[str, Any]:
        """Return the call as JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
