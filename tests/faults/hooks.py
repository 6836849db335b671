"""Injects code into the installed command at an exact moment, by an audit hook of its Python.

The interpreter imports `sitecustomize` from `PYTHONPATH` before the command begins; everything else is the command as
installed.
"""

import os
import tempfile
from pathlib import Path

from tests.support.few_rules import copy_few_rules

_HOOK = """\
import sys
{before}
def _act(event, arguments):
{body}
_done = False
def _hook(event, arguments):
    global _done
    if event == {event!r} and not _done and ({condition}):
        _done = {once!r}
        _act(event, arguments)
sys.addaudithook(_hook)
"""


def hooked(
    event: str, body: str, scratch: Path, *, condition: str = "True", once: bool = False, before: str = ""
) -> dict[str, str]:
    """Return variables with which the command runs some code.

    Args:
        event: audit event before which the code runs; empty to run it when Python starts.
        body: lines of code.
        scratch: a folder; the code is written next to it.
        condition: expression over the event's `arguments`.
        once: whether only the first such event counts.
        before: code that defines what the condition uses.
    """
    folder = tempfile.mkdtemp(prefix="hook-", dir=scratch.parent)
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    code = _HOOK.format(body=indented, event=event, condition=condition, once=once, before=before) if event else body
    Path(folder, "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH", ""))))}


def with_few_rules(scratch: Path) -> dict[str, str]:
    """Return variables with which the command has the rules of a few vendors: without a cache, all take seconds.

    Args:
        scratch: a folder; the rules are written next to it.
    """
    rules = copy_few_rules(Path(tempfile.mkdtemp(prefix="shipped-", dir=scratch.parent)) / "rules")
    lines = (
        "import pathlib",
        "from frontleak.rules import paths",  # before the modules that take the function from it
        f"paths.rules_directory = lambda: pathlib.Path({str(rules)!r})",
    )
    return hooked("", "\n".join(lines), scratch)
