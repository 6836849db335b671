"""The sentence about speed in README.md is what bench/RESULTS.md shows, and shows nothing it should not."""

import pytest

from bench import summary
from bench.load import MOST_BUSY, BusyError, Clock, busy_seconds, check, share_of_others

HEAD = "| tool | wall s | x frontleak (range) |\n| --- | ---: | ---: |\n| frontleak | 0.2 | - |\n"
RESULTS = (
    "# Timings\n\n- Rounds: 5, after one warm-up; medians\n- Load: other programs used 1% of the processors before\n\n"
    f"## hook\n\nthree files: 3 files, 34 kB\n\n{HEAD}| betterleaks | 0.1 | 0.50 (0.50 to 0.50) |\n\n"
    f"## small\n\na build, minified: 13 files, 8.0 MB\n\n{HEAD}| betterleaks | 0.4 | 1.96 (1.5 to 2.2) |\n"
    "| gitleaks | 1.0 | 5.00 (4.0 to 6.0) |\n| ripgrep | 0.1 | 0.10 (0.1 to 0.1) |\n\n"
    f"## large\n\na whole frontend: 14,629 files, 892.0 MB\n\n{HEAD}| kingfisher-turbo | 3.1 | 0.72 (0.7 to 0.8) |\n"
    "| kingfisher | 4.0 | failed with exit code 2 |\n"
)


def test_readme_says_what_the_results_show() -> None:
    text = summary.README_FILE.read_text(encoding="utf-8")
    results = summary.RESULTS_FILE.read_text(encoding="utf-8")
    assert f"<!-- speed -->\n{summary.sentence(results)}\n<!-- /speed -->" in text
    assert summary.readme(text, results) == text


NOT_QUOTED = {
    "one round": ("Rounds: 5", "Rounds: 1"),
    "two rounds": ("Rounds: 5", "Rounds: 2"),
    "a busy machine": ("processors before\n", "processors before: busy, not to be quoted\n"),
    "results that do not tell the load": ("- Load: other programs used 1% of the processors before\n", ""),
    "nothing compared": ("## small", "## other"),
}


@pytest.mark.parametrize("change", NOT_QUOTED.values(), ids=NOT_QUOTED)
def test_such_results_are_not_quoted(change: tuple[str, str]) -> None:
    results = RESULTS.replace(*change)
    if change[0] == "## small":
        results = results.replace("## large", "## another")
    assert results != RESULTS
    assert summary.sentence(results) == summary.NO_FIGURES


def test_the_fastest_scanner_is_named_for_each_build_also_where_it_is_faster() -> None:
    assert summary.sentence(RESULTS) == (
        "The fastest other scanner takes 2.0 times as long on 8.0 MB (betterleaks) and 0.7 times as long on 892.0 MB"
        " (kingfisher-turbo)."
    )


def test_only_what_is_between_the_marks_is_replaced() -> None:
    before = "a\n<!-- speed -->\nold\nlines\n<!-- /speed -->\nb\n"
    assert summary.readme(before, RESULTS) == (f"a\n<!-- speed -->\n{summary.sentence(RESULTS)}\n<!-- /speed -->\nb\n")


# --- load ------------------------------------------------------------------------------------------------------------


def test_idle_and_waiting_processors_do_not_work() -> None:
    assert busy_seconds("cpu  100 20 30 9999 500 4 6 40 7 8\ncpu0 1 1 1 1 1 1 1 1 0 0\n", 100) == 2.0
    assert busy_seconds("intr 1\n", 100) == 0.0


@pytest.mark.parametrize(
    ("busy", "own", "share"), [(4.0, 4.0, 0.0), (10.0, 4.0, 0.3), (4.0, 5.0, 0.0), (99.0, 0.0, 1.0)]
)
def test_the_share_of_others_is_what_this_process_and_its_children_did_not_use(
    busy: float, own: float, share: float
) -> None:
    before = Clock(wall=100.0, busy=50.0, own=1.0)
    assert share_of_others(before, Clock(wall=110.0, busy=50.0 + busy, own=1.0 + own), 2) == pytest.approx(share)


def test_a_busy_machine_is_refused_unless_that_is_wanted() -> None:
    check(MOST_BUSY, allow_busy=False)
    check(1.0, allow_busy=True)
    with pytest.raises(BusyError, match="use 50% of the processors"):
        check(0.5, allow_busy=False)
