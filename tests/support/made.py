"""Builders of rules, rule sets and reports for tests."""

import io
from collections.abc import Callable, Iterator, Sequence

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.detection import Detection
from frontleak.core.finding import Finding
from frontleak.core.origins import FileOrigin
from frontleak.core.report import Report
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Exposure
from frontleak.match.context import NearbyFinder
from frontleak.match.engine import Engine, EngineName
from frontleak.report.interface import Look, Reporter
from frontleak.rules.compile import build_rule
from frontleak.rules.documents import Document
from frontleak.rules.pattern_rule import PatternRule, Trigger
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import parse
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.rules.ruleset import RuleSet, digest_of
from frontleak.scanning.blob import scan_blob
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.triage.group import group
from tests.support.shipped import full_engine, full_set

ENGINES: tuple[EngineName, ...] = ("hyperscan", "regex")


def make_rule(
    pattern: str,
    *,
    name: str = "test-rule",
    near: str = "",
    within: int = 100,
    require: dict[str, object] | None = None,
    severity: str = "high",
    confidence: str = "high",
    allow: tuple[str, ...] = (),
    macros: dict[str, str] | None = None,
    common_beginning: bool = False,
) -> PatternRule:
    """Compile a rule from the given fields, with neutral values in all others."""
    syntax = RuleSyntax(
        id=name,
        name=f"the value of {name}",
        severity=severity,
        confidence=confidence,
        pattern=pattern,
        near={"pattern": near, "within": within} if near else {},
        require=require or {},
        allow=allow,
        common_beginning=common_beginning,
        samples={"sample": "x"},
        examples=("{sample}",),
        silent=("y",),
        why="It opens the test.",
        fix="Close the test.",
        references=("https://example.com/test",),
        document=Document(file="test.yaml", value={}, lines={}),
    )
    rule, mistakes = build_rule(syntax, macros or {})
    assert rule is not None, mistakes
    return rule


def make_set(*rules: PatternRule, triggers: tuple[Trigger, ...] = ()) -> RuleSet:
    """Build a rule set, sorted by id as in `load_rules`."""
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    digest = digest_of(*(repr(rule) for rule in ordered), *(repr(trigger) for trigger in triggers))
    return RuleSet(rules=ordered, contexts={}, triggers=triggers, digest=digest)


def make_trigger(name: str, pattern: str) -> Trigger:
    """Compile a trigger as in rules/triggers.yaml."""
    return Trigger(name=name, prefilter=prefilter_of(parse(pattern), whole=True))


def found_by(engine: Engine, text: bytes) -> list[tuple[str, bytes]]:
    """Return (rule id, secret) of every match."""
    return [(match.rule.id, text[match.start : match.end]) for match in engine.scan(text).matches]


def scan_text(text: bytes | str, path: str = "app.js", engine: Engine | None = None) -> BlobResult:
    """Scan a text as a served file, with all rules unless an engine is given."""
    data = text if isinstance(text, bytes) else text.encode()
    blob = Blob(origin=FileOrigin(path=path), data=data, exposure=Exposure.SERVED)
    return scan_blob(blob, engine or full_engine())


def one_detection(text: bytes | str, path: str = "app.js", engine: Engine | None = None) -> Detection:
    """Return the only detection in a text."""
    detections = scan_text(text, path, engine).detections
    assert len(detections) == 1, [detection.rule_id for detection in detections]
    return detections[0]


def one_finding(text: bytes | str, path: str = "app.js") -> Finding:
    """Return the only finding in a text, made of its detections by the shipped rules."""
    (finding,) = group(scan_text(text, path).detections, full_set().by_id())
    return finding


def secret_of(found: Detection | Finding) -> Secret:
    """Return the secret of something that has one."""
    assert found.secret is not None
    return found.secret


def scan_stream(text: bytes | str, ruleset: RuleSet | None = None, *, reveal: bool = False) -> Report:
    """Scan standard input and return the report."""
    stream = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return scan(ruleset or full_set(), ScanOptions(paths=("-",), reveal=reveal), stdin=stream)


def scan_paths(*paths: str, jobs: int = 1, show_public: bool = False, ruleset: RuleSet | None = None) -> Report:
    """Scan files and folders and return the report."""
    return scan(ruleset or full_set(), ScanOptions(paths=paths, jobs=jobs, show_public=show_public))


def rendered(report: Report, reporter: Reporter | Callable[[Report, Look], Iterator[str]]) -> str:
    """Render a report without colour."""
    render = reporter.render if isinstance(reporter, Reporter) else reporter
    return "".join(render(report, Look()))


def near_holds(rule: PatternRule, text: bytes, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Query one finder with several spans, in order."""
    assert rule.near is not None
    finder = NearbyFinder(rule.near, text)
    return [finder.holds(start, end) for start, end in spans]
