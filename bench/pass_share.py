"""Show what each rule and each decoder's triggers cost in the pass over the bytes, on real code.

The share of one is the CPU time that the pass saves without it. The shares do not add up: what two need in the same
way is saved only without both. A share of more than a few percent is a prefilter to rewrite.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import hyperscan

from bench import corpus, report
from frontleak.match.gated_pass import VALUE_GATE
from frontleak.rules.load import load_rules
from frontleak.rules.match_rates import literal_rate
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.regex_ast import parse
from frontleak.rules.ruleset import RuleSet

LISTED = 25
"""Lines of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The cost of some prefilters."""

    name: str
    count: int
    """Number of prefilters."""
    share: float
    """Part of the pass's CPU time that is saved without them."""
    events: int
    literal: float
    """How often the most frequent of their literals occurs in ordinary code, per byte, as `rules check` estimates."""


def groups(ruleset: RuleSet) -> dict[str, list[Prefilter]]:
    """Return name -> prefilters: one for a rule, all of a decoder's triggers together, and the gate of all others."""
    found = {rule.id: [rule.prefilter] for rule in ruleset.rules if not rule.prefilter.reach}
    if any(rule.prefilter.reach for rule in ruleset.rules):
        found["the value gate"] = [VALUE_GATE]
    for trigger in ruleset.triggers:
        found.setdefault(f"triggers of {trigger.name}", []).append(trigger.prefilter)
    return found


def read_view(folder: Path) -> list[bytes]:
    """Return the contents of all files of a view."""
    return [file.read_bytes() for file in corpus.files_below(folder)]


def least_seconds(prefilters: Sequence[Prefilter], texts: Sequence[bytes], rounds: int) -> float:
    """Return the least CPU time of one pass over the texts."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[each.expression.encode("ascii") for each in prefilters],
        ids=list(range(len(prefilters))),
        flags=[0] * len(prefilters),
    )
    times = []
    for _ in range(rounds):
        before = time.process_time()
        for text in texts:
            database.scan(text, match_event_handler=_ignore)
        times.append(time.process_time() - before)
    return min(times)


def _ignore(*_event: object) -> None:
    """Do nothing with an event."""


def count_events(found: Mapping[str, Sequence[Prefilter]], texts: Sequence[bytes]) -> Counter[str]:
    """Return the number of events by name."""
    names = [name for name, prefilters in found.items() for _ in prefilters]
    events: Counter[str] = Counter()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions = [each.expression.encode("ascii") for prefilters in found.values() for each in prefilters]
    database.compile(expressions=expressions, ids=list(range(len(names))), flags=[0] * len(names))

    def on_event(number: int, *_: object) -> None:
        events[names[number]] += 1

    for text in texts:
        database.scan(text, match_event_handler=on_event)
    return events


def shares(ruleset: RuleSet, texts: Sequence[bytes], rounds: int) -> tuple[float, list[Share]]:
    """Return the CPU seconds of the whole pass, and the share of each group, the largest first."""
    found = groups(ruleset)
    events = count_events(found, texts)
    whole = least_seconds([each for prefilters in found.values() for each in prefilters], texts, rounds)
    measured = []
    for name, prefilters in found.items():
        rest = [each for other, others in found.items() if other != name for each in others]
        measured.append(
            Share(
                name=name,
                count=len(prefilters),
                share=1 - least_seconds(rest, texts, rounds) / whole,
                events=events[name],
                literal=max(
                    (literal_rate(parse(each.expression)) for each in prefilters if each is not VALUE_GATE), default=0.0
                ),
            )
        )
    return whole, sorted(measured, key=lambda each: -each.share)


def render(whole: float, measured: Sequence[Share], size: int) -> str:
    """Return the table in Markdown."""
    head = ["rule or decoder", "prefilters", "share of the pass", "events", "literal per MB"]
    lines = [
        [each.name, str(each.count), f"{each.share:.1%}", f"{each.events:,}", f"{each.literal * 1e6:,.1f}"]
        for each in measured
    ]
    title = f"The pass: {whole:.3f} s of CPU for {size / 1e6:,.0f} MB, {size / 1e6 / whole:,.0f} MB/s"
    return f"{title}\n\n{report.render_table([head, *lines])}\n"


def main() -> None:
    """Measure and print."""
    spec = corpus.load_spec()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--view", choices=[view.name for view in spec.views], default="medium")
    parser.add_argument("--rounds", type=int, default=5, help="passes over the view, of which the least counts")
    parser.add_argument("--all", action="store_true", help=f"list all, not only the first {LISTED}")
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="cache folder")
    options = parser.parse_args()
    folder = corpus.prepare_folder(options.dir)
    view = next(view for view in spec.views if view.name == options.view)
    texts = read_view(corpus.build_view(spec, view, folder))
    whole, measured = shares(load_rules(), texts, options.rounds)
    print(render(whole, measured if options.all else measured[:LISTED], sum(map(len, texts))))


if __name__ == "__main__":
    main()
