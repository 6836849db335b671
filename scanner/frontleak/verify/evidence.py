"""What the recipes of all vendors share: texts of an answer that may be shown, evidence, and inconclusive answers."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from frontleak.core.secret import mask_tokens, printable
from frontleak.core.verdict import Status, Verdict
from frontleak.verify.interface import TOO_BUSY, Answer, Request

_MOST_TEXT: Final = 120
_MOST_NAMES: Final = 10


def received(value: Any) -> str:
    """Return a received text in a form safe to show: printable, short, and without anything like a token."""
    return mask_tokens(printable(value))[:_MOST_TEXT] if isinstance(value, str) else ""


def names_in(values: Any) -> tuple[str, ...]:
    """Return the first ten texts of a received list, each once and safe to show; empty for anything else."""
    texts = [received(value) for value in values] if isinstance(values, list | tuple) else []
    return tuple(dict.fromkeys(text for text in texts if text))[:_MOST_NAMES]


def inner(value: Any, *keys: str) -> Any:
    """Return what is below these keys of a received object; None if it is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def evidence(request: Request, answer: Answer, *words: Any) -> str:
    """Return what an answer said as one line: where it came from, its status, and words that were received."""
    said: Iterable[str] = (str(answer.status or answer.error), *map(received, words))
    return f"{request.host}{request.path.partition('?')[0]}: {', '.join(word for word in said if word)}"


def is_busy(answer: Answer) -> bool:
    """Return whether the vendor asks for fewer calls."""
    return answer.status == 429 or answer.error == TOO_BUSY


def unsettled(vendor: str, answer: Answer, evidence: tuple[str, ...], reason: str = "") -> Verdict:
    """Return the verdict on an answer that proves nothing, with a reason if there is a better one than the status."""
    if is_busy(answer):
        reason = f"{vendor} asked for fewer calls; try again later"
    elif not reason:
        reason = f"{vendor} gave no conclusive answer ({answer.status or answer.error})"
    return Verdict(status=Status.UNKNOWN, reason=reason, evidence=evidence)


def described(what: str, verdict: Verdict, *places: str) -> str:
    """Describe a live secret, such as `token of workspace Acme, can-write (chat:write)`.

    Args:
        what: what it is.
        verdict: the verdict on it.
        places: names of the facts that say where it works, in order.
    """
    where = "".join(f" of {name} {verdict.fact(name)}" for name in places if verdict.fact(name))
    scope = f", {verdict.scope}" if verdict.scope.rank else ""
    roles = f" ({', '.join(verdict.roles)})" if verdict.roles else ""
    return f"{what}{where}{scope}{roles}"
