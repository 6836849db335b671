"""unplugin-frontleak and vite-plugin-frontleak, installed from their packages, in real builds."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import token, write
from tests.journeys.ci.bundlers import BUILDS, Workshop, with_options
from tests.journeys.ci.npm_packages import Tools

pytestmark = pytest.mark.toolchain
BUNDLERS: Final = tuple(BUILDS)
FIX: Final = "Revoke the token at https://www.sanity.io/manage"
BOTH: Final = """\
import frontleak from "vite-plugin-frontleak";
export default {
  plugins: [frontleak()],
  builder: BUILDER,
  environments: {
    client: { build: { outDir: "dist/client" } },
    ssr: { build: { outDir: "dist/server", rollupOptions: { input: "src/server.js" } } },
  },
};
"""
BUILDERS: Final = {
    "all of them": "{}",
    "the app's own order": "{ async buildApp(b) { await b.build(b.environments.ssr); await b.build(b.environments.client); } }",
    "at once": "{ async buildApp(b) { await Promise.all(Object.values(b.environments).map((each) => b.build(each))); } }",
    "shared": "{ sharedConfigBuild: true, sharedPlugins: true }",
}


@pytest.mark.parametrize("bundler", BUNDLERS)
def test_a_clean_build_passes(bundler: str, workshop: Workshop, tools: Tools) -> None:
    done = workshop.build(workshop.project(f"clean-{bundler}", bundler, leaks=False), bundler, tools)
    assert done.code == 0, done.text
    assert tools.scans == ["scan -- dist"]


@pytest.mark.parametrize("bundler", BUNDLERS)
def test_a_build_with_a_leak_fails_with_the_report(bundler: str, workshop: Workshop, tools: Tools) -> None:
    done = workshop.build(workshop.project(f"leak-{bundler}", bundler, leaks=True), bundler, tools)
    assert done.code != 0
    assert FIX in done.text
    assert 'frontleak: secrets in "dist"; the report is above. Do not publish this build.' in done.text
    assert token() not in done.text
    assert not re.search(r"^\s+at .*unplugin-frontleak", done.text, re.MULTILINE), "no stack of ours"
    assert tools.scans == ["scan -- dist"]


@pytest.mark.parametrize("bundler", BUNDLERS)
def test_a_missing_command_fails_and_says_what_to_install(bundler: str, workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "none", has_frontleak=False)
    done = workshop.build(workshop.project(f"missing-{bundler}", bundler, leaks=False), bundler, tools)
    assert done.code != 0
    assert "frontleak: nothing was scanned, because the command is missing" in done.text
    assert (
        "install the optional packages (npm install --include=optional), or uv: https://docs.astral.sh/uv/" in done.text
    )


def test_vite_in_node_24(workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "tools24", workshop.node24)
    assert tools.run("--version", cwd=tmp_path).text.startswith("v24.")
    for name, leaks in (("clean", False), ("leak", True)):
        done = workshop.build(workshop.project(f"{name}-vite-24", "vite", leaks=leaks), "vite", tools)
        assert (done.code != 0, FIX in done.text) == (leaks, leaks)


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("leaks", [False, True])
def test_an_app_of_two_environments_is_scanned_once(name: str, leaks: bool, workshop: Workshop, tools: Tools) -> None:
    config = BOTH.replace("BUILDER", BUILDERS[name])
    project = workshop.project(f"both-{'leak' if leaks else 'clean'}-{name}", "vite", leaks=leaks, config=config)
    write(project, {"src/server.js": "export const answer = 42;\n"})
    done = workshop.build(project, "vite", tools)
    assert (done.code != 0, FIX in done.text) == (leaks, leaks), done.text
    assert len(tools.scans) == 1
    assert set(tools.scans[0].split()) == {"scan", "--", "dist/client", "dist/server"}


def test_builds_of_one_process_are_scanned_each(workshop: Workshop, tools: Tools) -> None:
    project = workshop.project("api", "vite", leaks=False)
    text = """\
import { build } from "vite";
await build({ logLevel: "silent", build: { outDir: "one" } });
await build({ logLevel: "silent", build: { outDir: "two", ssr: "src/index.js" } });
await build({ logLevel: "silent", build: { write: false } });
"""
    done = tools.run("run.mjs", cwd=write(project, {"run.mjs": text}))
    assert done.code == 0, done.text
    assert tools.scans == ["scan -- one", "scan -- two"]


def test_the_outputs_of_rollup_are_scanned_once(workshop: Workshop, tools: Tools) -> None:
    config = """\
import frontleak from "unplugin-frontleak/rollup";
export default {
  input: "src/index.js",
  output: [{ dir: "dist" }, { dir: "legacy", format: "system" }, { file: "one.js" }, { file: "two/two.js", sourcemap: true }],
  plugins: [frontleak()],
};
"""
    project = workshop.project("outputs", "rollup", leaks=False, config=config)
    assert workshop.build(project, "rollup", tools).code == 0
    (scan,) = tools.scans
    assert set(scan.split()[2:]) == {"dist", "legacy", "one.js", "two/two.js", "two/two.js.map"}


@pytest.mark.parametrize(("bundler", "old", "new"), [
    ("webpack", 'entry: "./src/index.js"', 'entry: "./src/index.js", output: { path: process.cwd() }'),
    ("esbuild", 'outdir: "dist"', 'outdir: ".", sourcemap: true'),
    ("esbuild", 'outdir: "dist"', 'outfile: "-x.js"'),
    ("rollup", 'dir: "dist"', 'dir: "."'),
])  # fmt: skip
def test_where_the_output_is_among_the_sources_only_its_files_are_scanned(
    bundler: str, old: str, new: str, workshop: Workshop, tools: Tools
) -> None:
    config = with_options(bundler)
    assert old in config
    name = f"among-{bundler}-{'file' if 'outfile' in new else 'folder'}"
    project = workshop.project(name, bundler, leaks=False, config=config.replace(old, new))
    write(project, {"private/server.js": f'export const t = "{token()}";\n'})
    done = workshop.build(project, bundler, tools)
    assert done.code == 0, done.text
    (scan,) = tools.scans
    assert scan.split()[2:] in (["main.js"], ["index.js.map", "index.js"], ["./-x.js"], ["index.js"])


def test_rolldown_has_the_hooks_of_rollup(workshop: Workshop, tools: Tools) -> None:
    text = """\
import { rolldown } from "rolldown";
import unplugin from "unplugin-frontleak";
const bundle = await rolldown({ input: "src/index.js", plugins: [unplugin.rolldown()] });
await bundle.write({ dir: "dist" });
await bundle.write({ dir: "legacy", format: "cjs" });
await bundle.close();
"""
    for name, leaks in (("clean", False), ("leak", True)):
        project = write(workshop.project(f"{name}-rolldown", "rollup", leaks=leaks), {"run.mjs": text})
        done = tools.run("run.mjs", cwd=project)
        assert (done.code != 0, FIX in done.text) == (leaks, leaks), done.text
    assert tools.scans == ["scan -- dist legacy"] * 2


def test_options_reach_the_command(workshop: Workshop, tools: Tools) -> None:
    config = with_options("vite", failOn="high", args=["--no-baseline"], include=["public space"])
    project = write(workshop.project("options", "vite", leaks=False, config=config), {"public space/a.js": "1"})
    assert workshop.build(project, "vite", tools).code == 0
    assert tools.scans == ["scan --fail-on=high --no-baseline -- dist public space"]


def test_switched_off_it_does_nothing(workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "none", has_frontleak=False)
    for bundler in BUNDLERS:
        config = with_options(bundler, enabled=False)
        project = workshop.project(f"off-{bundler}", bundler, leaks=True, config=config)
        assert workshop.build(project, bundler, tools).code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"failon": "high"}, 'there is no option "failon"; there are command, args, failOn,'),
        ({"failOn": "bad"}, "the option failOn must be one of critical, high, medium, low, info"),
        ({"args": "--strict"}, "the option args must be a list of options of `frontleak scan`"),
        ({"command": []}, "the option command must be a program, or a list of it and its first arguments"),
        ({"command": "./no such"}, "./no such cannot be run: spawn ./no such ENOENT\nthe option `command` names"),
    ],
)
def test_a_mistake_in_the_options_fails(
    options: dict[str, object], message: str, workshop: Workshop, tools: Tools
) -> None:
    project = workshop.project(f"mistake-{len(message)}", "vite", leaks=False, config=with_options("vite", **options))
    done = workshop.build(project, "vite", tools)
    assert done.code != 0
    assert message in done.text
    assert "unplugin-frontleak/src" not in done.text, "no stack"


@pytest.mark.parametrize("bundler", BUNDLERS)
def test_an_incomplete_scan_fails_unless_it_may_warn(bundler: str, workshop: Workshop, tools: Tools) -> None:
    for incomplete, passes in (("error", False), ("warn", True)):
        command = ["node", "-e", "process.exit(3)", "--"]
        config = with_options(bundler, command=command, incomplete=incomplete)
        done = workshop.build(
            workshop.project(f"{incomplete}-{bundler}", bundler, leaks=False, config=config), bundler, tools
        )
        assert (done.code == 0) is passes, done.text
        assert 'the scan of "dist" is incomplete' in done.text


def test_a_command_that_dies_fails_the_build(workshop: Workshop, tools: Tools) -> None:
    for script, end in (("process.exit(2)", "exit code 2"), ("process.kill(process.pid, 'SIGKILL')", "SIGKILL")):
        config = with_options("vite", command=["node", "-e", script, "--"], incomplete="warn")
        done = workshop.build(workshop.project(f"dies-{len(end)}", "vite", leaks=False, config=config), "vite", tools)
        assert done.code != 0
        assert f'the scan of "dist" failed ({end}); its message is above' in done.text


def test_names_are_never_read_by_a_shell(workshop: Workshop, tools: Tools) -> None:
    name = "a b'c\"d$(touch pwned);`touch pwned` & touch pwned"
    for bundler in ("vite", "esbuild"):
        config = with_options(bundler).replace('"dist"', json.dumps(f"--exit-zero {name}"))
        if bundler == "vite":
            config = config.replace("plugins:", f"build: {{ outDir: {json.dumps(f'--exit-zero {name}')} }}, plugins:")
        project = workshop.project(f"{name}/{bundler}", bundler, leaks=True, config=config)
        done = workshop.build(project, bundler, tools)
        assert (done.code != 0, FIX in done.text) == (True, True), done.text
    assert not list(workshop.folder.rglob("pwned"))


def test_the_types_fit_the_bundlers(workshop: Workshop, tools: Tools) -> None:
    imports = "".join(f'import {each} from "unplugin-frontleak/{each}";\n' for each in BUNDLERS)
    uses = """\
import again from "vite-plugin-frontleak";
import unplugin, { type Options } from "unplugin-frontleak";
import { defineConfig } from "vite";
import type { RollupOptions } from "rollup";
import type { Configuration } from "webpack";
import type { Configuration as Rspack } from "@rspack/core";
import type { BuildOptions } from "esbuild";
const options: Options = { failOn: "high", args: ["--no-baseline"], command: ["a"], include: [], dev: false, enabled: true };
export default defineConfig({ plugins: [vite(options), again(), unplugin.vite(options)] });
export const a: RollupOptions = { plugins: [rollup(options)] };
export const b: Configuration = { plugins: [webpack()] };
export const c: Rspack = { plugins: [rspack()] };
export const d: BuildOptions = { plugins: [esbuild()] };
// @ts-expect-error: no such severity
vite({ failOn: "worst" });
"""
    project = write(workshop.project("types", "vite", leaks=False), {"use.ts": imports + uses})
    flags = ("--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "use.ts")
    done = tools.run(str(workshop.folder / "node_modules/typescript/bin/tsc"), *flags, cwd=project)
    assert done.code == 0, done.text
