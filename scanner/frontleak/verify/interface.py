"""What a verifier is, and the types that go between it and the client.

A verifier is a recipe: a generator that yields requests, is sent the answers, and returns the verdict. It never sees
the secret and never opens a connection; `check.py` drives it and `client.py` is the only code that speaks HTTP.
"""

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from frontleak.core.verdict import Call, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known about where a secret belongs; not to be trusted, it may come from scanned text."""

    projects: tuple[str, ...] = ()
    """Project ids, likeliest first."""
    datasets: tuple[str, ...] = ()
    """Names of datasets, likeliest first."""


@dataclass(frozen=True, slots=True)
class Request:
    """A GET request over https. There is no other kind, and no place for a secret in it."""

    host: str
    """Name of the host."""
    path: str
    """Path and query."""

    @property
    def url(self) -> str:
        """The address."""
        return f"https://{self.host}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int | None = None
    """HTTP status, or None when there was no answer."""
    body: Any = field(default=None, repr=False)
    """The body as JSON values, or None when it is no JSON."""
    error: str = ""
    """Why there is no status or no body, in a few words."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values of the headers that say something about the API."""
    calls: tuple[Call, ...] = ()
    """What was sent for it: one call, or two when the first was asked to wait."""


Recipe = Generator[Request, Answer, Verdict]
"""Yields requests, is sent their answers, returns the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """A request that a recipe may make, for `--dry-run`."""

    request: Request
    """The request; what is not known yet stands in angle brackets."""
    when: str
    """When it is made, as the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Says what a vendor's secrets may do."""

    name: str
    """As rules name it in `verify:`."""
    hosts: re.Pattern[str]
    """The only hosts a secret may be sent to."""
    recipe: Callable[[Hints], Recipe]
    """Starts the verification of one secret."""
    plan: Callable[[Hints], Sequence[RecipeStep]]
    """Lists every request the recipe may make."""


SocketAddress = tuple[int, tuple[Any, ...]]
"""Address family and the address to connect to, as `socket` has them."""
HostResolver = Callable[[str], Sequence[SocketAddress]]
"""Name of a host -> the addresses it may be reached at on port 443.

Raises `NameNotFoundError` or `CallError`.
"""


TOO_BUSY: Final = "not sent: the vendor asked to be called less, for longer than is waited"
"""Error of an answer to a request that was held back."""


class CallError(Exception):
    """A call that was not made or not finished; the text says why, and never holds what others sent."""


class NameNotFoundError(CallError):
    """The name of a host stands for no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """How the secrets of a scan are verified."""

    projects: tuple[str, ...] = ()
    """Project ids to try before those that stand near a secret."""
    cache_file: Path | None = None
    """Where verdicts are kept for a day, without the secrets; None for nowhere."""
    resolver: HostResolver | None = None
    """Finds the addresses of hosts; None for the system's, of which only public ones are used."""
