"""`frontleak init` recognises a project, asks, writes what it is told to, and overwrites nothing."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from frontleak.core.version import VERSION
from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, frontleak, git, repository, token, write
from tests.support.paths import ROOT

PAGE: Final = (ROOT / "docs/integrations.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))
"""File -> its lines on the page."""
VITE: Final = '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}\n'
WORKFLOW: Final = ".github/workflows/frontleak.yml"
BASELINE: Final = ".frontleak-baseline.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Vite project on GitHub with one old finding."""
    files = {
        "package.json": VITE,
        "pnpm-lock.yaml": "",
        "src/a.ts": f"'{token()}'\n",
        ".github/workflows/ci.yml": "on: push\n",
    }
    return write(repository(tmp_path / "project"), files)


def init(folder: Path, *arguments: str) -> Run:
    return frontleak("init", *arguments, cwd=folder)


def files(folder: Path) -> dict[str, bytes]:
    hooks = folder / ".git/hooks"
    found = [*(path for path in folder.rglob("*") if ".git" not in path.parts), *hooks.glob("pre-*[a-z]")]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if path.is_file() and path.suffix != ".sample"
    }


def test_without_a_terminal_it_writes_nothing_and_says_how(project: Path) -> None:
    before = files(project)
    done = init(project)
    assert (done.code, done.err) == (0, "")
    assert files(project) == before
    assert done.out.splitlines() == [
        "Vite; builds dist",
        "pnpm, GitHub Actions",
        "would write .frontleak.yaml (settings)",
        "would write .git/hooks/pre-commit, .git/hooks/pre-push (scans before each commit and push, with git)",
        f"would write {WORKFLOW} (scans in CI)",
        f"would write {BASELINE} (accepts the findings there are now, so that only new ones fail)",
        "nothing was written: `frontleak init --yes` does it all, and --no-config, --no-hook, --no-ci and",
        "--no-baseline leave a part out",
    ]


def test_yes_does_it_all_and_once(project: Path) -> None:
    before = files(project)
    done = init(project, "--yes")
    assert (done.code, done.err) == (0, "")
    made = files(project)
    assert set(made) - set(before) == {
        ".frontleak.yaml", ".git/hooks/pre-commit", ".git/hooks/pre-push", WORKFLOW, BASELINE,
    }  # fmt: skip
    assert {name: made[name] for name in before} == before
    assert f"next: `git add .frontleak.yaml {WORKFLOW} {BASELINE}` and commit" in done.out
    assert done.out.endswith("next: `frontleak scan dist`, after a build\n")
    assert frontleak("scan", cwd=project).code == 0
    again = init(project, "--yes")
    assert again.code == 0
    assert files(project) == made
    reasons = ["settings: .frontleak.yaml exists", "hook: git has it already", "CI: runs frontleak already"]
    assert [line for line in again.out.splitlines() if line in (*reasons, f"baseline: {BASELINE} exists")] == [
        *reasons, f"baseline: {BASELINE} exists",
    ]  # fmt: skip


def test_the_workflow_builds_and_scans_with_few_rights(project: Path) -> None:
    init(project, "--yes")
    workflow = yaml.safe_load((project / WORKFLOW).read_text())
    assert workflow["permissions"] == {}
    job = workflow["jobs"]["scan"]
    assert job["permissions"] == {"contents": "read"}
    checkout, *commands, action = job["steps"]
    assert [step["run"] for step in commands] == ["corepack enable", "pnpm install --frozen-lockfile", "pnpm run build"]
    assert len(checkout["uses"].rpartition("@")[2]) == 40
    assert action == {"uses": f"frontleak/frontleak@v{VERSION}"}


def test_the_workflow_is_the_one_of_the_page(project: Path) -> None:
    (project / "pnpm-lock.yaml").unlink()
    init(project, "--yes")
    assert (project / WORKFLOW).read_text() == BLOCKS[WORKFLOW]


@pytest.mark.parametrize(
    ("option", "left_out"),
    [
        ("--no-config", [".frontleak.yaml"]),
        ("--no-hook", [".git/hooks/pre-commit", ".git/hooks/pre-push"]),
        ("--no-ci", [WORKFLOW]),
        ("--no-baseline", [BASELINE]),
    ],
)
def test_a_part_can_be_left_out(option: str, left_out: list[str], project: Path) -> None:
    init(project, "--yes", option)
    made = files(project)
    assert not [name for name in left_out if name in made]
    assert len({".frontleak.yaml", ".git/hooks/pre-commit", WORKFLOW, BASELINE} & set(made)) == 3


def test_what_is_there_stays(project: Path) -> None:
    mine = {".frontleak.yml": "fail-on: high\n", WORKFLOW: "on: push\n", ".husky/pre-commit": "npm test\n"}
    write(project, mine)
    init(project, "--yes")
    made = files(project)
    assert made[".frontleak.yml"] == b"fail-on: high\n"
    assert made[WORKFLOW] == b"on: push\n"
    assert ".frontleak.yaml" not in made
    assert made[".husky/pre-commit"].endswith(b"npm test\n")
    assert b"frontleak" in made[".husky/pre-commit"]


def test_a_project_without_findings_gets_no_baseline(project: Path) -> None:
    write(project, {"src/a.ts": "1"})
    done = init(project, "--yes")
    assert "there are no findings to accept, so there is no baseline" in done.out
    assert BASELINE not in files(project)


@pytest.mark.parametrize(
    ("before", "inputs"),
    [
        ("test:\n  script: [npm test]\n", {}),
        ("stages: [build, check]\n# x\n", {"inputs": {"stage": "check"}}),
        ("stages:\n  - build\n  - test\n  - deploy\n", {}),
        ("include:\n  - local: /own.yml\n", {}),
    ],
)
def test_gitlab_gets_the_component_of_the_page(before: str, inputs: dict[str, str], project: Path) -> None:
    write(project, {".gitlab-ci.yml": before})
    (project / ".github/workflows/ci.yml").unlink()
    (project / ".github/workflows").rmdir()
    init(project, "--yes")
    made = (project / ".gitlab-ci.yml").read_text()
    assert made.startswith(before)
    (component,) = yaml.safe_load(BLOCKS[".gitlab-ci.yml"])["include"]
    assert yaml.safe_load(made)["include"][-1] == {**component, **inputs}


def test_gitlab_keeps_an_include_that_cannot_be_extended(project: Path) -> None:
    write(project, {".gitlab-ci.yml": "include: /own.yml\n"})
    (project / ".github/workflows/ci.yml").unlink()
    (project / ".github/workflows").rmdir()
    done = init(project, "--yes")
    assert (project / ".gitlab-ci.yml").read_text() == "include: /own.yml\n"
    assert done.code == 2
    assert 'write this below include by hand: [{"component": "gitlab.com/frontleak/' in done.err


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (
            ".circleci/config.yml",
            f"in CircleCI, after the build: `pip install --quiet frontleak=={VERSION}` and `frontleak scan dist`",
        ),
        (
            "Jenkinsfile",
            f"in Jenkins, after the build: `pip install --quiet frontleak=={VERSION}` and `frontleak scan dist`",
        ),
        (
            "netlify.toml",
            "in Netlify, the build command: `npm run build && sh scripts/frontleak.sh dist`; the script: ",
        ),
        ("vercel.json", "in Vercel, the build command: `npm run build && sh scripts/frontleak.sh dist`; the script: "),
    ],
)
def test_other_services_get_the_lines_of_the_page(file: str, line: str, project: Path) -> None:
    (project / "pnpm-lock.yaml").unlink()
    write(project, {file: "mine"})
    (project / ".github/workflows/ci.yml").unlink()
    (project / ".github/workflows").rmdir()
    done = init(project, "--yes")
    assert f"next: {line}" in done.out
    for command in re.findall(r"`(.+?)`", line):
        assert command in BLOCKS[file]
    anchor = re.search(r"docs/integrations\.md#(\S+)", done.out)
    assert anchor
    assert anchor[1] in {each.lower().replace(" ", "-") for each in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)}
    assert (project / file).read_text() == "mine"


def test_the_apps_of_a_monorepo_are_recognised(tmp_path: Path) -> None:
    folder = write(
        repository(tmp_path),
        {
            "package.json": "{}",
            "pnpm-workspace.yaml": "packages: ['apps/*']\n",
            "apps/web/package.json": '{"name": "web", "dependencies": {"next": "16"}}',
            "apps/cms/package.json": '{"name": "cms", "dependencies": {"sanity": "5"}}',
            "apps/docs/package.json": '{"name": "docs"}',
        },
    )
    assert init(folder).out.splitlines()[:3] == [
        "apps/cms: Sanity Studio; builds apps/cms/dist",
        "apps/web: Next.js; builds apps/web/.next",
        "npm, workspaces",
    ]


def test_a_step_that_fails_does_not_stop_the_others(project: Path) -> None:
    write(project, {"lefthook.yml": "a: [\n", ".husky/pre-commit": ""})
    done = init(project, "--yes")
    assert done.code == 2
    assert (
        done.err == "error: hook: this repository has husky and lefthook (choose with --tool, such as --tool husky)\n"
    )
    assert {".frontleak.yaml", WORKFLOW, BASELINE} <= set(files(project))
    done = init(project, "--yes", "--tool=lefthook")
    assert done.err.startswith("error: hook: lefthook.yml:2: not valid YAML: ")


def test_without_a_framework_it_says_so(tmp_path: Path) -> None:
    done = init(repository(tmp_path))
    assert done.out.startswith("no framework is known here: frontleak reads any JavaScript, HTML and build output\n")
    assert "would write .git/hooks/pre-commit (scans before each commit, with git)" in done.out
    assert "CI: none is known here" in done.out


def test_outside_of_a_checkout(tmp_path: Path) -> None:
    done = init(tmp_path)
    assert done.code == 2
    assert done.problems == ["error: this folder is in no git repository"]


def test_hostile_names_are_printed_safely(tmp_path: Path) -> None:
    folder = write(
        repository(tmp_path),
        {
            "package.json": '{"workspaces": ["a*"]}',
            "a\x1b[2J\u202e/package.json": '{"name": "a", "dependencies": {"vite": "7"}}',
        },
    )
    for done in (init(folder), init(folder, "--yes")):
        assert "\x1b" not in done.out + done.err
        assert "\u202e" not in done.out + done.err


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminal")
def test_at_a_terminal_it_asks_before_each(project: Path) -> None:
    import pty

    leader, follower = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "init"], cwd=project, env=environment(TERM="dumb"), stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        os.write(leader, b"y\nn\n\n\n")
        text = b""
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            text += piece
            if not piece:
                break
        assert process.wait(PATIENCE) == 0
    os.close(leader)
    shown = text.decode()
    assert "Write .frontleak.yaml (settings)? [Y/n]" in shown
    assert f"Write {BASELINE} (accepts the findings there are now, so that only new ones fail)? [y/N]" in shown
    made = files(project)
    assert ".frontleak.yaml" in made
    assert WORKFLOW in made, "the default is yes"
    assert ".git/hooks/pre-commit" not in made
    assert BASELINE not in made, "the default is to accept nothing"
    assert git(project, "status", "--porcelain", "--", ".frontleak.yaml") == b"?? .frontleak.yaml\n"
