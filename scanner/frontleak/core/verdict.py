"""The result of verifying a secret with its vendor's API. Imported only when verification is in use."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Status(StrEnum):
    """Whether the secret works."""

    NOT_CHECKED = "not-checked"
    """No request was made."""
    ACTIVE = "active"
    """It works."""
    ACTIVE_ELSEWHERE = "active-elsewhere"
    """It works, but not in the project named near it."""
    INACTIVE = "inactive"
    """Rejected or expired; the reason says which."""
    UNKNOWN = "unknown"
    """The vendor's answers were inconclusive."""


class Holder(StrEnum):
    """Whose token it is."""

    ROBOT = "robot"
    """An API token limited to its roles; at Sanity never an administrator."""
    PERSONAL = "personal"
    """A user session: it acts as that user in every project and organization."""
    UNKNOWN = "unknown"
    """Not established."""


class Scope(StrEnum):
    """What the secret permits, least first."""

    UNKNOWN = "unknown"
    """Not established."""
    READ_ONLY = "read-only"
    """Can read, including drafts and private datasets, but not change anything."""
    CAN_WRITE_DRAFTS = "can-write-drafts"
    """Can change drafts, but not published documents."""
    CAN_WRITE = "can-write"
    """Can change documents."""
    ADMIN = "admin"
    """Can change the project itself: tokens, members, datasets. Personal tokens count as admin."""

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
    kind: Holder = Holder.UNKNOWN
    """Whose token it is."""
    scope: Scope = Scope.UNKNOWN
    """What it permits."""
    roles: tuple[str, ...] = ()
    """Role names, as the vendor returns them."""
    project: str = ""
    """Project it works in; empty if unknown or several."""
    dataset: str = ""
    """Dataset used to establish the scope; empty if none was queried."""
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
    def summary(self) -> str:
        """One-line summary, such as `active: robot token, can-write in project abcd1234 (editor)`."""
        if not self.is_live:
            return self.status.value
        if self.kind is Holder.PERSONAL:
            role = f"; in project {self.project}: {', '.join(self.roles)}" if self.project and self.roles else ""
            return f"{self.status}: personal token with all rights of its user{role}"
        who = "robot token" if self.kind is Holder.ROBOT else "token"
        scope = f"scope {self.scope}" if self.scope is Scope.UNKNOWN else self.scope.value
        place = f" in project {self.project}" if self.project else ""
        dataset = f", dataset {self.dataset}" if self.dataset else ""
        roles = f" ({', '.join(self.roles)})" if self.roles else ""
        return f"{self.status}: {who}, {scope}{place}{dataset}{roles}"

    def to_plain(self) -> dict[str, Any]:
        """Return the verdict as JSON values, without empty fields other than the status and the reason."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        texts = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in every.items()}
        live = texts if self.is_live else {name: texts[name] for name in ("status", "reason", "evidence")}
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
            kind=Holder(plain.get("kind", Holder.UNKNOWN)),
            scope=Scope(plain.get("scope", Scope.UNKNOWN)),
            roles=tuple(map(str, plain.get("roles", ()))),
            project=str(plain.get("project", "")),
            dataset=str(plain.get("dataset", "")),
            label=str(plain.get("label", "")),
            expires=str(plain.get("expires", "")),
            evidence=tuple(map(str, plain.get("evidence", ()))),
        )


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
