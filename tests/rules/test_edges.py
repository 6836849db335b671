"""The left edge of a secret: what may stand before it, decided by its own beginning."""

import random
import string

import pytest

from frontleak.match.engine import EngineName
from frontleak.rules.edges import Edge, edge_of
from frontleak.rules.regex_ast import parse
from tests.support.made import ENGINES, found_by
from tests.support.shipped import fake, full_engine

BASE64 = string.ascii_letters + string.digits + "+/"


def data(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(BASE64, k=length))


@pytest.mark.parametrize(
    ("secret", "edge"),
    [
        ("[0-9a-f]{32}", Edge.TEXT),
        ("[0-9a-f]{8}-[0-9a-f]{4}", Edge.TEXT),  # a UUID is an ordinary part of a path
        ("(?: key-[0-9a-f]{32} | [0-9a-f]{32}-[0-9a-f]{8} )", Edge.TEXT),
        ("[A-Za-z0-9]{22}tt", Edge.TEXT),
        ("-[a-z]{20}", Edge.TEXT),
        ("sk[A-Za-z0-9]{178}", Edge.ADDRESS),
        ("(?: AKIA | ASIA ) [A-Z2-7]{16}", Edge.ADDRESS),
        ("AIza[A-Za-z0-9_-]{35}", Edge.ADDRESS),
        ("gh[pousr]_[A-Za-z0-9]{36}", Edge.PATH),
        ("SG \\. [A-Za-z0-9_-]{22}", Edge.PATH),
        ("(?: glrtr?- | gldt- ) [a-z]{20}", Edge.PATH),
        ("[0-9]{8,10} : AA [A-Za-z0-9_-]{33}", Edge.PATH),
        ("(?: ghp_ | sk ) [a-z]{20}", Edge.ADDRESS),
    ],
)
def test_the_beginning_of_a_secret_decides(secret: str, edge: Edge) -> None:
    assert edge_of(parse(secret), has_checksum=False) is edge


def test_a_checksum_allows_any_slash() -> None:
    assert edge_of(parse("[A-Za-z0-9]{40}"), has_checksum=True) is Edge.PATH


SILENT = {
    "base64 that holds a short beginning": lambda key, sanity: (
        f"url(data:font/woff2;base64,{data(1, 200)}/{sanity}AAAA)"
    ),
    "base64 after a slash at the start": lambda key, sanity: f'"/9j/4AAQ{data(2, 300)}/{sanity}"',
    "integrity": lambda key, sanity: f'integrity="sha512-{data(3, 60)}/{sanity}=="',
    "mappings": lambda key, sanity: f'{{"version":3,"mappings":"AAAA;AACA,{data(4, 12)}/{sanity},IAAI"}}',
    "a file name": lambda key, sanity: f'<script src="/assets/{key}.js"></script>',
    "a source map's name": lambda key, sanity: f"//# sourceMappingURL=https://cdn.example/{key}.js.map",
    "a longer word": lambda key, sanity: f'"/my{key}"',
    "a data address": lambda key, sanity: f'"data:application/octet-stream;base64,//{sanity}/{data(5, 40)}"',
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SILENT)
def test_slashes_that_say_nothing(engine: EngineName, name: str) -> None:
    text = SILENT[name](fake("stripe-live-key"), fake("sanity-token"))
    assert found_by(full_engine(engine), text.encode()) == []


FOUND = {
    "package.json": ('"dep": "git+https://{}@github.com/owner/repository.git"', True),
    "package-lock.json": ('"resolved": "git+https://{}:x-oauth-basic@github.com/o/r.git#0a1b2c"', True),
    ".git/config": ('[remote "origin"]\n\turl = https://{}@gitlab.com/o/r.git', True),
    "a user without a password": ("curl https://{}:@api.stripe.com/v1/charges", True),
    "escaped slashes": (r'{{"u":"https:\/\/{}@raw.githubusercontent.com\/o\/r"}}', True),
    "slashes escaped twice": (r'"{{\"u\":\"https:\\/\\/{}@host.example\\/o\"}}"', True),
    "a path": ("fetch(`https://api.example.com/v1/{}/messages`)", True),
    "the end of a path": ("fetch('https://api.example.com/v1/{}')", True),
    "a path after a port": ("http://localhost:3000/{}?x=1", True),
    "an escaped address": ("u=https%3A%2F%2F{}%40host.example", True),
    "a relative path": ("'/bot/{}/send'", False),
    "a template": ("`${{base}}/{}/messages`", False),
}  # fmt: skip
"""Name -> text, and whether a rule without a separator finds its secret there too."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("rule", ["github-token", "gitlab-access-token", "stripe-live-key", "shopify-admin-token"])
def test_a_distinctive_secret_after_a_slash(engine: EngineName, name: str, rule: str) -> None:
    secret = fake(rule)
    assert found_by(full_engine(engine), FOUND[name][0].format(secret).encode()) == [(rule, secret.encode())]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("rule", ["sanity-token", "aws-access-key-id"])
def test_a_secret_without_a_separator_in_an_address(engine: EngineName, name: str, rule: str) -> None:
    secret = fake(rule)
    expected = [(rule, secret.encode())] if FOUND[name][1] else []
    assert found_by(full_engine(engine), FOUND[name][0].format(secret).encode()) == expected


def test_a_name_in_a_path_is_no_secret_of_a_rule_that_only_a_name_tells() -> None:
    account, digest = "AC" + fake("twilio-auth-token", 1), fake("twilio-auth-token", 2)
    text = (
        f"TWILIO_ACCOUNT_SID={account}\nSENTRY_DSN=https://{digest}@o1.ingest.example/2\nI=https://a.example/{digest}"
    )
    assert [rule for rule, _ in found_by(full_engine(), text.encode())] == ["sentry-dsn"]
