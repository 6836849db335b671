"""Verifies one secret: drives its vendor's recipe with answers from the client, and sanitises the verdict."""

from typing import Final, Protocol

from frontleak.core.records import dataclass, replace
from frontleak.core.secret import Secret, printable
from frontleak.core.secret_gate import SecretGate
from frontleak.core.verdict import Call, Status, Verdict
from frontleak.verify.hints import accepted
from frontleak.verify.interface import Answer, Hints, Request, Verifier

_MOST_REQUESTS: Final = 24
_MOST_TEXT: Final = 240


class Sender(Protocol):
    """Sends a request with a secret: `client.HttpClient`."""

    def get(self, request: Request, secret: Secret) -> Answer:
        """Return the answer to a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of verifying one secret."""

    verifier: Verifier
    """Whose recipe it was."""
    verdict: Verdict
    """The verdict; no text in it holds the secret."""
    exchanges: tuple[tuple[Request, Answer], ...] = ()
    """Requests and their answers, in order."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that was made, in order."""
        return tuple(call for _, answer in self.exchanges for call in answer.calls)


def run_recipe(verifier: Verifier, secret: Secret, hints: Hints, sender: Sender) -> Checked:
    """Verify a secret. Hints that the verifier does not declare, and values that are not valid, are left out."""
    recipe = verifier.recipe(accepted(verifier, hints))
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
        verdict = Verdict(status=Status.UNKNOWN, reason="the recipe made a request that is not allowed")
    if verdict.is_live:
        verdict = replace(verdict, summary=verifier.summary(verdict))
    verdict = _clean(replace(verdict, vendor=verifier.name), secret)
    return Checked(verifier=verifier, verdict=verdict, exchanges=tuple(exchanges))


def _clean(verdict: Verdict, secret: Secret) -> Verdict:
    """Return the verdict with all texts printable, without the secret and parts of it, and only then shortened."""
    gate = SecretGate([(secret.reveal(), 0)])

    def clean(text: str) -> str:
        without = text.replace(secret.reveal().decode("utf-8", "replace"), secret.redacted)
        return printable(gate.mask(without))[:_MOST_TEXT]

    return replace(
        verdict,
        reason=clean(verdict.reason),
        summary=clean(verdict.summary),
        roles=tuple(clean(role) for role in verdict.roles),
        facts=tuple((name, clean(value)) for name, value in verdict.facts),
        label=clean(verdict.label),
        expires=clean(verdict.expires),
        evidence=tuple(clean(line) for line in verdict.evidence),
    )
