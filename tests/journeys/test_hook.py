"""People commit and push with the real hook tools: leaks are refused with the place and the first step, fixes pass.

Each tool is set up by its own commands and `frontleak hook install`.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import git, repository, token, write
from tests.support.pages import played
from tests.support.paths import ROOT
from tests.support.toolchain import Project, Toolchain

pytestmark = [pytest.mark.slow, pytest.mark.toolchain]

LEAK: Final = f"export const client = createClient({{token: '{token()}'}})\n"
CLEAN: Final = "export const client = createClient({token: process.env.SANITY_TOKEN})\n"
BUNDLE: Final = f"var a=1;(()=>{{fetch(u,{{headers:{{authorization:`Bearer {token()}`}}}})}})();"
FIRST_STEP: Final = "Revoke the token at https://www.sanity.io/manage"
VITE: Final = '{"name": "a", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}\n'


def _pre_commit(project: Project) -> None:
    write(project.folder, {".pre-commit-config.yaml": "repos: # of the team\n"})
    project.set_up("frontleak hook install --push", "pre-commit install", "pre-commit install -t pre-push")


def _copy_of_this_checkout(source: Path) -> None:
    """Create a repository with all that a hook is built from, as it is now."""
    repository(source)
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("scanner", "rules"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(source, "add", ".")
    git(source, "commit", "--quiet", "--message=a release")


def _pre_commit_from_a_clone(project: Project) -> None:
    """The hooks of the manifest, installed by pre-commit itself."""
    source = project.tools.home.parent / "source"
    if not source.exists():  # one clone for all tests, so that pre-commit builds one environment
        _copy_of_this_checkout(source)
    rev = git(source, "rev-parse", "HEAD").decode().strip()
    hooks = "[{id: frontleak}, {id: frontleak-bundle, args: [dist]}]"
    text = f"repos:\n  - repo: {source.as_uri()}\n    rev: {rev}\n    hooks: {hooks}\n"
    write(project.folder, {".pre-commit-config.yaml": text})
    project.set_up("pre-commit install --install-hooks", "pre-commit install -t pre-push")


def _lint_staged(project: Project) -> None:
    write(project.folder, {"package.json": VITE.replace('"vite"', '"lint-staged": "16", "vite"')})
    project.set_up("husky", "echo 'npx lint-staged' > .husky/pre-commit", "frontleak hook install --push")


def _husky(project: Project) -> None:
    project.set_up("husky", "echo true > .husky/pre-commit", "frontleak hook install --push")


def _lefthook(project: Project) -> None:
    write(project.folder, {"lefthook.yml": "# of the team\n"})
    project.set_up("frontleak hook install --push", "lefthook install")


def _git(project: Project) -> None:
    project.set_up("frontleak hook install --push")


SET_UPS: Final[dict[str, Callable[[Project], None]]] = {
    "pre-commit": _pre_commit,
    "pre-commit from a clone": _pre_commit_from_a_clone,
    "lint-staged": _lint_staged,
    "husky": _husky,
    "lefthook": _lefthook,
    "git": _git,
}


@pytest.fixture(params=SET_UPS)
def project(request: pytest.FixtureRequest, tmp_path: Path, toolchain: Toolchain) -> Project:
    """A Vite project in a clone of a bare repository, with the hooks of a tool."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    folder = repository(tmp_path / "work")
    files = {".gitignore": "node_modules\ndist\n", "package.json": VITE, "src/other.ts": "export const a = 1\n"}
    write(folder, files)
    (folder / "node_modules").symlink_to(toolchain.modules)
    git(folder, "remote", "add", "origin", "../remote.git")
    made = Project(folder, toolchain)
    SET_UPS[request.param](made)
    made.set_up("rm -f node_modules && printf node_modules >> .git/info/exclude")
    (folder / "node_modules").symlink_to(toolchain.modules)
    made.set_up("git add .", "git commit --quiet --message=start")  # through the hooks
    return made


def test_a_leak_is_refused_and_its_fix_passes(project: Project) -> None:
    write(project.folder, {"src/api client.ts": LEAK, "views/page.ejs": "<%= title %>\n"})
    project.set_up("git add .")
    refused = project.commit()
    assert refused.code != 0
    assert "src/api client.ts:1:45  high  Sanity API token" in refused.text, refused.text
    assert FIRST_STEP in refused.text
    assert token() not in refused.text
    write(project.folder, {"src/api client.ts": CLEAN})
    project.set_up("git add .")
    passed = project.commit()
    assert passed.code == 0, passed.text
    assert project.run("git", "log", "--format=%s").text == "change\nstart\n"


def test_a_leak_in_a_template_is_refused(project: Project) -> None:
    write(project.folder, {"views/page.liquid": f"<script>start('{token()}')</script>\n"})
    project.set_up("git add .")
    assert "views/page.liquid:1:16  high  Sanity API token" in project.commit().text


def test_what_is_staged_is_refused_although_the_file_is_clean_by_now(project: Project) -> None:
    write(project.folder, {"src/a.ts": LEAK})
    project.set_up("git add .")
    write(project.folder, {"src/a.ts": CLEAN})
    refused = project.commit()
    assert refused.code != 0
    assert "src/a.ts:1:45  high  Sanity API token" in refused.text, refused.text
    assert (project.folder / "src/a.ts").read_text() == CLEAN, "the file stays as it is"


def test_what_is_staged_passes_although_the_file_leaks_by_now(project: Project) -> None:
    write(project.folder, {"src/a.ts": CLEAN, "src/new.ts": LEAK})
    project.set_up("git add src/a.ts")
    write(project.folder, {"src/a.ts": CLEAN + LEAK})
    passed = project.commit()
    assert passed.code == 0, passed.text
    assert (project.folder / "src/a.ts").read_text() == CLEAN + LEAK, "the file stays as it is"
    assert project.run("git", "show", "HEAD:src/a.ts").text == CLEAN


def test_all_changes_at_once(project: Project) -> None:
    """`git commit --all` passes an index of its own to the hook."""
    write(project.folder, {"src/other.ts": LEAK})
    refused = project.commit("--all")
    assert refused.code != 0
    assert "src/other.ts:1:45  high" in refused.text, refused.text
    write(project.folder, {"src/other.ts": CLEAN})
    assert project.commit("--all").code == 0


def test_a_file_that_goes_passes(project: Project) -> None:
    project.set_up("git rm --quiet src/other.ts")
    passed = project.commit()
    assert passed.code == 0, passed.text


def test_a_build_that_leaks_is_not_pushed(project: Project) -> None:
    write(project.folder, {"dist/app.js": BUNDLE})
    refused = project.run("git", "push", "origin", "main")
    assert refused.code != 0
    assert "dist/app.js:1:55  high  Sanity API token" in refused.text, refused.text
    assert FIRST_STEP in refused.text
    assert git(project.folder, "ls-remote", "origin") == b""
    write(project.folder, {"dist/app.js": BUNDLE.replace(token(), "")})
    passed = project.run("git", "push", "origin", "main")
    assert passed.code == 0, passed.text
    assert b"refs/heads/main" in git(project.folder, "ls-remote", "origin")


def test_without_a_build_a_push_passes_and_says_so(project: Project) -> None:
    passed = project.run("git", "push", "origin", "main")
    assert passed.code == 0, passed.text
    assert "note: dist: not built, so it was not scanned" in passed.text


def test_an_old_build_is_pushed_with_a_warning(project: Project) -> None:
    write(project.folder, {"dist/app.js": "1"})
    project.set_up("touch --date=2020-01-01 dist/app.js")
    passed = project.run("git", "push", "origin", "main")
    assert passed.code == 0, passed.text
    assert "note: dist: older than " in passed.text


def test_without_the_command_nothing_passes_silently(
    project: Project, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Project(project.folder, project.tools, hidden=True)
    hook = project.folder / ".git/hooks/pre-commit"
    if hook.exists():  # a plain hook remembers where the command was
        hook.write_text(hook.read_text().replace("/bin/frontleak", "/gone/frontleak"))
    write(project.folder, {"src/other.ts": CLEAN})
    done = bare.commit("--all")
    if "from a clone" in request.node.name:
        assert done.code == 0, "pre-commit installed it itself"
    else:
        assert done.code != 0
        assert "frontleak" in done.text
        assert project.commit("--all").code == 0 or "gone" in hook.read_text()


@pytest.mark.parametrize("project", ["pre-commit", "lefthook"], indirect=True)
def test_hooks_that_a_tool_writes_are_left_to_it(project: Project) -> None:
    done = project.run("frontleak", "hook", "install", "--tool", "git")
    assert done.code == 2
    assert ".git/hooks/pre-commit: is a hook that " in done.text
    assert "`frontleak hook install --tool " in done.text


SECTIONS: Final = re.split(r"^(?=## )", (ROOT / "docs/hooks.md").read_text("utf-8"), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("section", SECTIONS, ids=[text.splitlines()[0].removeprefix("## ") for text in SECTIONS])
def test_the_lines_of_the_page_do_what_it_says(
    section: str, tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    folder = repository(tmp_path / "work")
    write(folder, {".gitignore": "node_modules\ndist\n", ".git/info/exclude": "node_modules\n", "package.json": VITE})
    (folder / "node_modules").symlink_to(toolchain.modules)
    git(folder, "remote", "add", "origin", "../remote.git")
    project = Project(folder, toolchain)
    folders = (toolchain.scripts, toolchain.modules / ".bin", os.environ["PATH"])
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(toolchain.home))
    assert played(section, folder) == section
    write(folder, {"src/a.ts": LEAK})
    project.set_up("git add .")
    refused = project.commit()
    assert refused.code != 0
    assert "src/a.ts:1:45  high  Sanity API token" in refused.text, refused.text
    write(folder, {"src/a.ts": CLEAN, "dist/app.js": BUNDLE})
    project.set_up("git add .")
    passed = project.commit()
    assert passed.code == 0, passed.text
    refused = project.run("git", "push", "origin", "main")
    assert refused.code != 0
    assert "dist/app.js:1:55  high  Sanity API token" in refused.text, refused.text
    project.set_up("rm -r dist", "git push origin main")
