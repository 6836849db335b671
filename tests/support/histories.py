"""Repositories with a long history, written by `git fast-import`."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.acceptance.support import environment, repository, token

FILES: Final = 40
"""Files of the tree, of which each commit changes one."""
REPEATS: Final = 10
"""Of so many commits, one brings bytes back that were there before."""


def long_history(folder: Path, commits: int, brought: int, removed: int) -> int:
    """Create a repository and return the number of its blobs, each of other bytes.

    Args:
        folder: where it is created.
        commits: its number of commits.
        brought: number of the commit, from 1, that adds a file with a token.
        removed: number of the commit that takes the token out of that file.
    """
    repository(folder)
    blobs: set[bytes] = set()
    stream = b"".join(_stream(commits, brought, removed, blobs))
    subprocess.run(
        ["git", "fast-import", "--quiet"],
        cwd=folder,
        env=environment(GIT_CONFIG_NOSYSTEM="1"),
        input=stream,
        check=True,
    )
    subprocess.run(["git", "reset", "--quiet", "--hard", "main"], cwd=folder, env=environment(), check=True)
    return len(blobs)


def _stream(commits: int, brought: int, removed: int, blobs: set[bytes]) -> Iterator[bytes]:
    for number in range(1, commits + 1):
        seconds = 1_000_000_000 + number * 60
        yield b"commit refs/heads/main\ncommitter t <t@example.com> %d +0000\ndata 1\nx\n" % seconds
        content = f"export const version = {number - number % REPEATS if number % REPEATS == 1 else number}\n"
        yield from _file(f"src/part{number % FILES}.ts", content, blobs)
        if number in (brought, removed):
            text = f"export const key = '{token('history')}'\n" if number == brought else "export const key = 0\n"
            yield from _file("src/key.ts", text, blobs)
        yield b"\n"


def _file(path: str, text: str, blobs: set[bytes]) -> Iterator[bytes]:
    data = text.encode()
    blobs.add(data)
    yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
