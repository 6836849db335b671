"""The verifier interface, and the types shared by verifiers and the client.

A verifier is a record: the hosts it may call, the header that carries the secret, the hints it accepts, and a recipe. A
recipe is a generator that yields requests, receives the answers, and returns the verdict. It never sees the secret and
never opens a connection; `recipe_runner.py` drives it, and only `client.py` speaks HTTP.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from frontleak.core.records import dataclass, field
from frontleak.core.verdict import Call, Verdict

Hints = Mapping[str, tuple[str, ...]]
"""Where a secret belongs: hint name -> values, most likely first. Untrusted, as they may come from scanned text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A fact about where a secret belongs that a verifier can use. Each is an option of the command line."""

    name: str
    """Key in `Hints`, and the name of the option without its dashes."""
    fact: str
    """Name of the fact that the context of the vendor's rules reads near a secret; empty for none."""
    metavar: str
    """What the option's value is called in the help."""
    help: str
    """The option's help text, with the vendor's name."""
    form: str
    """What a valid value looks like, as a clause; the message for any other."""
    is_valid: Callable[[str], bool]
    """Whether a text is a valid value; no other text reaches the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHeader:
    """The header that carries the secret. Verifiers only declare it; the client fills it in."""

    name: str
    """Header name."""
    before: str = ""
    """Text before the secret, such as `Bearer `."""
    basic: tuple[str, str] | None = None
    """For basic authentication: what precedes and follows the secret in `user:password`, which is sent in base64."""

    def value(self, token: str) -> str:
        """Return the header's value for a token."""
        return self.before + (token if self.basic is None else b64encode(token.join(self.basic).encode()).decode())

    @property
    def shown(self) -> str:
        """The header's value with a placeholder for the secret."""
        return self.before + ("<token>" if self.basic is None else f"<base64 of {'<token>'.join(self.basic)}>")


BEARER: Final = SecretHeader(name="Authorization", before="Bearer ")
"""`Authorization: Bearer …` (RFC 6750)."""


def basic_auth(before: str = "", after: str = ":") -> SecretHeader:
    """Return `Authorization: Basic …` (RFC 7617) with `before`, the secret and `after` as user and password.

    With the defaults the secret is the user and the password is empty.
    """
    return SecretHeader(name="Authorization", before="Basic ", basic=(before, after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordable:
    """What `--record` may keep of a vendor's addresses and answers; any other value or key is replaced.

    Fields of an answer are named by their key, or by `key.key` with the key of the object they are in.
    """

    names: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(kind, expression): the first group is a name in a host or path; each is replaced by its kind and a number."""
    keys: frozenset[str] = frozenset()
    """Keys of answers to keep, besides those in the fields below; any other is replaced by a number."""
    texts: frozenset[str] = frozenset()
    """Fields with the API's own words, kept without ids and quoted names."""
    quotes: frozenset[str] = frozenset()
    """Quoted texts within these words that are not names."""
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Field -> values to keep: those that match completely."""
    keyed_by_id: frozenset[str] = frozenset()
    """Fields whose object has ids as keys."""


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


Plan = Callable[[Hints], Sequence[RecipeStep]]
"""Lists the requests that a recipe may make."""


def only(request: Request) -> Plan:
    """Return the plan of a recipe that sends one request, whatever it is told."""
    return lambda _hints: (RecipeStep(request=request, when="always"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Determines the status and scope of a vendor's secrets. All that is particular to the vendor is here."""

    name: str
    """Name used by rules in `verify:` and by `--vendor`."""
    title: str
    """Name for people."""
    hosts: re.Pattern[str]
    """The only hosts a secret may be sent to."""
    header: SecretHeader
    """The header that carries the secret."""
    recipe: Callable[[Hints], Recipe]
    """Starts the verification of one secret. Every declared hint has its key; its values are valid and distinct."""
    plan: Plan
    """Lists every request the recipe may make, for the same hints."""
    summary: Callable[[Verdict], str]
    """Describes a live secret in the vendor's terms: what it is and what it may do, as the end of `active: …`."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers of every request, such as the version of the API: names and fixed values."""
    hints: tuple[Hint, ...] = ()
    """The hints it accepts."""
    kept_headers: frozenset[str] = frozenset()
    """Lower-case names of headers of an answer to keep, besides those about its type and rate limits."""
    recordable: Recordable = field(default_factory=Recordable)
    """What `--record` may keep."""


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

    hints: Hints = field(default_factory=dict)
    """Hints to use before those found near a secret, each for every verifier that declares it."""
    cache_file: Path | None = None
    """File that caches verdicts for a day, without the secrets; None for no file."""
    resolver: HostResolver | None = None
    """Resolves host names; None for the system's resolver, limited to public addresses."""
