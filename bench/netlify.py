"""Compare with Netlify's scanner on its own fixtures: `python -m bench.netlify CHECKOUT` of github.com/netlify/build.

Each scenario is copied, its build command run (all but one copy `src` to `dist`), and scanned with the variables that
Netlify's tests mark as secret. The table shows what Netlify's tests expect and what frontleak says; DIFFERENCES argues
each difference.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FIXTURES: Final = Path("packages/build/tests/secrets_scanning/fixtures")
_FEW: Final = ("ENV_VAR_1", "ENV_VAR_2")
_MANY: Final = (*(f"ENV_VAR_{number}" for number in range(1, 7)), "ENV_VAR_MULTILINE_A", "ENV_VAR_MULTILINE_B")
_LIKELY: Final = "src_scanning_likely_enhanced_scan_secrets"
EXPECTED: Final[dict[str, tuple[tuple[str, ...], frozenset[str]]]] = {
    "src_default": ((), frozenset()),
    "src_scanning_disabled": ((), frozenset()),
    "src_scanning_env_vars_no_matches": (_FEW, frozenset()),
    "src_scanning_env_vars_set_empty": (_MANY[:5], frozenset()),
    "src_scanning_env_vars_set_non_empty": (_MANY, frozenset({*_MANY[:4], *_MANY[6:]})),
    "src_scanning_large_binary_file": (("ENV_SECRET",), frozenset({"ENV_SECRET"})),
    "src_scanning_omit_all_keys": ((), frozenset()),
    "src_scanning_omit_all_paths": (_FEW, frozenset()),
    "src_scanning_omit_cache_path": (_FEW, frozenset()),
    "src_scanning_omit_glob_path": (_FEW, frozenset({"ENV_VAR_2"})),
    "src_scanning_omit_ignored": (("ENV_VAR_1",), frozenset()),
    _LIKELY: ((), frozenset()),
    f"{_LIKELY}_disabled": ((), frozenset()),
    f"{_LIKELY}_omitted": ((), frozenset()),
    "src_scanning_no_likely_enhanced_scan_secrets": ((), frozenset()),
}
"""Scenario -> the variables that are marked as secret, without those that it omits; those whose values are found."""
DIFFERENCES: Final = {
    ("src_scanning_env_vars_set_non_empty", "ENV_VAR_4"): "754321 has six characters and is a number, which pages have"
    " by chance; with `--env-min-length 6` it is looked for",
}
_SECRET: Final = "a1B2c3D4e5F6g7H8i9J0k1L2"
"""Value of ENV_SECRET, which Netlify's test sets."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a scenario."""

    variables: frozenset[str]
    code: int


def main() -> None:
    """Print the table; exit 1 if a difference is not argued."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    folder = parser.parse_args().checkout / FIXTURES
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder; name a checkout of github.com/netlify/build")
    unknown = {path.name for path in folder.iterdir()} - EXPECTED.keys()
    print("\n".join(f"{name}: not in the table" for name in sorted(unknown)))
    wrong = 0
    for name, (secrets, expected) in EXPECTED.items():
        with tempfile.TemporaryDirectory(prefix="frontleak-netlify-") as made:
            answer = _answer(folder / name, Path(made) / "site", secrets)
        print(f"{name}: expected {_listed(expected)}; found {_listed(answer.variables)}, exit code {answer.code}")
        for variable in sorted(expected ^ answer.variables):
            why = DIFFERENCES.get((name, variable))
            wrong += why is None
            print(f"    {variable}: {why or 'NOT ARGUED'}")
    sys.exit(1 if wrong or unknown else 0)


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
    named = (each["context"].get("variable", ()) for each in json.loads(done.stdout)["findings"])
    return Answer(frozenset(name.partition(" ")[0] for names in named for name in names), done.returncode)


def _build(command: str, site: Path, environment: dict[str, str]) -> None:
    words = command.replace("'", "").split()
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(site / words[2], site / words[3], dirs_exist_ok=True)
    elif words:
        subprocess.run(words, cwd=site, env=environment, check=True)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


if __name__ == "__main__":
    main()
