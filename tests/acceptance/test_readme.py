"""The first example in the README matches the output of the command."""

import re

from tests.acceptance.support import installed
from tests.support.paths import ROOT


def test_the_first_example_is_what_the_command_prints() -> None:
    blocks = re.findall(r"^```\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    command, printed = blocks[:2]
    _, _, scan = command.strip().partition("frontleak ")
    done = installed(*scan.split(), cwd=ROOT, env={"COLUMNS": "100"})
    assert without_seconds(done.out) == without_seconds(printed)
    assert done.code == 1


def without_seconds(text: str) -> str:
    return re.sub(r"in \d+\.\d+ s\.", "in 0.00 s.", text)
