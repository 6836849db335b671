"""What one run may use: counted over all files and all workers; each limit is reported once."""

import base64
import gzip
import multiprocessing

import pytest

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code
from frontleak.core.origins import FileOrigin
from frontleak.core.run_budget import RUN_LIMITS, Resource, RunBudget
from frontleak.core.vocabulary import Exposure
from frontleak.scanning.options import MAX_FILE_SIZE, WorkerOptions
from frontleak.scanning.pool import Pool, start_method
from frontleak.scanning.worker import Worker
from tests.files.archives.test_expand import zipped
from tests.support.code import analysed, package
from tests.support.shipped import fake, full_set


def limited(**limits: int) -> RunBudget:
    """Return a budget with the usual limits but for some."""
    return RunBudget(tuple(limits.get(resource.name, RUN_LIMITS[resource]) for resource in Resource))


def worker(budget: RunBudget) -> Worker:
    return Worker(full_set(), WorkerOptions(max_file_size=MAX_FILE_SIZE), budget)


def blob(data: bytes, name: str = "a.js") -> Blob:
    return Blob(origin=FileOrigin(path=name), data=data, exposure=Exposure.SERVED)


TOKENS = "\n".join(f"'{fake('sanity-token', number)}'" for number in range(4)).encode()
ENCODED = b"x='" + base64.b64encode(TOKENS) + b"'"
PACKED = zipped({"a.js": TOKENS, "b.js": TOKENS[::-1]})


@pytest.mark.parametrize("data", [TOKENS, ENCODED, PACKED, gzip.compress(TOKENS)], ids=["plain", "base64", "zip", "gz"])
def test_an_ordinary_file_is_refused_nothing(data: bytes) -> None:
    budget = RunBudget()
    result = worker(budget).scan(blob(data))
    assert len(result.detections) == 4
    assert not budget.refused()
    assert not result.diagnostics


def test_the_limits_are_far_above_an_ordinary_run() -> None:
    """A tree of 15,000 built files decodes 13 MB with 260,000 units of work."""
    assert RUN_LIMITS[Resource.DECODED] > 100 * 13_000_000
    assert RUN_LIMITS[Resource.WORK] > 100 * 260_000


def test_a_budget_grants_what_is_left_and_tells_once_what_it_refused() -> None:
    budget = limited(FINDINGS=5)
    assert [budget.take(Resource.FINDINGS, 3) for _ in range(3)] == [3, 2, 0]
    assert budget.refused() == ["more than 5 findings in this run; the rest are not listed"]
    assert budget.refused() == []


LIMITS = {
    "findings": ({"FINDINGS": 6}, TOKENS, "more than 6 findings in this run; the rest are not listed", 6),
    "decoded bytes": (
        {"DECODED": len(TOKENS) + 10},
        ENCODED,
        f"more than {len(TOKENS) + 10:,} bytes of encoded text in this run; the rest was not decoded",
        4,
    ),
    "members": ({"MEMBERS": 3}, PACKED, "more than 3 archive members in this run; the rest were not read", 8),
    "unpacked bytes": (
        {"UNPACKED": len(TOKENS) + 10},
        gzip.compress(TOKENS),
        f"more than {len(TOKENS) + 10:,} bytes unpacked in this run; the rest was not read",
        4,
    ),
}


@pytest.mark.parametrize(("limits", "data", "message", "count"), LIMITS.values(), ids=LIMITS)
def test_a_limit_holds_for_all_files_together_and_is_reported(
    limits: dict[str, int], data: bytes, message: str, count: int
) -> None:
    scanner = worker(limited(**limits))
    results = [scanner.scan(blob(data, f"{number}.js")) for number in range(3)]
    assert sum(len(result.detections) for result in results) == count
    for result in results[1:]:
        assert [(each.code, each.incomplete, each.message) for each in result.diagnostics] == [
            (Code.RUN_LIMIT, True, message)
        ]
    assert [result.size for result in results] == [len(data)] * 3, "the rest of the run continues"


def test_work_for_decoding_is_counted_over_all_files() -> None:
    code = ("const a = 'sk' + " + "'x' + " * 200 + "'y';\n").encode()
    before, used = RunBudget(), []
    for _ in range(2):
        worker(before).scan(blob(code))
        used.append(RUN_LIMITS[Resource.WORK] - before.left(Resource.WORK))
    assert used[1] == 2 * used[0] > 0
    scanner = worker(limited(WORK=used[0]))
    assert not scanner.scan(blob(code)).diagnostics
    (refused,) = scanner.scan(blob(code)).diagnostics
    assert refused.message.startswith(f"more than {used[0]:,} units of work")


def test_after_the_last_finding_of_a_run_no_archive_is_opened() -> None:
    budget = limited(FINDINGS=4)
    scanner = worker(budget)
    scanner.scan(blob(TOKENS))
    scanner.scan(blob(PACKED, "b.zip"))
    assert budget.left(Resource.MEMBERS) == RUN_LIMITS[Resource.MEMBERS]


_shared = RunBudget()


def _take(amount: int) -> int:
    return _shared.take(Resource.FINDINGS, amount)


@pytest.mark.skipif(start_method() != "fork", reason="a forked worker has this module's budget")
def test_workers_share_one_budget() -> None:
    _shared.take(Resource.FINDINGS, 10)
    _shared.share(3, forked=True)
    with Pool(_take, 3, _shared.enter) as pool:
        granted = [result for _, result in pool.run(iter([[(number, 10_000)] for number in range(9)]))]
    assert multiprocessing.active_children() == []
    # at most one amount for each worker is granted twice, if they ask at the same time
    assert 50_000 - 10 <= sum(granted) <= 50_000 + 2 * 10_000
    assert _shared.left(Resource.FINDINGS) == 0


def test_findings_in_code_and_about_files_count_too() -> None:
    code = "import {createClient} from '@sanity/client'\n" + "".join(
        f"export const c{number} = createClient({{token: process.env.NEXT_PUBLIC_SANITY_TOKEN_{number}}})\n"
        for number in range(6)
    )
    files = {"package.json": package("next", "@sanity/client"), "app/page.tsx": f"'use client'\n{code}"}
    everything = analysed(files, RunBudget())
    assert len(everything.detections) > 3
    assert not everything.diagnostics
    budget = limited(FINDINGS=3)
    found = analysed(files, budget)
    assert len(found.detections) == 3
    assert [each.message for each in found.diagnostics if each.code is Code.RUN_LIMIT] == [
        "more than 3 findings in this run; the rest are not listed"
    ]
    assert budget.left(Resource.FINDINGS) == 0
    keys = worker(limited(FINDINGS=2))
    results = [keys.scan(blob(b"-----BEGIN RSA PRIVATE KEY-----", f"dist/{name}.pem")) for name in range(4)]
    assert sum(len(result.detections) for result in results) == 2
