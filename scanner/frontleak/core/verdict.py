"""What a vendor's API said about a secret. Imported only when something was verified, or is asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Status(StrEnum):
    """Whether the secret works."""

    NOT_CHECKED = "not-checked"
    """Nobody was asked."""
    ACTIVE = "active"
    """It works."""
    ACTIVE_ELSEWHERE = "active-elsewhere"
    """It works, but not in the project that stands near it."""
    INACTIVE = "inactive"
    """The vendor does not know it, or it has expired; the reason tells the two apart."""
    UNKNOWN = "unknown"
    """The vendor was asked, and its answers settle nothing."""


class Holder(StrEnum):
    """Who acts when the secret is used."""

    ROBOT = "robot"
    """A program's token, limited to the roles it was given; at Sanity it can never be administrator."""
    PERSONAL = "personal"
    """A person's session: it acts as that person in every project and organization."""
    UNKNOWN = "unknown"
    """Not established."""


class Scope(StrEnum):
    """What the secret allows, least first."""

    UNKNOWN = "unknown"
    """Not established."""
    READ_ONLY = "read-only"
    """Reads, drafts and private datasets included; changes nothing."""
    CAN_WRITE_DRAFTS = "can-write-drafts"
    """Changes drafts, not what is published."""
    CAN_WRITE = "can-write"
    """Changes documents."""
    ADMIN = "admin"
    """Changes the project itself: tokens, members, datasets. A personal token counts as this."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return tuple(Scope).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known about a secret, and how it was established."""

    status: Status
    """Whether it works."""
    reason: str
    """How that was established, or why it was not: one sentence."""
    kind: Holder = Holder.UNKNOWN
    """Who acts when it is used."""
    scope: Scope = Scope.UNKNOWN
    """What it allows."""
    roles: tuple[str, ...] = ()
    """Names of its roles, as the vendor gives them."""
    project: str = ""
    """Project it works in; empty when not established, or when there are several."""
    dataset: str = ""
    """Dataset its scope was established in; empty when none was asked about."""
    label: str = ""
    """Name its robot or person goes by at the vendor."""
    expires: str = ""
    """When it ends, as ISO 8601 in UTC; empty when not known."""
    evidence: tuple[str, ...] = ()
    """What each answer said, in order: one sentence each."""

    @property
    def is_live(self) -> bool:
        """Whether it works anywhere."""
        return self.status in (Status.ACTIVE, Status.ACTIVE_ELSEWHERE)

    @property
    def summary(self) -> str:
        """The verdict in a few words, such as `active: robot token, can-write, in project abcd1234 (editor)`."""
        if not self.is_live:
            return self.status.value
        if self.kind is Holder.PERSONAL:
            role = f"; in project {self.project} it is {', '.join(self.roles)}" if self.project and self.roles else ""
            return f"{self.status}: personal token, may do everywhere what its user may{role}"
        who = "robot token" if self.kind is Holder.ROBOT else "token"
        scope = f"scope {self.scope}" if self.scope is Scope.UNKNOWN else self.scope.value
        place = f" in project {self.project}" if self.project else ""
        dataset = f", dataset {self.dataset}" if self.dataset else ""
        roles = f" ({', '.join(self.roles)})" if self.roles else ""
        return f"{self.status}: {who}, {scope}{place}{dataset}{roles}"

    def to_plain(self) -> dict[str, Any]:
        """Return the verdict as JSON values; what is empty is left out, except for the status and the reason."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        texts = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in every.items()}
        live = texts if self.is_live else {name: texts[name] for name in ("status", "reason", "evidence")}
        return {name: value for name, value in live.items() if value or name in ("status", "reason")}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the verdict that `to_plain` wrote.

        Raises:
            ValueError, TypeError, KeyError: it did not write this.
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
    """One request that was sent, or that could not be."""

    method: str
    """Always `GET`."""
    host: str
    """Name of the host; the scheme is https."""
    path: str
    """Path and query; no secret is ever in it."""
    status: int | None = None
    """HTTP status, or None when there was no answer."""
    error: str = ""
    """Why there was no answer, or why it was not read."""
    milliseconds: int = 0
    """From the beginning to the end of the answer."""

    @property
    def outcome(self) -> str:
        """The status, the error, or both."""
        return "; ".join(part for part in (str(self.status or ""), self.error) if part)

    def to_plain(self) -> dict[str, Any]:
        """Return the call as JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
