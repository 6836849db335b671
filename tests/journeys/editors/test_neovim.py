"""The server in Neovim 0.7, headless, with the lines of docs/editors.md."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, environment, repository, token, write
from tests.cli.lsp.test_projects import APP
from tests.journeys.editors.test_page import BLOCKS
from tests.support.code import package

pytestmark = pytest.mark.toolchain

DRIVER: Final = Path(__file__).with_name("drive.lua")


def driven(folder: Path, file: str, **steps: str) -> dict[str, Any]:
    """Open a file of a folder in Neovim and do some steps (see the driver); return what it showed."""
    program = shutil.which("nvim")
    assert program is not None, "install Neovim: apt-get install neovim"
    settings, result = folder / "init.lua", folder / "result.json"
    settings.write_text(BLOCKS["neovim-0.7"])
    path = os.pathsep.join([str(Path(COMMAND).parent), os.environ["PATH"]])
    run = subprocess.run(
        [program, "--headless", "-u", str(settings), "-i", "NONE", "-n", "-S", str(DRIVER)],
        cwd=folder,
        env=environment(PATH=path, FILE=file, RESULT=str(result), HOME=str(folder / "home"), **steps),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.exists(), run.stderr
    found: dict[str, Any] = json.loads(result.read_text("utf-8"))
    assert found["problem"] is None, found["problem"]
    return found


def test_a_secret_is_shown_at_its_column_and_gone_after_the_edit(tmp_path: Path) -> None:
    secret = token()
    line = f"const é = '😀🎈', t = '{secret}'"
    folder = repository(tmp_path / "app")
    write(folder, {"package.json": package("next"), "src/a.ts": f"// ordinary\n  {line}\nexport {{}}\n"})
    found = driven(folder, "src/a.ts", LINE="1", PART="  const é = '😀🎈', t = read()")
    steps = {step["name"]: step for step in found["steps"]}
    assert [step["name"] for step in found["steps"] if not step["ok"]] == []
    before = f"  {line}".partition(secret)[0]
    units = len(before.encode("utf-16-le")) // 2
    assert found["ranges"][0] == {
        "start": {"line": 1, "character": units},
        "end": {"line": 1, "character": units + len(secret)},
    }
    (shown,) = steps["opened"]["shown"]  # Neovim counts bytes
    assert (shown["line"], shown["column"]) == (1, len(before.encode()))
    assert shown["end_column"] - shown["column"] == len(secret)
    assert (shown["severity"], shown["source"], shown["code"]) == (1, "frontleak", "sanity-token")
    assert secret[8:20] not in json.dumps([found["hover"], found["titles"], shown["message"]])
    assert "frontleak explain sanity-token" in found["hover"]
    assert steps["edited"]["shown"] == []
    assert steps["undone"]["shown"] == steps["opened"]["shown"]
    assert any("comment for sanity-token" in title for title in found["titles"])
    assert steps["ignored"]["shown"] == []
    assert steps["ignored"]["text"] == [
        "// ordinary",
        "  // frontleak: ignore[sanity-token] TODO: explain why this is not a leak",
        f"  {line}",
        "export {}",
    ]


def test_a_save_shows_the_way_to_the_browser_and_a_change_takes_it_away(tmp_path: Path) -> None:
    text = APP["lib/sanity.ts"]
    folder = write(repository(tmp_path / "app"), {**APP, "lib/sanity.ts": "export const client = 1\n"})
    found = driven(folder, "lib/sanity.ts", SAVED=text.rstrip("\n"))
    steps = {step["name"]: step for step in found["steps"]}
    assert [step["name"] for step in found["steps"] if not step["ok"]] == []
    shown = steps["saved"]["shown"]
    assert {each["code"] for each in shown} == {"sanity-token-in-client-code"}
    hops = [each["location"]["uri"].rpartition("/")[2] for each in shown[0]["related"]]
    assert hops[:2] == ["like.tsx", "sanity.ts"]
    assert text.splitlines()[shown[0]["line"]][shown[0]["column"] :].startswith("process.env.")
    assert steps["changed"]["shown"] == []
