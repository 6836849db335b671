"""A report with everything that a report can have, each text of it hostile: no format breaks, and none leaves a part out."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from markdown_it import MarkdownIt

from fixtures.fakes import fake_token
from frontleak.core.diagnostic import Code, incomplete, note
from frontleak.core.finding import Hop, Original
from frontleak.core.history import CommitDate, History
from frontleak.core.origins import FileOrigin, MemberOrigin
from frontleak.core.records import replace
from frontleak.core.report import Narrowing, Report
from frontleak.core.secret import printable
from frontleak.core.suppression import Suppression, SuppressionKind
from frontleak.core.verdict import Call, Holder, Scope, Status, Verdict
from frontleak.core.vocabulary import Exposure, Role
from frontleak.report.interface import Reporter
from frontleak.report.registry import REPORTERS
from tests.support.hostile import runner_commands
from tests.support.made import rendered, scan_paths

EVIL: Final = (
    "\n::error::x\n##[error]y ##vso[z]\x1b[31m\u202e</script><img src=x onerror=alert(1)>\"' onload='x ]]> <!-- "
    "`a` ```b``` [l](javascript:x) ![i](x) |c| *d* $e$ @f\n# g\n- h\n1. i\n&amp; %0A, : ; javascript:alert(1)\uffff"
)
MARKS: Final = {
    name: f"mark-{name}"
    for name in ("verdict", "reason", "context", "shipped", "hop", "label", "skip", "title", "fix", "why")
}
every_format: Final = pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)


def evil(name: str) -> str:
    return f"{EVIL}{MARKS[name]}{EVIL}"


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.js").write_text(f'a("{fake_token("full")}")', "utf-8")
    report = scan_paths(".")
    (found,) = report.findings
    rule = replace(
        found.rule,
        name=evil("title"),
        fix=evil("fix"),
        why=evil("why"),
        references=("https://example.com/a?b=c&d", "javascript:alert(1)"),
    )
    place = replace(
        found.place,
        label=evil("label"),
        via=("base64", "hex"),
        original=Original(path=f"src/{EVIL}.ts", line=3, column=4, exists=False),
    )
    places = [replace(place, line=at, role=role) for at, role in enumerate((None, *Role), start=2)]
    packed = replace(place, origin=MemberOrigin(container=FileOrigin(path=f"z{EVIL}.zip"), member=f"m{EVIL}.js"))
    finding = replace(
        found,
        rule=rule,
        place=place,
        also_at=tuple(places * 60),
        context={"project_id": (evil("context"), "b"), EVIL: ("c",)},
        import_path=tuple(
            Hop(
                origin=FileOrigin(path=f"{at}{EVIL}.tsx"),
                line=at,
                column=1,
                why=EVIL if at == 1 else "",
                text=printable(evil("hop")),
            )
            for at in (1, 2, 3)
        ),
        shipped=evil("shipped"),
        verdict=Verdict(
            status=Status.ACTIVE,
            reason=evil("reason"),
            summary=evil("verdict"),
            kind=Holder.ROBOT,
            scope=Scope.CAN_WRITE,
            label=EVIL,
            evidence=(EVIL,),
        ),
        history=History(brought=CommitDate(id="ab" * 20, seconds=0), removed=None, in_head=True),
    )
    suppression = Suppression(SuppressionKind.COMMENT, EVIL, f"a{EVIL}.js:1")
    in_archive = replace(finding, place=packed, fingerprint="1" * 32)
    return replace(
        report,
        findings=(finding, in_archive),
        hidden=(replace(found, exposure=Exposure.PUBLIC),),
        suppressed=(replace(finding, suppression=suppression, fingerprint="2" * 32),),
        skipped=(
            incomplete(Code.UNREADABLE, FileOrigin(path=f"b{EVIL}.js"), evil("skip")),
            note(Code.TOO_LARGE, FileOrigin(path=f"c{EVIL}.js"), EVIL),
        ),
        coverage=replace(report.coverage, narrowing=Narrowing(file=f"d{EVIL}.yaml", excluded=3), ignored=2, pruned=1),
        rules={**report.rules, rule.id: rule},
        calls=(Call(method="GET", host="api.example.com", path="/v1", status=200, error=EVIL, milliseconds=3),),
    )


@every_format
def test_no_format_breaks(reporter: Reporter, full: Report) -> None:
    text = rendered(full, reporter)
    lines = text.splitlines()
    assert set(runner_commands(text)) <= ({"error", "warning"} if reporter.name == "github" else set())
    assert printable(text.replace("\n", "")) == text.replace("\n", "")
    assert not [line for line in lines if line.lstrip().startswith(("# g", "- h", "1. i"))]
    assert "##[" not in text
    assert "##vso[" not in text


@every_format
def test_no_format_leaves_out_what_it_is_for(reporter: Reporter, full: Report) -> None:
    text = rendered(full, reporter)
    needed = {"title", "fix"}
    match reporter.name:
        case "text" | "json" | "jsonl" | "html" | "markdown" | "github-summary":
            needed = set(MARKS)
        case "sarif":
            needed = set(MARKS) - {"shipped"}
        case "github" | "checkstyle" | "junit" | "gitlab-secrets":
            needed |= {"verdict", "reason", "context", "label", "skip"}
        case "gitlab-codequality":
            needed = {"title", "verdict", "reason", "context", "label"}
    assert sorted(name for name in needed if MARKS[name] not in text.replace("\\-", "-")) == []


@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_xml_is_well_formed(name: str, full: Report) -> None:
    (reporter,) = (each for each in REPORTERS if each.name == name)
    ET.fromstring(rendered(full, reporter))


@pytest.mark.parametrize("name", ["json", "sarif", "gitlab-secrets", "gitlab-codequality"])
def test_json_is_valid(name: str, full: Report) -> None:
    (reporter,) = (each for each in REPORTERS if each.name == name)
    json.loads(rendered(full, reporter))


@pytest.mark.parametrize("name", ["markdown", "github-summary"])
def test_markdown_has_no_markup_of_others(name: str, full: Report) -> None:
    (reporter,) = (each for each in REPORTERS if each.name == name)
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(rendered(full, reporter))
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "em_open", "s_open", "blockquote_open"}


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def test_html_has_no_elements_of_others(full: Report) -> None:
    (reporter,) = (each for each in REPORTERS if each.name == "html")
    page = Tags()
    page.feed(rendered(full, reporter))
    assert not page.tags & {"img", "iframe", "object", "embed", "base", "link", "b", "audio", "video"}
    assert not {name for name in page.attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}}
    assert {link.partition(":")[0] for link in page.links if not link.startswith("#")} == {"https"}
    assert page.comments == []
