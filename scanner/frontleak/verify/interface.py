"""The verifier interface, and the types shared by verifiers and the client.

A verifier is a recipe: a generator that yields requests, receives the answers, and returns the verdict. It never sees
the secret and never opens a connection; `recipe_runner.py` drives it, and only `client.py` speaks HTTP.
"""

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from frontleak.core.verdict import Call, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Hints about where a secret belongs; untrusted, because they may come from scanned text."""

    projects: tuple[str, ...] = ()
    """Project ids, most likely first."""
    datasets: tuple[str, ...] = ()
    """Dataset names, most likely first."""


@dataclass(frozen=True, slots=True)
class Request:
    """A GET request over https. There is no other method, and no field for a secret."""

    host: str
    """Host name."""
    path: str
    """Path and query."""

    @property
    def url(self) -> str:
        """The URL."""
        return f"https://{self.host}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The response to a request."""

    status: int | None = None
    """HTTP status, or None if there was no answer."""
    body: Any = field(default=None, repr=False)
    """The body as JSON values, or None if it is not JSON."""
    error: str = ""
    """Short reason for a missing status or body."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values of the headers that describe the API's behaviour."""
    calls: tuple[Call, ...] = ()
    """Calls made for it: one, or two if the first was told to wait."""


Recipe = Generator[Request, Answer, Verdict]
"""Yields requests, receives their answers, returns the verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """A request that a recipe may make, for `--dry-run`."""

    request: Request
    """The request; parts that are not known yet are in angle brackets."""
    when: str
    """When it is made, as the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Determines the status and scope of a vendor's secrets."""

    name: str
    """Name used by rules in `verify:`."""
    hosts: re.Pattern[str]
    """The only hosts a secret may be sent to."""
    recipe: Callable[[Hints], Recipe]
    """Starts the verification of one secret."""
    plan: Callable[[Hints], Sequence[RecipeStep]]
    """Lists every request the recipe may make."""


SocketAddress = tuple[int, tuple[Any, ...]]
"""Address family and address to connect to, as used by `socket`."""
HostResolver = Callable[[str], Sequence[SocketAddress]]
"""Host name -> addresses to connect to on port 443.

Raises `NameNotFoundError` or `CallError`.
"""


TOO_BUSY: Final = "not sent: the vendor asked for a longer pause than is allowed"
"""Error of the answer to a request that was not sent for this reason."""


class CallError(Exception):
    """A call was not made or not completed; the text gives the reason and never contains received data."""


class NameNotFoundError(CallError):
    """A host name has no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """Options for verifying the secrets of a scan."""

    projects: tuple[str, ...] = ()
    """Project ids to try before those found near a secret."""
    cache_file: Path | None = None
    """File that caches verdicts for a day, without the secrets; None for no file."""
    resolver: HostResolver | None = None
    """Resolves host names; None for the system's resolver, limited to public addresses."""
