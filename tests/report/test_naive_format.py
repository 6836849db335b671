"""A format that prints all it can reach shows no value, and where nothing is secret it shows nothing like a secret.

The formats that are shipped choose what they print. This one does not, as one written in a hurry would not: what it
cannot print, no format can.
"""

import base64
import dataclasses
import enum
import gzip
import json
import pickle
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from fixtures.fakes import fake_token
from frontleak.core.detection import Detection
from frontleak.core.env_value import EnvVariable
from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import RuleKind
from frontleak.misuse.env_values.select import Setting
from frontleak.report.interface import Look
from frontleak.rules.load import load_rules
from frontleak.scanning.env_values import EnvRequest
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.triage.group import group
from tests.support.env_values import fake
from tests.support.made import rendered

TOKEN: Final = fake_token("naive")
IN_MAP: Final = fake_token("naive-map")
HARD_CODED: Final = "robot-of-the-guestbook-2024-ab12"
WEAK: Final = "sesamesesame"
WEAKER: Final = "sesame"
SERVED: Final = "letmein-served-env-99"
OF_VARIABLE: Final = fake(71)
VALUES: Final = (TOKEN, IN_MAP, HARD_CODED, WEAK, WEAKER, SERVED, OF_VARIABLE)
_RUN: Final = 12
"""Characters of a value in a row that count as the value."""

RULES: Final = """
id: test-pass-word
name: pass word of the test
severity: high
confidence: low
pattern: passWordOfTheTest="(?P<secret>[a-z]{6,12})"
samples: {sample: '[a-z]{8}'}
examples: ['passWordOfTheTest="{sample}"']
silent: ['passWordOfTheTest=""']
why: It opens the test.
fix: Close the test.
references: ['https://example.com/test']
"""
FILES: Final[Mapping[str, str]] = {
    "package.json": '{"private": true, "dependencies": {"next": "15.0.0", "@sanity/client": "7.0.0"}}',
    "next.config.js": "module.exports = {env: {SANITY_API_TOKEN: process.env.SANITY_API_TOKEN}}",
    ".env": f"NEXT_PUBLIC_SANITY_TOKEN={HARD_CODED}\n",
    "like.jsx": "'use client'\nimport {client} from './client'\nclient.withConfig({token: process.env.SANITY_TOKEN})",
    "book.jsx": "'use client'\nimport {createClient} from '@sanity/client'\n"
    f"export const book = createClient({{projectId: 'abcd1234', token: '{HARD_CODED}'}})",
    "client.js": "import {createClient} from '@sanity/client'\nexport const client = createClient({token: process.env.T})",
    "out/app.js": f'a({{projectId:"abcd1234",token:"{TOKEN}"}});passWordOfTheTest="{WEAK}";passWordOfTheTest="{WEAKER}"',
    "out/lib.js.map": json.dumps({"version": 3, "sources": ["a.js"], "sourcesContent": [f"t='{IN_MAP}'"]}),
    "out/.env": f"PASS={SERVED}\n",
    "out/env.js": f"let a = '{OF_VARIABLE}'",
    "variables.env": f"INTERNAL_KEY={OF_VARIABLE}\nNEXT_PUBLIC_ADMIN_SECRET={OF_VARIABLE}\n",
}


def attributes(value: object) -> Iterator[tuple[str, object]]:
    """Yield every attribute of an object that is not a method, private ones too: a format could read them."""
    for name in dir(value):
        if not (name.startswith("__") and name.endswith("__")):
            try:
                found = getattr(value, name)
            except (AttributeError, LookupError):
                continue
            if not callable(found):
                yield name, found


def everything(value: object, path: str = "", above: tuple[int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of all that an object leads to."""
    if id(value) in above or isinstance(value, re.Pattern):
        return
    above = (*above, id(value))
    if value is None or isinstance(value, (str, bytes, int, float, enum.Enum)):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        yield path, text
        return
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield f"{path}[]", str(key)
            yield from everything(each, f"{path}[{key}]", above)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for index, each in enumerate(value):
            yield from everything(each, f"{path}[{index}]", above)
    else:
        yield path, repr(value)
        for name, each in attributes(value):
            yield from everything(each, f"{path}.{name}", above)


def render(report: Report, _look: Look) -> Iterator[str]:
    return (f"{path}\t{text}\n" for path, text in everything(report))


@dataclasses.dataclass(frozen=True)
class Scanned:
    """A report, and the detections that it was made of."""

    report: Report
    detections: tuple[Detection, ...]

    @property
    def all(self) -> tuple[Finding, ...]:
        """Findings of every list."""
        return (*self.report.findings, *self.report.hidden, *self.report.suppressed)

    @property
    def not_secret(self) -> tuple[Finding, ...]:
        """Findings where nothing is secret."""
        return tuple(finding for finding in self.all if finding.secret is None)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    """Scan code, settings, served files and secrets, good and bad ones."""
    folder = tmp_path_factory.mktemp("naive")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "out" / "app.js.gz").write_bytes(gzip.compress((FILES["out/app.js"] + "//").encode()))
    rules = folder.with_name("rules.yaml")
    rules.write_text(RULES, "utf-8")
    kept: list[Detection] = []

    def keeping(detections: list[Detection], by_id: Mapping[str, Rule], *further: Any) -> list[Finding]:
        kept.extend(detections)
        return group(detections, by_id, *further)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("frontleak.scanning.judging.group", keeping)
        env = EnvRequest(
            settings=[
                Setting(EnvVariable("INTERNAL_KEY", "variables.env", 1), OF_VARIABLE),
                Setting(EnvVariable("NEXT_PUBLIC_ADMIN_SECRET", "variables.env", 2, "NEXT_PUBLIC_"), OF_VARIABLE),
            ]
        )
        options = ScanOptions(paths=(".",), jobs=1, show_public=True, show_server=True, env=env)
        report = scan(load_rules((rules,)), options)
    yield Scanned(report, tuple(kept))


@pytest.fixture(scope="module")
def printed(scanned: Scanned) -> str:
    return rendered(scanned.report, render)


# --- nothing is given away -------------------------------------------------------------------------------------------


def forms(value: str) -> Iterator[str]:
    """Yield texts that give a value away: its runs, and all of it in the usual encodings."""
    for start in range(max(1, len(value) - _RUN + 1)):
        yield value[start : start + _RUN]
    yield base64.b64encode(value.encode()).decode().rstrip("=")[:-1]
    yield value.encode().hex()


@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_printed(value: str, printed: str) -> None:
    assert not [form for form in forms(value) if form in printed]


@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_in_a_copy_of_any_kind(value: str, scanned: Scanned) -> None:
    copies = repr(scanned.report), str(dataclasses.asdict(scanned.report)), repr(pickle.dumps(scanned.report))
    assert not [form for form in forms(value) for copy in copies if form in copy]


def test_no_secret_of_a_report_can_be_asked_for_its_value(scanned: Scanned) -> None:
    secrets = [finding.secret for finding in scanned.all if finding.secret is not None]
    assert len(secrets) >= 4
    for secret in secrets:
        with pytest.raises(LookupError):
            secret.reveal()


def test_no_identity_is_printed_where_nothing_is_secret(scanned: Scanned, printed: str) -> None:
    identities = {detection.identity for detection in scanned.detections if detection.secret is None}
    assert len(identities) >= 5
    assert not [identity for identity in identities if identity in printed]


def test_an_identity_is_printed_only_as_the_digest_of_a_secret(scanned: Scanned) -> None:
    identities = {detection.identity for detection in scanned.detections}
    shown = {path for path, text in everything(scanned.report) if any(identity in text for identity in identities)}
    assert shown
    assert all(path.endswith(".secret.digest") for path in shown)


def test_where_nothing_is_secret_nothing_looks_like_a_secret(scanned: Scanned) -> None:
    """No digest but the fingerprint, no redacted value, no run of letters and digits such as a token."""
    token_like = re.compile(r"(?=[A-Za-z+/_=-]*\d)(?=[\d+/_=-]*[A-Za-z])[A-Za-z0-9+/_=-]{24,}|[0-9a-f]{16,}")
    for finding in scanned.not_secret:
        for path, text in everything(finding):
            if path.startswith(".rule") or path in {"", ".fingerprint"}:
                continue  # what is shipped with the tool; the repr, whose parts follow
            assert not token_like.search(text), (path, text)
            assert not re.search(r"…\(\d+ characters\)", text), (path, text)


# --- the format would print it ---------------------------------------------------------------------------------------


def test_the_report_has_findings_of_every_kind(scanned: Scanned) -> None:
    assert {finding.kind for finding in scanned.all} == set(RuleKind)
    assert {finding.kind for finding in scanned.not_secret} == set(RuleKind) - {RuleKind.PATTERN, RuleKind.ENV_VALUE}
    pattern = [finding for finding in scanned.all if finding.rule_id == "test-pass-word"]
    assert {finding.secret.redacted for finding in pattern if finding.secret} == {
        "se…(12 characters)",
        "…(6 characters)",
    }


def test_the_format_prints_all_that_a_finding_says(scanned: Scanned, printed: str) -> None:
    for finding in scanned.all:
        assert f"\t{finding.fingerprint}\n" in printed
        assert finding.secret is None or f"\t{finding.secret.redacted}\n" in printed
        assert f"\t{finding.title}\n" in printed
        assert f"\t{finding.place.origin.path}\n" in printed


@pytest.mark.parametrize("where", ["_private", "public", "listed", "keyed"])
def test_the_format_finds_a_value_wherever_it_is(where: str, scanned: Scanned) -> None:
    class Holder:
        def __init__(self) -> None:
            held: Any = {"listed": [TOKEN.encode()], "keyed": {"a": {"b": TOKEN}}}.get(where, TOKEN)
            setattr(self, where, held)

    leaking = dataclasses.replace(scanned.report, coverage=Holder())  # type: ignore[arg-type]
    assert TOKEN in rendered(leaking, render)


def test_the_format_prints_the_identity_of_a_detection(scanned: Scanned) -> None:
    """Detections have one; reports must not hold them."""
    detection = next(each for each in scanned.detections if each.secret is None)
    leaking = dataclasses.replace(scanned.report, findings=(detection,))  # type: ignore[arg-type]
    assert detection.identity in rendered(leaking, render)
