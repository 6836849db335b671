"""`frontleak init` recognises a project, asks, writes what it is told to, and overwrites nothing."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, frontleak, git, repository, token, write

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
    assert [step["run"] for step in job["steps"] if "run" in step] == [
        "corepack enable",
        "pnpm install --frozen-lockfile",
        "pnpm run build",
        "pipx install git+https://github.com/frontleak/frontleak",
        "frontleak scan",
    ]
    assert all(
        "@" in step["uses"] and len(step["uses"].rpartition("@")[2]) == 40 for step in job["steps"] if "uses" in step
    )


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
    ("before", "job"),
    [
        ("test:\n  script: [npm test]\n", {}),
        ("stages: [build, check]\n# x\n", {"stage": "check"}),
        ("stages:\n  - build\n  - test\n  - deploy", {"stage": "test"}),
    ],
)
def test_gitlab_gets_a_job(before: str, job: dict[str, str], project: Path) -> None:
    write(project, {".gitlab-ci.yml": before})
    (project / ".github/workflows/ci.yml").unlink()
    (project / ".github/workflows").rmdir()
    init(project, "--yes")
    made = (project / ".gitlab-ci.yml").read_text()
    assert made.startswith(before)
    script = ["pip install --quiet git+https://github.com/frontleak/frontleak", "frontleak scan"]
    assert yaml.safe_load(made)["frontleak"] == {**job, "image": "python:3.13", "script": script}


@pytest.mark.parametrize(
    ("service", "file"),
    [
        ("CircleCI", ".circleci/config.yml"),
        ("Netlify", "netlify.toml"),
        ("Vercel", "vercel.json"),
        ("Jenkins", "Jenkinsfile"),
    ],
)
def test_other_services_get_their_lines(service: str, file: str, project: Path) -> None:
    write(project, {file: "mine"})
    (project / ".github/workflows/ci.yml").unlink()
    (project / ".github/workflows").rmdir()
    done = init(project, "--yes")
    assert f"next: in {service}, after the build: `pip install " in done.out
    assert "`frontleak scan dist`" in done.out
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
