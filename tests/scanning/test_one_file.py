"""A scan of one file says the same with what earlier scans kept about its tree, and reads no more than it needs."""

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from fixtures.fakes import fake_token
from frontleak.core import cache
from frontleak.core.finding import Finding
from frontleak.core.records import replace
from frontleak.files.interface import GitSelection
from frontleak.js.parsed_files import ParsedFiles
from frontleak.modulegraph import tree_cache
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.resolve.file_tree import DiskFileTree
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.scanning.walked_sources import WalkedSources
from tests.acceptance.support import git, repository, write
from tests.acceptance.test_source_fixtures_shape import PROJECTS, SOURCES
from tests.support.code import package
from tests.support.filled import copy_filled, files
from tests.support.shipped import full_set

LONG_AGO = time.time() - 3_600
CODE = {".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte", ".astro", ".html"}

Said = tuple[Any, ...]


class Kept:
    """A cache of trees in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.is_used = True

    def read(self, name: str) -> bytes | None:
        return self.files.get(name) if self.is_used else None

    def write(self, name: str, data: bytes) -> None:
        if self.is_used:
            self.files[name] = data


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Keep something about every tree, however small, in memory."""
    held = Kept()
    read, put = cache.read, cache.write
    monkeypatch.setattr(cache, "read", lambda name: held.read(name) if name.startswith("tree-") else read(name))
    monkeypatch.setattr(
        cache, "write", lambda name, data: held.write(name, data) if name.startswith("tree-") else put(name, data)
    )
    for module in ("modulegraph.tree_cache", "misuse.project_files"):
        monkeypatch.setattr(f"frontleak.{module}.LARGE", 1)
    monkeypatch.setattr(tree_cache, "_MOST_CHANGED", 0)
    return held


def age(root: Path) -> None:
    for path in (*root.rglob("*"), root):
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


def said(path: Path, held: Kept | None = None) -> Said:
    """Scan one file, with a cache or without, and return all that the report says."""
    if held is not None:
        held.is_used = True
    report = scan(full_set(), ScanOptions(paths=(str(path),), jobs=1))
    coverage = replace(report.coverage, code={**report.coverage.code, "parsed": 0})  # which files depends on the way
    return report.findings, report.skipped, coverage


def lines(findings: Iterable[Finding]) -> set[tuple[str, int]]:
    """Return (path, line) of each finding."""
    return {(finding.place.origin.path, finding.place.line) for finding in findings}


def compared(root: Path, held: Kept) -> set[tuple[str, int]]:
    """Scan each file of a tree in all ways; return the lines with findings in a file that was named."""
    found: set[tuple[str, int]] = set()
    for path in (each for each in files(root) if each.suffix in CODE):
        held.is_used = False
        plain = said(path)
        assert said(path, held) == plain, f"{path} the first time"
        assert said(path, held) == plain, f"{path} with what was kept"
        name = path.relative_to(root).as_posix()
        found |= {line for line in lines(plain[0]) if line[0] == name}
    return found


@pytest.mark.parametrize("project", PROJECTS)
def test_each_file_of_a_project(project: str, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_filled(SOURCES / project / "misuse", tmp_path / "misuse")
    (root / ".git").mkdir()
    age(root)
    monkeypatch.chdir(root)
    found = compared(root, kept)
    assert kept.files
    whole = scan(full_set(), ScanOptions(paths=(".",), jobs=1)).findings
    code = {line for line in lines(whole) if Path(line[0]).suffix in CODE}
    assert code
    assert code <= found  # several findings of one variable are joined in a scan of the whole tree


APP = {
    "package.json": package("@sanity/client", "next", "react"),
    ".gitignore": "ignored/\n",
    "src/lib/client.ts": "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({token: process.env.SANITY_API_TOKEN})\n",
    "src/lib/barrel.ts": "export * from './client'\n",
    "src/lib/other.ts": "export const other = 1\n",
    "src/components/Button.tsx": "'use client'\nimport {other} from '../lib/other'\nexport const Button = () => other\n",
    "src/components/Deep.tsx": "import {other} from '../lib/other'\nexport const Deep = () => other\n",
    "src/app/page.tsx": "import {Button} from '../components/Button'\nexport default () => <Button />\n",
    "docs/notes/readme.txt": "nothing\n",
    **{f"src/more/m{number}.ts": f"import './m{number + 1}'\n" for number in range(30)},
}
CHANGES: dict[str, dict[str, str | None]] = {
    "nothing": {},
    "an importer": {
        "src/components/Button.tsx": "'use client'\nimport {client} from '../lib/client'\nclient.fetch('*')\n"
    },
    "an importer of an importer": {
        "src/components/Deep.tsx": "import {client} from '../lib/barrel'\nexport const Deep = () => client.fetch('*')\n",
        "src/components/Button.tsx": "'use client'\nimport {Deep} from './Deep'\nexport const Button = () => <Deep />\n",
    },
    "a directive": {"src/lib/client.ts": "'use client'\n" + APP["src/lib/client.ts"]},
    "a new file": {"src/components/New.tsx": "'use client'\nimport {client} from '@/lib/client'\nclient.fetch('*')\n"},
    "a new file in a folder without code": {
        "docs/notes/page.tsx": "'use client'\nimport {client} from '../../src/lib/client'\nclient.fetch('*')\n"
    },
    "an alias": {
        "tsconfig.json": '{"compilerOptions": {"paths": {"x": ["./src/lib/client.ts"]}}}',
        "src/components/Button.tsx": "'use client'\nimport {client} from 'x'\nclient.fetch('*')\n",
    },
    "a file that is not ignored any more": {
        ".gitignore": "",
        "ignored/a.tsx": "'use client'\nimport '../src/lib/client'\n",
    },
    "an alias of a bundler": {
        "vite.config.ts": "export default {resolve: {alias: {'~x': './src/lib/client'}}}",
        "src/components/Button.tsx": "'use client'\nimport {client} from '~x'\nclient.fetch('*')\n",
    },
    "another alias of a bundler": {
        "vite.config.ts": "export default {resolve: {alias: {'~x': './src/lib/other'}}}",
        "src/components/Button.tsx": "'use client'\nimport {client} from '~x'\nclient.fetch('*')\n",
    },
    "a removed importer": {"src/components/Button.tsx": None},
    "another package.json": {"package.json": package("@sanity/client", "vite")},
    "an importer that goes": {
        "src/components/Deep.tsx": "'use client'\nimport {client} from '../lib/client'\nclient.fetch('*')\n"
    },
}


def change(root: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        file = root / name
        if text is None:
            file.unlink(missing_ok=True)
        elif not file.exists() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")


@pytest.mark.parametrize("before", ["nothing", "an importer", "an importer that goes", "an alias of a bundler"])
@pytest.mark.parametrize("after", CHANGES)
def test_what_changed_since_counts(
    before: str, after: str, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "app", APP)
    (root / ".git").mkdir()
    change(root, CHANGES[before])
    age(root)
    monkeypatch.chdir(root)
    named = [root / name for name in ("src/lib/client.ts", "src/components/Button.tsx", "src/lib/other.ts")]
    for path in filter(Path.exists, named):
        said(path, kept)
    change(root, CHANGES[after])
    for path in filter(Path.exists, named):
        kept.is_used = False
        plain = said(path)
        assert said(path, kept) == plain, path
        assert said(path, kept) == plain, path


def test_the_changes_change_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Kept) -> None:
    kept.is_used = False
    answers = {}
    for name, files_changed in CHANGES.items():
        root = write(tmp_path / name.replace(" ", "-"), APP)
        (root / ".git").mkdir()
        change(root, files_changed)
        monkeypatch.chdir(root)
        answers[name] = len(said(root / "src/lib/client.ts")[0])
    silent = {"nothing", "another alias of a bundler", "a removed importer", "another package.json"}
    assert {name for name, count in answers.items() if not count} == silent


class Work:
    """Counts what a scan does with a tree."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        self.walked: list[str] = []
        self.parsed: list[str] = []
        self.listed: list[str] = []
        for owner, name, seen in (
            (FileSummaries, "_computed", self.read),
            (WalkedSources, "below", self.walked),
            (ParsedFiles, "_load", self.parsed),
            (DiskFileTree, "_list", self.listed),
        ):
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name), seen))

    def _counted(self, function: Callable[..., Any], seen: list[str]) -> Callable[..., Any]:
        def counted(owner: object, path: str, *others: Any) -> Any:
            seen.append(path.rpartition("/")[2])
            return function(owner, path, *others)

        return counted


@pytest.fixture
def warm(tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a tree of which something is kept."""
    root = write(tmp_path / "app", APP)
    (root / ".git").mkdir()
    change(root, CHANGES["an importer"])
    age(root)
    monkeypatch.chdir(root)
    said(root / "src/lib/client.ts", kept)
    return root


def test_a_file_without_triggers_or_imports_touches_no_tree(
    warm: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(monkeypatch)
    kept.read = lambda name: pytest.fail(f"{name} was loaded")  # type: ignore[method-assign]
    assert not said(warm / "src/lib/other.ts")[0]
    assert (work.read, work.walked, work.parsed, work.listed) == ([], [], [], [])


def test_a_file_that_changed_is_read_alone(warm: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    file = warm / "src/lib/client.ts"
    file.write_text(file.read_text() + "// changed\n")
    work = Work(monkeypatch)
    assert said(file, kept)[0]
    assert (work.read, work.walked) == (["client.ts"], [])
    assert set(work.parsed) == {"client.ts", "Button.tsx"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"\xff" * len(data),
        lambda data: json.dumps([[[], []], {}]).encode(),
        lambda data: b"\0\0\0\x0a[null, {}]",
        lambda data: b"\0\0\0\x02[]",
    ],
    ids=["empty", "half", "short", "long", "noise", "another form", "no state", "no header"],
)
def test_a_damaged_cache_is_not_used(
    spoil: Callable[[bytes], bytes], warm: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.files = {name: spoil(data) for name, data in kept.files.items()}
    work = Work(monkeypatch)
    assert said(warm / "src/lib/client.ts", kept)[0]
    assert len(work.walked) == 1


def test_no_value_of_a_secret_is_kept(warm: Path, kept: Kept) -> None:
    token = fake_token("one-file")
    (warm / "src/lib/client.ts").write_text(
        f"import {{createClient}} from '@sanity/client'\nimport './{token}'\nrequire('{token[:60]}')\n"
        f"export const client = createClient({{token: '{token}'}})\n"
    )
    (warm / f"src/lib/{token[2:80]}.ts").write_text("import './client'\n")
    (warm / f"src/more/{token[90:140]}").mkdir()
    (warm / f"src/more/{token[90:140]}/inner.ts").write_text("import '../m1'\n")
    age(warm)
    kept.files.clear()
    said(warm / "src/lib/client.ts", kept)
    data = b"".join(kept.files.values())
    assert b"m7" in data
    assert not [start for start in range(len(token) - 12) if token[start : start + 12].encode() in data]


STAGED = ("nothing", "an importer", "an importer of an importer", "a new file", "an alias", "a removed importer")


@pytest.mark.parametrize("before", ["nothing", "an importer"])
@pytest.mark.parametrize("after", STAGED)
def test_what_is_staged_counts(
    before: str, after: str, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(write(tmp_path / "app", APP))
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    change(root, CHANGES[before])
    age(root)
    git(root, "add", "-A")
    monkeypatch.chdir(root)
    options = ScanOptions(paths=(), git=GitSelection("staged"), jobs=1)

    def staged() -> Said:
        report = scan(full_set(), options)
        return report.findings, report.skipped

    (root / "src/lib/client.ts").write_text(APP["src/lib/client.ts"] + "// staged\n")
    git(root, "add", "-A")
    first = staged()
    assert staged() == first
    change(root, CHANGES[after])
    git(root, "add", "-A")
    (root / "src/lib/client.ts").write_text("not staged")
    kept.is_used = False
    plain = staged()
    kept.is_used = True
    assert staged() == plain
    work = Work(monkeypatch)
    assert staged() == plain
    assert work.read == []
    decides = before if after == "nothing" else after
    assert bool(plain[0]) is (decides not in {"nothing", "a removed importer"})
