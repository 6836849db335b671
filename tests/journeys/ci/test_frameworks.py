"""A framework without a place for our plugin: `postbuild`, as docs/integrations.md has it, in a real build."""

import json
import platform
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import COMMAND, token, write
from tests.journeys.ci.bundlers import BLOCKS
from tests.journeys.ci.npm_packages import NPM, downloaded, packed
from tests.journeys.ci.support import started
from tests.support.programs import Done

pytestmark = pytest.mark.toolchain
LAYOUT: Final = "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n"
PAGE: Final = """\
"use client";
export default function Page() { return <p onClick={() => fetch("/x", { headers: { a: "TOKEN" } })}>hello</p>; }
"""


def platform_package(folder: Path) -> Path:
    """Pack a package of this platform whose program is the command of the tests."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    write(
        folder,
        {
            "package.json": json.dumps({"name": f"@frontleak/{sys.platform}-{machine}", "version": "0.1.0"}),
            "program/frontleak": f'#!/bin/sh\nexec "{COMMAND}" "$@"\n',
        },
    )
    (folder / "program/frontleak").chmod(0o755)
    return packed(folder, folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Next.js project with the scripts of the page."""
    folder = tmp_path_factory.mktemp("next")
    package = json.loads(BLOCKS["next/package.json"])
    assert package["devDependencies"].keys() == {"frontleak"}
    write(folder, {"package.json": json.dumps({"scripts": package["scripts"]}), "app/layout.jsx": LAYOUT})
    downloaded(folder, "next@16", "react@19", "react-dom@19")
    archives = (packed(NPM / "frontleak", folder), platform_package(folder.with_name("platform")))
    return downloaded(folder, *map(str, archives))


def build(project: Path, page: str) -> Done:
    write(project, {"app/page.jsx": page})
    return started(["npm", "run", "build"], project, {"NEXT_TELEMETRY_DISABLED": "1", "CI": "1"})


def test_next_build_fails_with_the_report_and_passes_without_a_leak(project: Path) -> None:
    secret = token()
    done = build(project, PAGE.replace("TOKEN", secret))
    assert done.code == 1, done.text
    assert "Revoke the token at https://www.sanity.io/manage" in done.text
    assert secret not in done.text
    done = build(project, PAGE.replace("TOKEN", "nothing"))
    assert done.code == 0, done.text
