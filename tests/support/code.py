"""Small source projects: scanned from disk, or in memory to test one stage."""

import contextlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.run_budget import RunBudget
from frontleak.core.vocabulary import RuleKind
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.scopes import parse_module
from frontleak.misuse.analyse import CodeResult, analyse
from frontleak.misuse.project_files import projects
from frontleak.resolve.resolver import ImportResolver, ResolvedFile
from frontleak.rules.misuse_rule import MisuseRule
from tests.acceptance.support import write
from tests.support.made import scan_paths
from tests.support.shipped import full_set
from tests.support.tree import DictFiles

Texts = Mapping[str, str | bytes]
"""Path -> content."""
_MISUSE: Final = frozenset({RuleKind.USAGE, RuleKind.ENV_NAME, RuleKind.CONFIG})


def package(*dependencies: str) -> str:
    """Return the package.json of an app with dependencies."""
    return json.dumps({"private": True, "dependencies": dict.fromkeys(dependencies, "1.0.0")})


def scanned(files: Texts, *named: str) -> Report:
    """Scan a tree, or the named files in it, and return the report."""
    with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
        write(Path(folder), files)
        with contextlib.chdir(folder):
            return scan_paths(*(named or (".",)))


def misuse(files: Texts, *named: str) -> list[Finding]:
    """Return the code findings in a tree, sorted by place."""
    found = [finding for finding in scanned(files, *named).findings if finding.kind in _MISUSE]
    return sorted(found, key=lambda finding: (finding.place.origin.path, finding.place.offset, finding.rule_id))


def places(files: Texts, rule: str = "", *named: str) -> list[str]:
    """Return `path:line` of the code findings in a tree, optionally of one rule."""
    return [
        f"{finding.place.origin.path}:{finding.place.line}"
        for finding in misuse(files, *named)
        if rule in ("", finding.rule_id)
    ]


def analysed(files: Texts, budget: RunBudget | None = None) -> CodeResult:
    """Analyse a tree with all code rules, without the engine: every file is a candidate."""
    rules = [rule for rule in full_set().others if isinstance(rule, MisuseRule)]
    with tempfile.TemporaryDirectory(prefix="frontleak-") as folder:
        root = write(Path(folder).resolve(), files).as_posix()
        paths = [f"{root}/{path}" for path in files]
        candidates = [path for path in paths if not path.endswith(".json")]
        found = projects(candidates, paths, [root], lambda _: ())
        return analyse(found, rules, lambda path: path.removeprefix(root).lstrip("/"), budget=budget)


def references(files: Texts) -> References:
    """Return the references of a tree in memory; absolute paths start with one slash."""
    tree = DictFiles(files)
    resolver = ImportResolver(tree)

    def resolve(specifier: str, importer: str) -> str | None:
        found = resolver.resolve(specifier, importer.removeprefix("/"))
        return f"/{found.path}" if isinstance(found, ResolvedFile) else None

    return References(lambda path: tree.read(path.removeprefix("/")), resolve)


def module(text: str | bytes, path: str = "/a.ts") -> Module:
    """Return the first script of a file."""
    data = text if isinstance(text, bytes) else text.encode()
    found = parse_module(path, embedded_scripts(path, data)[0])
    assert found is not None
    return found


def expr(within: Module, text: str) -> Expr:
    """Return the expression at the last occurrence of a text in a module."""
    start = within.source.rindex(text.encode())
    node = within.root.descendant_for_byte_range(start, start + len(text.encode()))
    assert node is not None
    return Expr(within, node)
