"""The pre-commit hook gets the right files of a commit, and its command rejects a leak in them."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import identify.identify
import pytest
import yaml

from tests.acceptance.support import Run, git, installed, repository, token, write
from tests.support.paths import ROOT

HOOKS: Final[dict[str, dict[str, Any]]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}
HOOK: Final = HOOKS["frontleak"]


def selected(folder: Path, names: Sequence[str]) -> list[str]:
    """Return the file names that pre-commit passes: filtered by pattern, then by the types from identify."""
    include, exclude = re.compile(HOOK.get("files", "")), re.compile(HOOK.get("exclude", "^$"))
    kept = []
    for name in names:
        tags = identify.identify.tags_from_path(str(folder / name))
        if (
            include.search(name)
            and not exclude.search(name)
            and tags >= set(HOOK.get("types", ["file"]))
            and (not HOOK.get("types_or") or tags & set(HOOK["types_or"]))
            and not tags & set(HOOK.get("exclude_types", []))
        ):
            kept.append(name)
    return kept


def hook(folder: Path, id_: str = "frontleak", arguments: Sequence[str] = ()) -> Run | None:
    """Run a hook's command on the staged files as pre-commit does; None if it would not run."""
    staged = git(folder, "diff", "--staged", "--name-only", "--no-ext-diff", "--diff-filter=ACMRTUXB", "-z")
    names = selected(folder, staged.decode().split("\0")[:-1]) if HOOKS[id_].get("pass_filenames", True) else []
    if not names and not HOOKS[id_].get("always_run"):
        return None
    words = shlex.split(HOOKS[id_]["entry"])
    assert words.pop(0) == "frontleak"
    return installed(*words, *(arguments or HOOKS[id_].get("args", [])), *names, cwd=folder, env={"PRE_COMMIT": "1"})


WANTED: Final = [
    *("app.js", "src/app.mjs", "app.cjs", "app.jsx", "src/lib/app.ts", "app.tsx", "app.mts", "app.cts"),
    *("App.vue", "App.svelte", "pages/index.astro", "index.html", "index.htm", "data.json", "tsconfig.jsonc"),
    *("view.ejs", "theme.liquid", "page.hbs", "page.handlebars", "index.php", "page.twig", "a.njk", "a.pug", "a.erb"),
    *("a.jinja2", "_page.cshtml", "a.jsp", "a.heex", "a.haml", "a.mustache", "a.marko", "a.riot", "a.elm", "a.coffee"),
    *(
        "a.scss",
        "a.less",
        "a.styl",
        "a.py",
        "a.rb",
        "a.go",
        "a.swift",
        "a.kt",
        "a.dart",
        "a.tf",
        "a.ini",
        "a.properties",
    ),
    *(".env", ".env.local", ".env.production", "apps/web/.env.development.local", "production.env", ".npmrc", ".envrc"),
    *("dist/app.js.map", "dist/index.rsc", "robots.txt", "README.md", "docs/page.mdx", "config.yaml", "ci.yml"),
    *("netlify.toml", "deploy.sh", "query.graphql", "query.groq", "style.css", "Dockerfile", "site.webmanifest"),
    *("requests.http", "logo.svg", "server.pem", "server.key", "a b.js", "ünï.ts", ".github/workflows/ci.yml"),
    *("package-lock.json", "pnpm-lock.yaml", ".yarnrc.yml", "Procfile", "notjs", "a.unknown", "data.csv", "fix.patch"),
]
UNWANTED: Final = [
    *("logo.png", "photo.jpg", "photo.webp", "icon.ico", "font.woff2", "font.ttf", "movie.mp4", "paper.pdf"),
    *("a.zip", "a.exe", "package.tgz", "app.jsx.snap.png"),
]
LISTS: Final = [".gitignore", ".prettierignore", ".gitattributes", "LICENSE", "LICENSE.md", "sub/COPYING", "de.po"]


@pytest.mark.parametrize("name", LISTS)
def test_the_hook_does_not_look_at_the_text_of(tmp_path: Path, name: str) -> None:
    assert selected(write(tmp_path, {name: "text"}), [name]) == []


@pytest.mark.parametrize("name", WANTED)
def test_the_hook_looks_at(tmp_path: Path, name: str) -> None:
    assert selected(write(tmp_path, {name: "text"}), [name]) == [name]


@pytest.mark.parametrize("name", UNWANTED)
def test_the_hook_does_not_look_at(tmp_path: Path, name: str) -> None:
    assert selected(write(tmp_path, {name: b"\0\1"}), [name]) == []


def test_the_hook_does_not_look_through_links(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": ""})
    (tmp_path / "b.js").symlink_to("a.js")
    assert selected(tmp_path, ["b.js"]) == []


@pytest.mark.parametrize("id_", HOOKS)
def test_a_hook_says_all_that_pre_commit_needs(id_: str) -> None:
    manifest = HOOKS[id_]
    assert manifest["language"] == "python"
    assert manifest["name"]
    assert manifest["description"]
    assert manifest["require_serial"] is True, "the command starts processes of its own"
    assert shlex.split(manifest["entry"])[:2] == ["frontleak", "scan"]
    assert "types_or" not in manifest, "a list of types forgets some"


def test_a_clean_commit_passes(tmp_path: Path) -> None:
    write(repository(tmp_path), {"a.js": "const a = 1;", "b/c d.ts": "", "logo.png": b"\x89PNG\0"})
    git(tmp_path, "add", ".")
    done = hook(tmp_path)
    assert done is not None
    assert (done.code, done.err) == (0, "")
    assert "Scanned 2 files" in done.out


def test_a_commit_of_other_files_does_not_run_the_hook(tmp_path: Path) -> None:
    write(repository(tmp_path), {"logo.png": b"\x89PNG\0"})
    git(tmp_path, "add", ".")
    assert hook(tmp_path) is None


@pytest.mark.parametrize("name", ["src/a.ts", ".env.local", "a b.js", "-a.js", "ünï.tsx", "dist/a.js.map"])
def test_a_leak_in_a_commit_is_stopped(tmp_path: Path, name: str) -> None:
    write(repository(tmp_path), {name: f"token = '{token()}'", "clean.js": ""})
    git(tmp_path, "add", "--force", ".")
    done = hook(tmp_path)
    assert done is not None
    assert (done.code, done.err) == (1, "")
    assert f"{name}:1:10  high  Sanity API token" in done.out
    assert token() not in done.out


def test_a_leak_that_is_not_part_of_the_commit_does_not_stop_it(tmp_path: Path) -> None:
    write(repository(tmp_path), {"a.js": "", "b.js": f"'{token()}'"})
    git(tmp_path, "add", "a.js")
    done = hook(tmp_path)
    assert done is not None
    assert done.code == 0


def test_a_file_the_commit_deletes_does_not_stop_it(tmp_path: Path) -> None:
    write(repository(tmp_path), {"a.js": f"'{token()}'", "b.js": ""})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=a")
    git(tmp_path, "rm", "--quiet", "a.js")
    write(tmp_path, {"b.js": "1"})
    git(tmp_path, "add", "b.js")
    done = hook(tmp_path)
    assert done is not None
    assert (done.code, done.err) == (0, "")


def test_the_configuration_of_the_repository_counts_in_a_commit(tmp_path: Path) -> None:
    write(repository(tmp_path), {".frontleak.yaml": "ignore: [sanity-*]", "a.js": f"'{token()}'"})
    git(tmp_path, "add", ".")
    done = hook(tmp_path)
    assert done is not None
    assert done.code == 0


def test_a_commit_of_nothing_but_excluded_files_passes(tmp_path: Path) -> None:
    write(repository(tmp_path), {".frontleak.yaml": "exclude: ['*.map']", "a.map": f"'{token()}'"})
    git(tmp_path, "add", "a.map")
    done = hook(tmp_path)
    assert done is not None
    assert done.code == 0


def test_the_hook_for_build_output_scans_what_no_commit_holds(tmp_path: Path) -> None:
    write(repository(tmp_path), {".gitignore": "dist\n", "dist/a.js": f"'{token()}'", "b.js": ""})
    git(tmp_path, "add", ".")
    done = hook(tmp_path, "frontleak-bundle", ["dist"])
    assert done is not None
    assert done.code == 1
    assert "dist/a.js:1:2  high" in done.out


def test_the_hook_for_build_output_passes_without_a_build_and_says_so(tmp_path: Path) -> None:
    write(repository(tmp_path), {"a.js": f"'{token()}'"})
    git(tmp_path, "add", ".")
    done = hook(tmp_path, "frontleak-bundle", ["dist"])
    assert done is not None
    assert (done.code, done.out, done.err) == (0, "", "note: dist: not built, so it was not scanned\n")
    assert HOOKS["frontleak-bundle"]["verbose"] is True, "pre-commit hides the notes of a hook that passes"


def test_the_hook_for_build_output_wants_a_folder(tmp_path: Path) -> None:
    done = hook(repository(tmp_path), "frontleak-bundle")
    assert done is not None
    assert done.code == 2
    assert done.problems == ["error: --if-built requires PATHS: the folders that your build writes, such as dist"]
