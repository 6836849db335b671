"""docs/hooks.md has the lines that `frontleak hook install` writes; tests/journeys/test_hook.py runs them."""

import re
from pathlib import Path
from typing import Final

import yaml

from tests.acceptance.support import frontleak, repository, write
from tests.support.paths import ROOT

PAGE: Final = (ROOT / "docs/hooks.md").read_text("utf-8")
BLOCKS: Final[list[tuple[str, str]]] = re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)


def written(folder: Path, tool: str, file: str, before: str) -> str:
    write(repository(folder), {file: before, "package.json": "{}"})
    done = frontleak("hook", "install", "--tool", tool, "--build", "dist", cwd=folder)
    assert done.code == 0
    return (folder / file).read_text()


def block(file: str) -> str:
    return next(body for name, body in BLOCKS if name == file)


def test_the_lines_for_pre_commit(tmp_path: Path) -> None:
    file = ".pre-commit-config.yaml"
    assert yaml.safe_load(block(file)) == yaml.safe_load(written(tmp_path, "pre-commit", file, "repos:\n"))


def test_the_lines_for_lefthook(tmp_path: Path) -> None:
    made = yaml.safe_load(written(tmp_path, "lefthook", "lefthook.yml", "# x\n"))
    for hook in made.values():
        assert "pipx install" in hook["commands"]["frontleak"].pop("fail_text")
    assert yaml.safe_load(block("lefthook.yml")) == made


def test_the_lines_for_lint_staged(tmp_path: Path) -> None:
    made = written(tmp_path, "lint-staged", "package.json", "{}")
    assert made == block("package.json").rstrip()


def test_the_lines_of_scripts(tmp_path: Path) -> None:
    (tmp_path / ".husky").mkdir()
    written(tmp_path, "husky", "x", "")
    for name in ("pre-commit", "pre-push"):
        scripts = [body.splitlines()[-1] for file, body in BLOCKS if file.endswith(f"/{name}") and "npx" not in body]
        commands = {line.removeprefix("frontleak ") for line in scripts}
        assert len(commands) == 1
        assert f'"$frontleak" {commands.pop()} </dev/null || exit $?\n' in (tmp_path / f".husky/{name}").read_text()


def test_the_page_is_linked() -> None:
    for name in ("README.md", "docs/adopting.md"):
        assert "hooks.md)" in (ROOT / name).read_text("utf-8")
