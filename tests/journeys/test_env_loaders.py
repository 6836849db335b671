"""Env files are read as dotenv and dotenv-expand of npm read them, which the frameworks load."""

import json
import random
import subprocess
from pathlib import Path
from typing import Final

import pytest

from frontleak.files.dotenv import read_env
from frontleak.files.env_expansion import expanded

pytestmark = [pytest.mark.slow, pytest.mark.toolchain]

PACKAGES: Final = ("dotenv@16.6.1", "dotenv-expand@12.0.3")
_PIECES: Final = (
    *("A", "B_C", "D.E", "=", ":", " ", "  ", "\n", "\n", "\r\n", '"', "'", "`", "#", " #", "\\n", '\\"', "\\\\"),
    *("$A", "${A}", "${B_C:-x}", "${Q-y z}", "\\$A", "export ", "foo", "bar baz", "1", "-", "é", "\t", "${A:+k}"),
)
_SCRIPT: Final = """
const {parse} = require('dotenv'), {expand} = require('dotenv-expand')
const texts = JSON.parse(require('fs').readFileSync(0))
console.log(JSON.stringify(texts.map((text) => {
  const parsed = parse(text), all = {...parsed}
  expand({parsed: all, processEnv: {}})
  return [parsed, all]
})))
"""


def test_random_files_are_read_as_the_loaders_read_them(tmp_path: Path) -> None:
    install = ["npm", "install", "--prefix", str(tmp_path), "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES]
    subprocess.run(install, check=True, timeout=300, capture_output=True)
    generator = random.Random(19)
    texts = ["".join(generator.choices(_PIECES, k=generator.randint(3, 40))) for _ in range(5_000)]
    done = subprocess.run(
        ["node", "-e", _SCRIPT],
        cwd=tmp_path,
        input=json.dumps(texts).encode(),
        check=True,
        capture_output=True,
        timeout=60,
    )
    for text, (parsed, all_expanded) in zip(texts, json.loads(done.stdout), strict=True):
        ours = {each.name: each.value for each in read_env(text.encode()).assignments}
        assert ours == parsed, text
        known: dict[str, str] = {}
        for name in parsed:
            known[name] = expanded(ours[name], known)[0]
        assert known == all_expanded, text
