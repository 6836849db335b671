"""Compare with Netlify's scanner on its own fixtures: `python -m bench.netlify CHECKOUT` of github.com/netlify/build.

Each scenario is copied, its build command run (all but one copy `src` to `dist`), and scanned with the variables that
Netlify's tests mark as secret. What Netlify's tests expect, by file and line, is compared with what frontleak finds;
DIFFERENCES argues each difference.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

FIXTURES: Final = Path("packages/build/tests/secrets_scanning/fixtures")
LIKELY: Final = "a likely secret"
"""What Netlify finds of no variable, by a prefix and randomness ("smart detection")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a test of Netlify marks and expects."""

    secrets: tuple[str, ...] = ()
    """Variables that are marked as secret, without those that the scenario omits."""
    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Variable -> `file:line` of its value."""
    why: str
    """What it is about."""


def _twice(*places: str) -> tuple[str, ...]:
    """Return places in `src`, and in `dist`, its copy."""
    return tuple(f"{folder}/{place}" for folder in ("dist", "src") for place in places)


_A: Final = "static-files/static-a.txt"
_C: Final = "static-files/static-c.txt"
_D: Final = "static-files/static-d.txt"
_FEW: Final = ("ENV_VAR_1", "ENV_VAR_2")
_ENHANCED: Final = "src_scanning_likely_enhanced_scan_secrets"
SCENARIOS: Final[Mapping[str, Scenario]] = {
    "src_default": Scenario(secrets=("abc", "DEF"), why="the marked variables are not set"),
    "src_scanning_disabled": Scenario(why="Netlify's scan is switched off"),
    "src_scanning_env_vars_no_matches": Scenario(secrets=_FEW, why="no file has a value"),
    "src_scanning_env_vars_set_empty": Scenario(
        secrets=(*_FEW, "ENV_VAR_3", "ENV_VAR_4", "ENV_VAR_5"), why="empty and trivial values"
    ),
    "src_scanning_env_vars_set_non_empty": Scenario(
        secrets=(*(f"ENV_VAR_{number}" for number in range(1, 7)), "ENV_VAR_MULTILINE_A", "ENV_VAR_MULTILINE_B"),
        found={
            "ENV_VAR_1": (*_twice(f"{_A}:12"), "netlify.toml:6"),
            "ENV_VAR_2": (*_twice("some-file.txt:1", f"{_A}:1", f"{_A}:6"), "netlify.toml:7"),
            "ENV_VAR_3": (*_twice(f"{_A}:14", f"{_A}:16", f"{_C}:1"), "netlify.toml:8"),
            "ENV_VAR_4": (*_twice(f"{_A}:20"), "netlify.toml:9"),
            "ENV_VAR_MULTILINE_A": (*_twice(f"{_C}:17", f"{_C}:38", f"{_D}:1"), "netlify.toml:15"),
            "ENV_VAR_MULTILINE_B": (*_twice(f"{_D}:4", "static-files/static-e.txt:1"), "netlify.toml:21"),
        },
        why="plain, percent and base64, values of several lines",
    ),
    "src_scanning_large_binary_file": Scenario(
        secrets=("ENV_SECRET",), found={"ENV_SECRET": ("dist/out.txt:1",)}, why="a line of 256 MB"
    ),
    "src_scanning_omit_all_keys": Scenario(why="all variables are omitted"),
    "src_scanning_omit_all_paths": Scenario(secrets=_FEW, why="all files are omitted"),
    "src_scanning_omit_cache_path": Scenario(secrets=_FEW, why="values in `.cache` only"),
    "src_scanning_omit_glob_path": Scenario(
        secrets=_FEW,
        found={"ENV_VAR_2": ("src/static-files/notsafefile.js:1", "dist/notsafefile.js:1")},
        why="a glob omits one of two files",
    ),
    "src_scanning_omit_ignored": Scenario(secrets=("ENV_VAR_1",), why="values in a git-ignored source file only"),
    _ENHANCED: Scenario(found={LIKELY: ("netlify.toml:2",)}, why="no variable is marked; smart detection"),
    f"{_ENHANCED}_disabled": Scenario(
        secrets=("ENV_VAR_1",), found={"ENV_VAR_1": ("netlify.toml:3",)}, why="one is marked; smart detection is off"
    ),
    f"{_ENHANCED}_omitted": Scenario(why="smart detection leaves out a value that is named"),
    "src_scanning_no_likely_enhanced_scan_secrets": Scenario(why="smart detection finds no prefix that it knows"),
}
_IN_A_WORD: Final = (
    "the line is `val2-val2-val2val2-val2-val2`: a value that somebody could guess counts only as a whole"
    " word, because words are parts of words by chance. A random value is found in the middle of any text"
)
_SHORT: Final = (
    "754321 has six characters and is a number, which pages have by chance, so it is left out and listed "
    "with the reason; with `--env-min-length 6` all three places are found"
)
_NO_VENDOR: Final = (
    "`sk_` and 30 letters and digits is the form of no vendor's key that a rule knows. Marked as secret it "
    "is found, as the next scenario shows; under a name such as API_KEY a rule for assigned values finds it "
    "without a mark"
)
DIFFERENCES: Final[Mapping[tuple[str, str, str], str]] = {
    **{("src_scanning_env_vars_set_non_empty", "ENV_VAR_2", place): _IN_A_WORD for place in _twice(f"{_A}:1")},
    **{
        ("src_scanning_env_vars_set_non_empty", "ENV_VAR_4", place): _SHORT
        for place in (*_twice(f"{_A}:20"), "netlify.toml:9")
    },
    (_ENHANCED, LIKELY, "netlify.toml:2"): _NO_VENDOR,
}
"""(scenario, variable, place) that only one of the two finds -> why."""
_SECRET: Final = "a1B2c3D4e5F6g7H8i9J0k1L2"
"""Value of ENV_SECRET; that of Netlify's test is made of words."""
_REMARKS: Final = (
    (
        "src_scanning_large_binary_file: Netlify's test has the value `this is a secret` between random "
        "bytes. There a value of words counts only if no letter or digit is beside it, which chance decides, "
        "so the run uses a random value"
    ),
    "src_scanning_omit_all_paths: no place differs, but a scan without any file exits with 3, where Netlify skips it",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a scenario."""

    found: Mapping[str, frozenset[str]]
    """Variable -> `file:line` of its value; `LIKELY` for findings of no variable."""
    code: int


def main() -> None:
    """Print the page; exit 1 if a difference is not argued."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="write the page to a file")
    options = parser.parse_args()
    folder = options.checkout / FIXTURES
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder; name a checkout of github.com/netlify/build")
    unknown = sorted({path.name for path in folder.iterdir()} ^ SCENARIOS.keys())
    answers = {name: _answered(folder / name, each) for name, each in SCENARIOS.items() if name not in unknown}
    page = "\n".join(_page(answers))
    if options.output:
        options.output.write_text(page, "utf-8")
    else:
        print(page)
    wrong = [each for name, answer in answers.items() for each in _differences(name, answer) if each not in DIFFERENCES]
    print(
        "\n".join([*(f"{name}: only in one of checkout and table" for name in unknown), *map(str, wrong)]),
        file=sys.stderr,
    )
    sys.exit(1 if wrong or unknown else 0)


def _page(answers: Mapping[str, Answer]) -> Iterator[str]:
    yield "# Netlify's fixtures\n"
    yield "Written by `python -m bench.netlify CHECKOUT -o bench/NETLIFY.md`. The fixtures are those of Netlify's tests"
    yield "(github.com/netlify/build). Places are files and lines, in sources, settings and output alike.\n"
    yield f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}"
    yield f"- {len(answers)} scenarios, all that the checkout has\n"
    yield "| scenario | about | Netlify finds | frontleak finds of them | only Netlify | only frontleak | exit code |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    argued: dict[str, list[str]] = {}
    for name, answer in answers.items():
        expected = {(variable, place) for variable, places in SCENARIOS[name].found.items() for place in places}
        found = {(variable, place) for variable, places in answer.found.items() for place in places}
        counts = (len(expected), len(expected & found), len(expected - found), len(found - expected), answer.code)
        yield f"| {name} | {SCENARIOS[name].why} | {' | '.join(map(str, counts))} |"
        for difference in _differences(name, answer):
            argued.setdefault(DIFFERENCES.get(difference, "NOT ARGUED"), []).append(
                f"{difference[1]} at {difference[2]}"
            )
    yield "\n## Differences\n"
    for why, places in argued.items():
        yield f"- {', '.join(places)}: {why}."
    yield from (f"- {remark}." for remark in _REMARKS)
    yield ""


def _differences(name: str, answer: Answer) -> Iterator[tuple[str, str, str]]:
    expected = SCENARIOS[name].found
    for variable in sorted(expected.keys() | answer.found.keys()):
        for place in sorted(set(expected.get(variable, ())) ^ answer.found.get(variable, frozenset())):
            yield name, variable, place


def _answered(fixture: Path, scenario: Scenario) -> Answer:
    with tempfile.TemporaryDirectory(prefix="frontleak-netlify-") as made:
        return _answer(fixture, Path(made) / "site", scenario.secrets)


def _answer(fixture: Path, site: Path, secrets: tuple[str, ...]) -> Answer:
    shutil.copytree(fixture, site)
    if fixture.name == "src_scanning_omit_ignored":  # as the test of Netlify does
        (site / ".gitignore").write_text("src/skip", "utf-8")
    settings = tomllib.loads((site / "netlify.toml").read_text("utf-8"))
    variables: dict[str, Any] = settings.get("build", {}).get("environment", {})
    values = {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}
    environment = os.environ | values | {"ENV_SECRET": _SECRET}
    _build(settings.get("build", {}).get("command", ""), site, environment)
    omitted = [path.strip() for path in values.get("SECRETS_SCAN_OMIT_PATHS", "").split(",") if path.strip()]
    options = [f"--env={name}" for name in secrets] + [f"--exclude={path}" for path in omitted]
    command = [sys.executable, "-m", "frontleak", "scan", ".", "--isolated", "--format=json"]
    done = subprocess.run(
        [*command, f"--max-file-size={1 << 30}", *options], cwd=site, env=environment, capture_output=True, check=False
    )
    found: dict[str, set[str]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        names = {name.partition(" ")[0] for name in finding["context"].get("variable", ())} or {LIKELY}
        for place in (finding, *finding["also_at"]):
            for name in names:
                found.setdefault(name, set()).add(f"{place['path']}:{place['line']}")
    return Answer({name: frozenset(places) for name, places in found.items()}, done.returncode)


def _build(command: str, site: Path, environment: Mapping[str, str]) -> None:
    words = command.replace("'", "").split()
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(site / words[2], site / words[3], dirs_exist_ok=True)
    elif words:
        subprocess.run(words, cwd=site, env=environment, check=True)


if __name__ == "__main__":
    main()
