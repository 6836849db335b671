"""Scan in shards within a test, through everything that a plan and a done-file hold."""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frontleak.api.functions import load_rules, render
from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.scanning.shards.key import ShardKey
from frontleak.scanning.shards.lines import lines_of, read_line
from frontleak.scanning.shards.merge import merge_done, merged_report
from frontleak.scanning.shards.partial import written
from frontleak.scanning.shards.plan import make_plan
from frontleak.scanning.shards.run import run_shard
from frontleak.scanning.shards.settings import settings_of

KEY = ShardKey(bytes(range(32)))


def done_files(ruleset: RuleSet, options: ScanOptions, count: int) -> dict[str, str]:
    """Return name -> text of the done-files of a scan in shards of the working directory."""
    lines = list(lines_of(make_plan(ruleset, settings_of(options), count), KEY))
    shards = [read_line(line, f"plan:{number}", KEY) for number, line in enumerate(lines, start=1)]
    return {f"{shard.number}.json": written(shard, run_shard(shard, ruleset), KEY) for shard in shards}


def merged(ruleset: RuleSet, options: ScanOptions, documents: Sequence[tuple[str, str]], **more: Any) -> Report:
    """Return the report of done-files."""
    found = merge_done(documents, KEY)
    own = replace(found.head.settings.options(), accepted=options.accepted)
    return merged_report(found, ruleset, own, 0.0, **more)


def both(folder: Path, options: ScanOptions, count: int, seed: int = 1) -> tuple[str, str]:
    """Return the JSON reports of a scan on one machine and of one in shards, whose results arrive in any order."""
    ruleset = load_rules()
    here = os.getcwd()
    os.chdir(folder)
    try:
        plain = scan(ruleset, options)
        documents = list(done_files(ruleset, options, count).items())
        random.Random(seed).shuffle(documents)
        joined = merged(ruleset, options, documents)
        return tuple(render(replace(each, seconds=0.0)) for each in (plain, joined))  # type: ignore[return-value]
    finally:
        os.chdir(here)
