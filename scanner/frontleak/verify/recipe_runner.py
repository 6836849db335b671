"""Verifies one secret: drives the recipe of its vendor with answers from the client, and cleans what comes of it."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from frontleak.core.secret import Secret, printable
from frontleak.core.verdict import Call, Status, Verdict
from frontleak.verify.interface import Answer, Hints, Request, Verifier

_MOST_REQUESTS: Final = 24
_MOST_TEXT: Final = 240


class Sender(Protocol):
    """What sends a request with a secret: `client.Client`."""

    def get(self, request: Request, secret: Secret) -> Answer:
        """Return the answer to a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the verification of one secret gave."""

    verdict: Verdict
    """The verdict; no text in it holds the secret."""
    exchanges: tuple[tuple[Request, Answer], ...] = ()
    """What was asked and answered, in order."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that was made, in order."""
        return tuple(call for _, answer in self.exchanges for call in answer.calls)


def run_recipe(verifier: Verifier, secret: Secret, hints: Hints, sender: Sender) -> Checked:
    """Verify a secret."""
    recipe = verifier.recipe(hints)
    exchanges: list[tuple[Request, Answer]] = []
    try:
        request = next(recipe)
        while len(exchanges) < _MOST_REQUESTS and verifier.hosts.fullmatch(request.host):
            answer = sender.get(request, secret)
            exchanges.append((request, answer))
            request = recipe.send(answer)
    except StopIteration as done:
        verdict: Verdict = done.value
    else:
        recipe.close()
        verdict = Verdict(status=Status.UNKNOWN, reason="the recipe asked for more than it may")
    return Checked(verdict=_clean(verdict, secret), exchanges=tuple(exchanges))


def _clean(verdict: Verdict, secret: Secret) -> Verdict:
    """Return the verdict with every text safe to show: printable, short, and without the secret."""

    def clean(text: str) -> str:
        without = text.replace(secret.reveal().decode("utf-8", "replace"), secret.redacted)
        return printable(without)[:_MOST_TEXT]

    return replace(
        verdict,
        reason=clean(verdict.reason),
        roles=tuple(clean(role) for role in verdict.roles),
        project=clean(verdict.project),
        dataset=clean(verdict.dataset),
        label=clean(verdict.label),
        expires=clean(verdict.expires),
        evidence=tuple(clean(line) for line in verdict.evidence),
    )
