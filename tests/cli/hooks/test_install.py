"""`frontleak hook install` writes the lines where they belong, and `uninstall` takes them out again."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import Run, frontleak, git, repository, write

VITE: Final = '{\n  "name": "a",\n  "devDependencies": {\n    "vite": "7"\n  }\n}\n'
LINT_STAGED: Final = VITE.replace('"vite": "7"', '"vite": "7",\n    "lint-staged": "16"')
SCRIPT: Final = "#!/bin/sh\n# mine\nnpm test\n"


def hook(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
    return frontleak("hook", *arguments, cwd=folder, env=env)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return path -> content and mode of the files of a checkout and of its hooks."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and (not name.startswith(".git/") or name.startswith(".git/hooks/")):
            found[name] = (path.read_bytes(), path.stat().st_mode)
    return found


def husky(folder: Path, script: str = "npm test\n") -> Path:
    write(folder, {".husky/pre-commit": script, ".husky/_/pre-commit": ". h"})
    git(folder, "config", "core.hooksPath", ".husky/_")
    return folder


SET_UPS: Final[dict[str, Callable[[Path], object]]] = {
    "git": lambda folder: None,
    "git with a hook of its own": lambda folder: own_hook(folder, SCRIPT),
    "git with a folder of hooks": lambda folder: git(folder, "config", "core.hooksPath", ".githooks"),
    "husky": husky,
    "husky before version 9": lambda folder: husky(
        folder, '#!/usr/bin/env sh\n. "$(dirname "$0")/_/husky.sh"\n\nnpm test'
    ),
    "lint-staged": lambda folder: (husky(folder, "npx lint-staged\n"), write(folder, {"package.json": LINT_STAGED})),
    "lint-staged in YAML": lambda folder: (
        husky(folder, "npx lint-staged\n"),
        write(folder, {".lintstagedrc": "# x\n'*.ts': eslint"}),
    ),
    "lint-staged in JSON": lambda folder: (
        husky(folder, "npx lint-staged\n"),
        write(folder, {".lintstagedrc.json": '{"*": ["prettier --check"]}'}),
    ),
    "lefthook": lambda folder: write(folder, {"lefthook.yml": "# x\npre-commit:\n  commands:\n    a:\n      run: b\n"}),
    "lefthook with jobs": lambda folder: write(
        folder, {".lefthook.yaml": "pre-commit:\n  jobs:\n    - run: b\n\npre-push:\n  jobs:\n    - run: c\n"}
    ),
    "lefthook without hooks": lambda folder: write(folder, {"lefthook.yml": "# EXAMPLE\n#\n# pre-push:\n"}),
    "pre-commit": lambda folder: write(folder, {".pre-commit-config.yaml": "repos:\n- repo: x\n  hooks:\n  - id: y\n"}),
}


def own_hook(folder: Path, text: str | bytes, name: str = "pre-commit", mode: int = 0o755) -> Path:
    file = folder / ".git/hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(mode)
    return file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(repository(tmp_path / "project"), {"package.json": VITE, "src/a.ts": ""})


@pytest.mark.parametrize(
    "options", [(), ("--push",), ("--build", "a b", "--build=-x")], ids=["commit", "push", "builds"]
)
@pytest.mark.parametrize("name", SET_UPS)
def test_what_is_installed_is_shown_once_and_undone(name: str, options: tuple[str, ...], project: Path) -> None:
    SET_UPS[name](project)
    before = tree(project)
    dry = hook(project, "install", *options, "--dry-run")
    assert tree(project) == before
    done = hook(project, "install", *options)
    assert (done.code, done.err) == (0, "")
    assert dry.out == done.out.replace(": created", ": would be created").replace(": changed", ": would be changed")
    after = tree(project)
    changed = [file for file in after if after[file] != before.get(file)]
    assert all(f"{file}: {'changed' if file in before else 'created'}\n" in done.out for file in changed)
    assert all(before[file][1] == after[file][1] for file in before), "modes stay"
    added = "".join(after[file][0].decode() for file in changed)
    assert "frontleak scan -" in added or '"$frontleak" scan --staged' in added
    assert ("--if-built" in added) is bool(options)
    again = hook(project, "install", *options)
    assert (again.code, again.err) == (0, "")
    assert {line for line in again.out.splitlines() if not line.startswith("next: ")} == {
        f"{file}: has the lines already" for file in changed
    }
    assert tree(project) == after
    undo = hook(project, "uninstall", "--dry-run")
    assert tree(project) == after
    undone = hook(project, "uninstall")
    assert (undone.code, undone.err) == (0, "")
    assert undo.out.replace("would be ", "") == undone.out
    assert tree(project) == before
    assert hook(project, "uninstall").out == "no hook of frontleak is installed here\n"


def test_the_lines_are_brought_up_to_date(project: Path) -> None:
    hook(project, "install", "--build", "old")
    done = hook(project, "install", "--build", "new")
    assert ".git/hooks/pre-commit: has the lines already" in done.out
    assert ".git/hooks/pre-push: changed" in done.out
    text = (project / ".git/hooks/pre-push").read_text()
    assert "--if-built new <" in text
    assert "old" not in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("git", ["pre-commit: created", "pre-push: created"]),
        ("husky", [".husky/pre-commit: changed", ".husky/pre-push: created"]),
        ("lint-staged", ["package.json: changed", ".husky/pre-push: created"]),
        ("lefthook", ["lefthook.yml: changed", "next: `npx lefthook install`"]),
        (
            "pre-commit",
            [".pre-commit-config.yaml: changed", "`pre-commit install -t pre-push` makes git run it before a push"],
        ),
    ],
)
def test_the_tool_is_found(name: str, expected: list[str], project: Path) -> None:
    SET_UPS[name](project)
    out = hook(project, "install", "--push").out
    assert [each for each in expected if each not in out] == []


def test_of_two_tools_the_one_that_git_runs_is_chosen(project: Path) -> None:
    write(project, {".pre-commit-config.yaml": "repos:\n", "lefthook.yml": "a: 1\n"})
    done = hook(project, "install")
    assert done.code == 2
    assert done.err == (
        "error: this repository has lefthook and pre-commit\n       choose with --tool, such as --tool lefthook\n"
    )
    own_hook(project, "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n")
    assert ".pre-commit-config.yaml: changed" in hook(project, "install").out


def test_hooks_that_pre_commit_installs_itself_are_enough(project: Path) -> None:
    ours = (
        "repos:\n  - repo: https://github.com/frontleak/frontleak\n    rev: v0.1.0\n    hooks:\n      - id: frontleak\n"
    )
    write(project, {".pre-commit-config.yaml": ours})
    assert ".pre-commit-config.yaml: has the lines already" in hook(project, "install").out
    assert hook(project, "install", "--push").out.count("+       - id: ") == 1, "only the one that is missing"
    hook(project, "uninstall")
    assert (project / ".pre-commit-config.yaml").read_text() == ours


def test_a_tool_without_its_file_gets_one(project: Path) -> None:
    before = tree(project)
    for tool, file in (("pre-commit", ".pre-commit-config.yaml"), ("lefthook", "lefthook.yml")):
        assert f"{file}: created" in hook(project, "install", "--tool", tool, "--push").out
        assert f"{file}: has the lines already" in hook(project, "install", "--tool", tool, "--push").out
        assert f"{file}: removed" in hook(project, "uninstall").out
        assert tree(project) == before
    assert _refused(project, "install", "--tool=husky") == ".husky: does not exist"
    (project / "package.json").unlink()
    assert _refused(project, "install", "--tool=lint-staged") == "package.json: does not exist"


def test_lint_staged_that_no_hook_runs_is_not_chosen(project: Path) -> None:
    write(project, {"package.json": LINT_STAGED})
    husky(project)
    assert ".husky/pre-commit: changed" in hook(project, "install").out
    assert "next: a hook must run `npx lint-staged`" in hook(project, "install", "--tool=lint-staged").out


def test_hooks_that_exist_keep_their_commands_and_come_after(project: Path) -> None:
    own_hook(project, SCRIPT)
    hook(project, "install")
    lines = (project / ".git/hooks/pre-commit").read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[-2:] == ["# mine", "npm test"]


def test_husky_of_old_stays_in_charge(project: Path) -> None:
    """Its first line turns the hooks off where HUSKY=0 is set."""
    SET_UPS["husky before version 9"](project)
    hook(project, "install")
    assert "husky.sh" in (project / ".husky/pre-commit").read_text().splitlines()[1]


def test_from_a_folder_below_and_from_a_linked_worktree(project: Path) -> None:
    assert ".git/hooks/pre-commit: created" in hook(project / "src", "install").out
    hook(project, "uninstall")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=a")
    git(project, "worktree", "add", "--quiet", "../linked")
    done = hook(project.parent / "linked", "install")
    assert done.code == 0
    assert (project / ".git/hooks/pre-commit").exists()
    assert hook(project, "uninstall").code == 0
    assert not (project / ".git/hooks/pre-commit").exists()


def test_a_hook_that_others_get_has_no_path_of_this_machine(project: Path) -> None:
    git(project, "config", "core.hooksPath", ".githooks")
    hook(project, "install")
    assert "/bin/frontleak" not in (project / ".githooks/pre-commit").read_text()
    git(project, "config", "--unset", "core.hooksPath")
    hook(project, "install")
    assert "/bin/frontleak" in (project / ".git/hooks/pre-commit").read_text()


def test_hooks_left_behind_by_a_change_of_the_folder_are_removed(project: Path) -> None:
    hook(project, "install")
    git(project, "config", "core.hooksPath", ".githooks")
    assert "pre-commit: removed" in hook(project, "uninstall").out
    assert not (project / ".git/hooks/pre-commit").exists()


def test_a_project_without_a_known_build_folder_is_asked_for_it(project: Path) -> None:
    write(project, {"package.json": "{}"})
    done = hook(project, "install", "--push")
    assert done.code == 2
    assert done.err == (
        "error: no framework of this project is known, so neither is its build folder\n"
        "       name the folder: --build dist\n"
    )


def test_the_build_folders_of_all_apps_are_scanned(project: Path) -> None:
    apps = {
        "apps/web": '{"name": "web", "dependencies": {"next": "16"}}',
        "apps/cms": '{"name": "cms", "dependencies": {"sanity": "5"}}',
    }
    write(
        project,
        {"package.json": '{"workspaces": ["apps/*"]}', **{f"{app}/package.json": text for app, text in apps.items()}},
    )
    hook(project, "install", "--push")
    assert "--if-built apps/cms/dist apps/web/.next <" in (project / ".git/hooks/pre-push").read_text()
    (project / "apps/web/out").mkdir()
    hook(project, "install", "--push")
    assert "--if-built apps/cms/dist apps/web/out <" in (project / ".git/hooks/pre-push").read_text(), (
        "those that exist"
    )


def _refused(project: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    before = tree(project)
    done = hook(project, *(arguments or ("install",)), env=env)
    assert done.code == 2
    assert done.out == ""
    assert tree(project) == before
    first, *advice = done.err.splitlines()
    assert len(advice) == 1, done.err
    return first.removeprefix("error: ")


BROKEN_HOOKS: Final[dict[str, tuple[str | bytes, str]]] = {
    "python": ("#!/usr/bin/env python3\nprint()\n", "exists and is no shell script, so it is not edited"),
    "binary": (b"\x7fELF\xff\xfe", "is not UTF-8, so it is not edited"),
    "of pre-commit": (
        "#!/usr/bin/env bash\n# File generated by pre-commit: https://x\n",
        "is a hook that pre-commit writes",
    ),
    "of lefthook": ("#!/bin/sh\ncall_lefthook run pre-commit\n", "is a hook that lefthook writes"),
    "half a block": ("#!/bin/sh\n# frontleak hook: begin\n", "2: the lines of the hook have no end"),
}


@pytest.mark.parametrize("name", BROKEN_HOOKS)
def test_a_hook_that_cannot_be_extended_is_refused(name: str, project: Path) -> None:
    text, problem = BROKEN_HOOKS[name]
    own_hook(project, text)
    assert _refused(project).startswith(".git/hooks/pre-commit:")
    assert problem in _refused(project)


@pytest.mark.skipif(os.name == "nt", reason="there is no such mode")
def test_a_hook_that_git_does_not_run_is_refused(project: Path) -> None:
    own_hook(project, SCRIPT, mode=0o644)
    assert "exists but is not executable, so git does not run it" in _refused(project)


@pytest.mark.parametrize("target", ["../../mine.sh", "nowhere"])
def test_a_link_is_refused(target: str, project: Path) -> None:
    write(project, {"mine.sh": SCRIPT})
    (project / "mine.sh").chmod(0o755)
    (project / ".git/hooks").mkdir(exist_ok=True)
    (project / ".git/hooks/pre-commit").symlink_to(target)
    assert _refused(project).startswith(".git/hooks/pre-commit: is ")


def test_hooks_of_all_repositories_are_refused(project: Path, tmp_path: Path) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n\thooksPath = {tmp_path / 'hooks'}\n")
    problem = _refused(project, env={"GIT_CONFIG_GLOBAL": str(settings)})
    assert problem.endswith(f"is {tmp_path}/hooks: its hooks run in all repositories")


@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        ("/dev/null", "/dev/null: is no folder, so git runs no hooks here"),
        ("/proc/none/x", "cannot be written: No such"),
    ],
)
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs folders that nobody can write")
def test_a_folder_that_cannot_be_written_is_refused(folder: str, problem: str, project: Path) -> None:
    git(project, "config", "core.hooksPath", folder)
    assert problem in _refused(project)


def test_outside_of_a_checkout(tmp_path: Path) -> None:
    assert _refused(tmp_path) == "this folder is in no git repository"
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    assert _refused(tmp_path / "bare.git") == "this repository is bare: nobody commits in it"


def test_without_git(project: Path) -> None:
    assert _refused(project, env={"PATH": ""}) == "git is not installed, or not in PATH"


def test_in_a_repository_of_another_user(project: Path) -> None:
    problem = _refused(project, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert problem == "this repository belongs to another user, so git does not read it"


BROKEN_FILES: Final = {
    "pre-commit-config": (".pre-commit-config.yaml", "repos:\n- a: [\n", ":3: not valid YAML: "),
    "pre-commit in flow style": (".pre-commit-config.yaml", "repos: [{repo: x, hooks: []}]\n", ": cannot be extended"),
    "pre-commit of another form": (".pre-commit-config.yaml", "repos: x\n", ": `repos` is not a list"),
    "pre-commit that is a list": (".pre-commit-config.yaml", "- repo: x\n", ":1: not a mapping"),
    "lefthook": ("lefthook.yml", "pre-commit:\n\tcommands:\n", ":2: not valid YAML: "),
    "lefthook in TOML": ("lefthook.toml", "", ": only YAML is edited"),
    "lefthook with a list": ("lefthook.yml", "pre-commit:\n- a\n", ": cannot be extended"),
    "lint-staged": ("package.json", '{\n  "lint-staged": {\n    "*": "a",,\n  }\n}', ":3: not valid JSON: "),
    "lint-staged as a list": ("package.json", '{"lint-staged": ["a"]}', ": lint-staged is not a mapping of globs"),
    "lint-staged in code": ("lint-staged.config.js", "export default {}", ": is code, so it is not edited"),
    "lint-staged that is full": (".lintstagedrc.json", '{"*": "a", "**/*": "b"}', ": has commands for '*' already"),
    "lint-staged in YAML": (".lintstagedrc.yml", "'*': [\n", ":2: not valid YAML: "),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_file_that_cannot_be_extended_is_refused(name: str, project: Path) -> None:
    file, text, problem = BROKEN_FILES[name]
    tool = name.split(maxsplit=1)[0].removesuffix("-config")
    write(project, {file: text})
    assert _refused(project, "install", "--tool", tool).startswith(f"{file}{problem}")


def test_a_file_with_hostile_names_is_printed_safely(project: Path) -> None:
    done = hook(project, "install", "--build", "a\x1b[2Jb")
    assert done.code == 2
    assert "\x1b" not in done.err
    done = hook(project, "install", "--build", "$(touch ran);\u202e")
    assert "\u202e" not in done.out
    assert "--if-built '$(touch ran);\u202e' <" in (project / ".git/hooks/pre-push").read_text("utf-8")
