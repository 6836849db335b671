"""Plays a page of the documentation: writes its files, runs its commands, and returns it with what they print.

A fenced block `console` has commands after `$ ` and their output. A fenced block with a language and a path, such as
`ts src/a.ts`, is written to that file; `<token>` in it stands for a fake Sanity token, another one for each file.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.support import COMMAND, environment, token, write
from tests.support.programs import program

_COMMITS = {
    **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ada@example.com" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2026-01-31T12:00:00Z" for role in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Commits of a page have the same ids in every run."""
_BLOCK = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def played(text: str, folder: Path, programs: Path = Path(COMMAND).parent, **variables: str) -> str:
    """Return the text of a page with the output of its commands, run in a folder one after the other.

    Args:
        text: of the page.
        folder: where its files are written, and its commands run.
        programs: folder of the commands `frontleak` and `python`.
        variables: further environment variables.
    """
    env = environment(PATH=f"{programs}{os.pathsep}{os.environ['PATH']}", COLUMNS="100", **_COMMITS, **variables)
    return _BLOCK.sub(lambda block: _played(block, folder, env), text)


def _played(block: re.Match[str], folder: Path, env: Mapping[str, str]) -> str:
    language, _, title = block["info"].partition(" ")
    path = title.removeprefix("title=").strip('"')
    if language != "console":
        if path:
            write(folder, {path: block["body"].replace("<token>", token(path))})
        return block.group()
    commands = [line for line in block["body"].splitlines() if line.startswith("$ ")]
    printed = "".join(f"{line}\n{_printed(line[2:], folder, env)}" for line in commands)
    return f"```console\n{printed}```"


def _printed(command: str, folder: Path, env: Mapping[str, str]) -> str:
    done = program(["bash", "-c", command], folder, env)
    return re.sub(r"in \d+\.\d+ s\.", "in 0.01 s.", done.text)
