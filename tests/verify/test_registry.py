"""What every verifier in the registry keeps to."""

import re

import click
import pytest

from frontleak.cli.main import cli
from frontleak.core.verdict import Status, Verdict
from frontleak.verify import registry
from frontleak.verify.hints import planned
from frontleak.verify.interface import Verifier
from tests.support.shipped import full_set

EVERY = pytest.mark.parametrize("verifier", registry.VERIFIERS, ids=lambda verifier: verifier.name)
NOT_FOR_SECRETS = {"accept", "accept-encoding", "connection", "content-length", "cookie", "host", "user-agent"}


def test_names_are_unique() -> None:
    names = [verifier.name for verifier in registry.VERIFIERS]
    assert len(set(names)) == len(names)
    assert registry.verifier_named("nobody") is None
    assert [registry.verifier_named(name) for name in names] == list(registry.VERIFIERS)


@EVERY
def test_it_is_named_by_rules_and_well_formed(verifier: Verifier) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", verifier.name)
    assert verifier.title
    assert [rule for rule in full_set().rules if rule.verify == verifier.name]
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", verifier.header.name)
    assert verifier.header.name.lower() not in NOT_FOR_SECRETS
    assert verifier.kept_headers == {name.lower() for name in verifier.kept_headers}


@EVERY
@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost", "127.0.0.1", "sanity.io.evil.example", "a.b.c.example", "x"]
)
def test_it_owns_no_host_but_its_vendors(verifier: Verifier, host: str) -> None:
    assert not verifier.hosts.fullmatch(host)


@EVERY
def test_its_plan_stays_on_its_own_hosts_and_off_those_of_others(verifier: Verifier) -> None:
    steps = planned(verifier, {})
    assert steps
    for step in steps:
        owners = [other for other in registry.VERIFIERS if other.hosts.fullmatch(step.request.host)]
        assert "<" in step.request.host or owners == [verifier]


@EVERY
def test_its_hints_are_options_that_mean_nothing_else(verifier: Verifier) -> None:
    names = [hint.name for hint in verifier.hints]
    assert len(set(names)) == len(names)
    for name in ("scan", "verify"):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        own = {option for parameter in command.params for option in parameter.opts}
        assert not own & {"--vendor", *(f"--{hint}" for hint in names)}
    for hint in verifier.hints:
        assert re.fullmatch(r"[a-z][a-z-]*", hint.name)
        assert verifier.title in hint.help
        assert not any(map(hint.is_valid, ("", "../x", "a b", "evil.example/#", "x\n", "<project>")))


@EVERY
def test_its_summary_describes_any_live_secret(verifier: Verifier) -> None:
    verdict = Verdict(status=Status.ACTIVE, reason="x")
    assert verifier.summary(verdict)
