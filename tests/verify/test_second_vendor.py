"""A second vendor needs one record in the registry: scan, `frontleak verify`, reports and records know no vendor."""

import base64
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from frontleak.cli.main import main
from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.rules.samples import draw
from frontleak.verify import registry
from frontleak.verify.interface import (
    Hint,
    Hints,
    Recipe,
    RecipeStep,
    Recordable,
    Request,
    SecretHeader,
    Verifier,
    basic_auth,
)
from tests.acceptance.support import Run, token, write
from tests.fakes.tls_server import Handler, TlsServer, answers, redirects
from tests.support.paths import ROOT

KEY = draw("acme[a-z0-9]{20}", "tests/verify/second-vendor")
SANITY_TOKEN = token("second vendor")
HOST = "api.acme.example"
EVERY = ", ".join([*(verifier.name for verifier in registry.VERIFIERS), "acme"])
"""All vendors, as messages list them."""

RULE = """\
id: acme-key
name: Acme key
severity: high
confidence: high
pattern: '{{word}} (?P<secret> acme[a-z0-9]{20} ) (?![A-Za-z0-9])'
context: acme
samples: "acme[a-z0-9]{20}"
examples: ['key:"{sample}"']
silent: ['acmeshop']
why: Anyone who can read this file can use the key.
fix: Rotate the key.
references: ['https://acme.example/docs']
verify: acme
---
kind: context
id: acme
within: 500
facts:
  store: ['store \\s? : \\s? "(?P<value>[a-z0-9]{3,12})"']
"""


# --- the vendor's module, which is all that a vendor needs -----------------------------------------------------------


def me(store: str) -> Request:
    """Ask for the owner of the key."""
    return Request(HOST, f"/v1/stores/{store}/me" if store else "/v1/me")


def plan(hints: Hints) -> Sequence[RecipeStep]:
    """List the one request."""
    return [RecipeStep(request=me(next(iter(hints["store"]), "")), when="always")]


def recipe(hints: Hints) -> Recipe:
    """Verify one key with one request."""
    store = next(iter(hints["store"]), "")
    answer = yield me(store)
    evidence = (f"/me: {answer.status}",)
    if answer.status == 200:
        return Verdict(
            status=Status.ACTIVE,
            reason=f"Acme says that {answer.body['name']} owns it",
            kind=Holder.ROBOT,
            scope=Scope.CAN_WRITE if answer.body["writes"] else Scope.READ_ONLY,
            facts=(("store", store),),
            label=answer.body["name"],
            evidence=evidence,
        )
    gone = answer.status == 401 and answer.body == {"message": "unknown key"}
    if gone:
        return Verdict(status=Status.INACTIVE, reason="Acme has no such key", evidence=evidence)
    return Verdict(status=Status.UNKNOWN, reason="Acme gave no conclusive answer", evidence=evidence)


ACME = Verifier(
    name="acme",
    title="Acme",
    hosts=re.compile(re.escape(HOST)),
    header=SecretHeader(name="X-Api-Key"),
    recipe=recipe,
    plan=plan,
    summary=lambda verdict: f"Acme key of store {verdict.fact('store') or 'unknown'}, {verdict.scope}",
    hints=(
        Hint(
            name="store",
            fact="store",
            metavar="NAME",
            help="Acme store of the key; repeatable.",
            form="a store consists of 3 to 12 lower-case letters and digits",
            is_valid=lambda text: re.fullmatch(r"[a-z0-9]{3,12}", text) is not None,
        ),
    ),
    kept_headers=frozenset({"x-acme-version"}),
    recordable=Recordable(
        names=(("store", re.compile(r"(?<=/stores/)([a-z0-9]+)")),),
        texts=frozenset({"message"}),
        keys=frozenset({"name", "writes"}),
    ),
)


# --- its API, and the command in this process ------------------------------------------------------------------------


@dataclass(slots=True)
class AcmeApi(TlsServer):
    """A fake of its API, on a server that has Sanity's hosts too."""

    domains: Sequence[str] = (HOST, "api.sanity.io")
    keys: set[str] = field(default_factory=set)

    def answer(self, handler: Handler) -> None:
        """Respond as either API does to a key that it knows, or does not."""
        if handler.host != HOST:
            handler.give(401, {"statusCode": 401, "message": "Session not found", "errorCode": "SIO-401-ANF"})
        elif handler.headers.get("X-Api-Key") in self.keys:
            body = {"name": "Till 3", "writes": True, "echo": [f"key {KEY}", KEY]}
            handler.give(200, body, X_Acme_Version=f"7 {KEY}", X_Sanity_Deprecated="1")
        else:
            handler.give(401, {"message": "unknown key"})


Command = Callable[..., Run]


@pytest.fixture
def acme(tmp_path: Path, api: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[AcmeApi]:
    """Start its API, and add its verifier to the registry: the one line that a vendor needs outside its module."""
    monkeypatch.setattr(registry, "VERIFIERS", (*registry.VERIFIERS, ACME))
    folder = tmp_path / "acme-api"
    folder.mkdir()
    with AcmeApi(folder, keys={KEY}) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.fixture
def command(acme: AcmeApi, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Return a function that runs the command line in this process, and checks that no output has the key."""

    def run(*arguments: str, stdin: str = "") -> Run:
        monkeypatch.setattr(sys, "argv", ["frontleak", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as end:
            main(acme.resolver)
        out, err = capfdbinary.readouterr()
        assert no_part_of_the_key(out + err)
        return Run(int(end.value.code or 0), out, err)

    return run


def no_part_of_the_key(data: bytes) -> bool:
    """Return whether some bytes contain no more than the four characters shown of a redacted key."""
    return not any(KEY[start : start + 8].encode() in data for start in range(len(KEY) - 8))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a key of each vendor."""
    files = {
        "acme.yaml": RULE,
        "dist/a.js": f'store:"shop7";key:"{KEY}"',
        "dist/b.js": f'createClient({{projectId:"abcd1234",token:"{SANITY_TOKEN}"}})',
    }
    monkeypatch.chdir(write(tmp_path / "tree", files))
    return tmp_path / "tree"


def asked(acme: AcmeApi) -> list[tuple[str, str]]:
    """Return host and path of the received requests."""
    return [(one.host, one.path) for one in acme.received]


# --- what is refused -------------------------------------------------------------------------------------------------

SENDS_NOTHING: Mapping[str, tuple[Sequence[str], str, str]] = {
    "an option of another vendor": (
        ["--vendor=acme", "--project=abcd1234"],
        KEY,
        "--project is not an option for Acme, which takes --store",
    ),
    "and the other way round": (
        ["--vendor=sanity", "--store=shop7"],
        KEY,
        "--store is not an option for Sanity, which takes --project and --dataset",
    ),
    "an option of another vendor than the recognised one": (
        ["--store=shop7"],
        SANITY_TOKEN,
        "--store is not an option for Sanity",
    ),
    "a value that is not valid": (["--vendor=acme", "--store=../x"], KEY, "a store consists of"),
    "a vendor that is none": (["--vendor=other"], KEY, f"no such vendor; choose from {EVERY}"),
    "a token as the vendor": (["--vendor", KEY], KEY, "no such vendor"),
    "a form that no shipped rule knows": ([], KEY, f"name the vendor with --vendor: {EVERY}"),
    "a dry run that could be either's": (["--dry-run"], "", f"name its vendor with --vendor: {EVERY}"),
    "a dry run with options of both": (["--dry-run", "--store=shop7", "--project=abcd1234"], "", "--vendor"),
}


@pytest.mark.parametrize(("arguments", "stdin", "message"), SENDS_NOTHING.values(), ids=SENDS_NOTHING)
def test_what_is_refused_says_which_vendor_takes_what(
    acme: AcmeApi, command: Command, arguments: Sequence[str], stdin: str, message: str
) -> None:
    done = command("verify", *arguments, stdin=stdin)
    assert (done.code, done.out, acme.connections) == (2, "", 0)
    assert message in done.err


def test_no_file_can_set_its_options_either(command: Command, tree: Path) -> None:
    write(tree, {".frontleak.yaml": "store: [shop7]\n"})
    done = command("scan", "--verify")
    assert done.code == 2
    assert "unknown option 'store': only a command-line flag can set it" in done.err
    assert "--store requires --verify" in command("scan", "--isolated", "--store=shop7").err


# --- frontleak verify ------------------------------------------------------------------------------------------------


def test_the_help_lists_it_with_its_options(command: Command) -> None:
    for name in ("scan", "verify"):
        assert "Acme store of the key; repeatable." in " ".join(command(name, "--help").out.split())
    assert f"--vendor[{EVERY.replace(', ', '|')}]" in "".join(command("verify", "--help").out.split())


def test_a_dry_run_is_its_own(acme: AcmeApi, command: Command) -> None:
    for arguments in (["--vendor=acme", "--store=shop7"], ["--store=shop7"]):
        assert command("verify", "--dry-run", *arguments).out == f"GET https://{HOST}/v1/stores/shop7/me\n    always\n"
    assert acme.connections == 0


def test_a_key_of_its_own_in_its_own_header(acme: AcmeApi, command: Command) -> None:
    done = command("verify", "--vendor=acme", "--store=shop7", stdin=KEY)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines()[:4] == [
        "active: Acme key of store shop7, can-write",
        "    label     Till 3",
        "    how       Acme says that Till 3 owns it",
        "    evidence  /me: 200",
    ]
    assert "sanity" not in done.out.lower()
    (one,) = acme.received
    assert (one.host, one.path, one.header("X-Api-Key")) == (HOST, "/v1/stores/shop7/me", KEY)
    assert one.header("Authorization") == ""


def test_its_verdict_as_json(command: Command) -> None:
    done = command("verify", "--vendor=acme", "--format=json", stdin=KEY)
    verdict = done.json()["verdict"]
    assert verdict == {
        "status": "active",
        "reason": "Acme says that Till 3 owns it",
        "vendor": "acme",
        "summary": "Acme key of store unknown, can-write",
        "kind": "robot",
        "scope": "can-write",
        "label": "Till 3",
        "evidence": ["/me: 200"],
    }


def test_a_dead_key_and_a_conclusion_that_is_none(acme: AcmeApi, command: Command) -> None:
    acme.keys.clear()
    assert command("verify", "--vendor=acme", stdin=KEY).out.startswith(
        "inactive\n    how       Acme has no such key\n"
    )
    acme.replies["."] = answers(401, {"message": "not from here"})
    done = command("verify", "--vendor=acme", stdin=KEY)
    assert (done.code, done.out.startswith("unknown\n")) == (3, True)
    acme.replies["."] = redirects("https://evil.example/")
    assert command("verify", "--vendor=acme", stdin=KEY).code == 3


def test_a_form_that_one_vendor_has_needs_no_name(acme: AcmeApi, command: Command) -> None:
    done = command("verify", stdin=SANITY_TOKEN)
    assert done.out.startswith("inactive\n")
    assert {one.host for one in acme.received} == {"api.sanity.io"}


def test_basic_authentication_is_a_matter_of_the_record(
    acme: AcmeApi, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    basic = replace(ACME, header=basic_auth("api:", ""))
    monkeypatch.setattr(registry, "VERIFIERS", (basic,))
    sent = base64.b64encode(f"api:{KEY}".encode()).decode()
    acme.replies["."] = answers(200, {"name": f"Till {sent}", "writes": False})
    done = command("verify", "--vendor=acme", stdin=KEY)
    assert acme.received[0].header("Authorization") == f"Basic {sent}"
    assert "active: Acme key of store unknown, read-only" in done.out
    assert sent not in done.out


def test_a_record_keeps_what_it_declares_and_no_more(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    assert command("verify", "--vendor=acme", "--store=shop7", f"--record={file}", stdin=KEY).code == 1
    data = file.read_bytes()
    assert no_part_of_the_key(data)
    plain = json.loads(data)
    assert plain["vendor"] == "acme"
    (call,) = plain["calls"]
    masked = "acme…(24 characters)"
    assert call == {
        "request": f"GET https://{HOST}/v1/stores/<store 1>/me",
        "x-api-key": "<token>",
        "status": 200,
        "error": "",
        "tries": 1,
        "headers": {
            "content-type": "application/json; charset=utf-8",
            "x-acme-version": f"<text of {len(f'7 {masked}')} characters>",
        },
        "body": {
            "name": "<text of 6 characters>",
            "writes": True,
            "<key 3>": [f"<text of {len(f'key {masked}')} characters>", f"<text of {len(masked)} characters>"],
        },
    }


# --- frontleak scan --verify -----------------------------------------------------------------------------------------


def reports(command: Command, tree: Path, *arguments: str) -> dict[str, str]:
    """Scan and verify, and return the report in each format."""
    outputs = [part for name in ("text", "json", "jsonl", "sarif") for part in ("--format", name, "-o", f"out.{name}")]
    assert command("scan", "dist", "--verify", "--rules=acme.yaml", "--jobs=1", *arguments, *outputs).code == 1
    texts = {file.suffix[1:]: file.read_bytes() for file in tree.glob("out.*")}
    assert len(texts) == 4
    assert all(no_part_of_the_key(data) for data in texts.values())
    return {name: data.decode() for name, data in texts.items()}


def test_each_secret_goes_to_its_own_vendor_with_hints_from_the_text(
    acme: AcmeApi, command: Command, tree: Path
) -> None:
    reports(command, tree)
    assert (HOST, "/v1/stores/shop7/me") in asked(acme)
    assert {host for host, _ in asked(acme)} == {HOST, "abcd1234.api.sanity.io"}
    for one in acme.received:
        is_acme = one.host == HOST
        assert (one.header("X-Api-Key"), one.token) == ((KEY, "") if is_acme else ("", SANITY_TOKEN))


def test_hints_of_the_command_line_come_first(acme: AcmeApi, command: Command, tree: Path) -> None:
    reports(command, tree, "--store=mine", "--project=efgh5678")
    assert (HOST, "/v1/stores/mine/me") in asked(acme)
    assert "efgh5678.api.sanity.io" in {host for host, _ in asked(acme)}


def test_every_report_speaks_of_it(command: Command, tree: Path) -> None:
    texts = reports(command, tree)
    summary = "active: Acme key of store shop7, can-write"
    assert f"    verdict {summary}; Till 3\n    how  Acme says that Till 3 owns it\n" in texts["text"]
    assert "Verified with 2 calls: 1 active, 1 inactive." in texts["text"]
    plain = json.loads(texts["json"])
    jsonschema.validate(plain, json.loads((ROOT / "docs" / "report.schema.json").read_text()))
    by_rule: dict[str, Any] = {finding["rule"]: finding for finding in plain["findings"]}
    finding = by_rule["acme-key"]
    assert (finding["severity"], finding["secret"]) == ("critical", "acme…(24 characters)")
    assert finding["verdict"]["vendor"] == "acme"
    assert finding["verdict"]["store"] == "shop7"
    assert by_rule["sanity-token"]["verdict"]["vendor"] == "sanity"
    (run,) = json.loads(texts["sarif"])["runs"]
    messages = {result["ruleId"]: result["message"]["text"] for result in run["results"]}
    assert f"Verdict: {summary} (Acme says that Till 3 owns it)." in messages["acme-key"]
    assert "Verdict: inactive (Sanity has no such token" in messages["sanity-token"]


def test_a_pause_that_one_vendor_asks_for_holds_no_other_back(acme: AcmeApi, command: Command, tree: Path) -> None:
    acme.replies["sanity"] = answers(429, {}, Retry_After="600")
    verdicts = {
        finding["rule"]: finding["verdict"]["status"]
        for finding in json.loads(reports(command, tree)["json"])["findings"]
    }
    assert verdicts == {"acme-key": "active", "sanity-token": "unknown"}


def test_a_cached_verdict_still_speaks_of_it(acme: AcmeApi, command: Command, tree: Path) -> None:
    first = json.loads(reports(command, tree, "--verify-cache=verdicts")["json"])
    acme.received.clear()
    second = json.loads(reports(command, tree, "--verify-cache=verdicts")["json"])
    assert asked(acme) == []
    for before, after in zip(first["findings"], second["findings"], strict=True):
        del before["verdict"]["evidence"], after["verdict"]["evidence"]
        assert before["verdict"] == after["verdict"]
