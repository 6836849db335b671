"""The page of verifiers: for each vendor the requests that may be made, and the rules whose secrets it checks."""

from collections.abc import Iterator

from frontleak.rules.load import load_rules
from frontleak.verify import registry
from frontleak.verify.hints import planned
from frontleak.verify.interface import Verifier


def verifiers_page() -> str:
    """Return the page."""
    return "\n".join(
        (
            "# What is sent to each vendor\n",
            "Generated from the verifiers by `python docs/generate.py`. [verifying.md](verifying.md) says how to",
            "verify and what a verdict means. Every request is a `GET`; none changes or spends anything.\n",
            *(line for verifier in registry.VERIFIERS for line in _section(verifier)),
        )
    )


def _section(verifier: Verifier) -> Iterator[str]:
    yield f"## {verifier.title}\n"
    rules = ", ".join(f"`{rule.id}`" for rule in load_rules().rules if rule.verify == verifier.name)
    yield f"- `--vendor {verifier.name}`; rules: {rules}"
    yield f"- secret in: `{verifier.header.name}: {verifier.header.shown}`"
    yield from (f"- also sent: `{name}: {value}`" for name, value in verifier.headers)
    yield from (f"- `--{hint.name} {hint.metavar}`: {hint.help}" for hint in verifier.hints)
    yield "\n| request | when |\n|---|---|"
    for step in planned(verifier, {}):
        yield f"| `{step.request.host}{step.request.path}` | {step.when} |"
    yield ""
