"""A large project is analysed by several processes, with the same result."""

import os
import sys
from pathlib import Path

import pytest

from frontleak.core.diagnostic import Code
from frontleak.misuse import analyse
from frontleak.misuse.analyse import MOST_ALONE
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.scanning.spread import spread_over
from tests.acceptance.support import write
from tests.support.code import package
from tests.support.shipped import full_set

FILES = MOST_ALONE + 40
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a project that is large enough."""
    files: dict[str, str | bytes] = {
        f"src/a{number}.tsx": (
            "'use client'\nimport {createClient} from '@sanity/client'\nimport {shared} from './shared'\n"
            f"export const c{number} = createClient({{token: import.meta.env.VITE_T{number % 7}, useCdn: shared}})\n"
            f"c{number}.patch('a').inc({{n: 1}}).commit()\n"
        )
        for number in range(FILES)
    }
    files["src/a3.tsx"] = (
        "'use client'\nimport {createClient} from '@sanity/client'\nconst a = = createClient({token: x})"
    )
    root = write(
        tmp_path,
        {"package.json": package("@sanity/client", "vite"), "src/shared.ts": "export const shared = 1", **files},
    )
    monkeypatch.chdir(root)
    monkeypatch.setattr("frontleak.scanning.options.default_jobs", lambda: 2)


def report(jobs: int) -> tuple[object, ...]:
    found = scan(full_set(), ScanOptions(jobs=jobs))
    return found.findings, found.skipped, found.coverage


@pytest.mark.usefixtures("tree")
def test_the_report_does_not_depend_on_the_number_of_processes() -> None:
    alone = report(1)
    assert len(alone[0]) > 0  # type: ignore[arg-type]
    assert "could not be parsed" in str(alone[1])
    assert report(2) == alone


@pytest.mark.usefixtures("tree")
def test_the_work_is_done_by_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    looked = analyse._misuses

    def elsewhere(*arguments: object) -> object:
        assert os.getpid() != here
        return looked(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "_misuses", elsewhere)
    report(2)


@pytest.mark.usefixtures("tree")
def test_a_process_that_dies_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = analyse._misuses

    def dying(project: object, rules: object, path: str) -> object:
        if path.endswith("/a9.tsx"):
            os._exit(9)
        return looked(project, rules, path)  # type: ignore[arg-type]

    monkeypatch.setattr(analyse, "_misuses", dying)
    found = scan(full_set(), ScanOptions(jobs=2))
    (lost,) = [each for each in found.skipped if each.code is Code.WORKER_DIED]
    assert lost.origin.path == "src/a9.tsx"
    assert lost.incomplete
    assert lost.message == "the worker process died while analysing it (exit code 9)"
    assert len(found.findings) > 0


def test_one_job_spreads_nothing() -> None:
    assert spread_over(1) is None
