"""Run frontleak on the rule examples of other scanners, and count what it finds of them.

The suites are read from git repositories named on the command line; nothing of them is stored here. A secret is what a
suite's own expression matches in its example. It is found if a finding overlaps that match. Examples of rules that
their suite itself calls identifiers are left out. Of the rest, `bench/suite_shapes.py` tells those that no vendor can
have issued.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import regex
import yaml

from bench import report
from bench.suite_shapes import CLASSES, why_no_place, why_not_real
from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.origins import FileOrigin
from frontleak.core.placeholders import run_share
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.match.engine import Engine
from frontleak.rules.load import load_rules
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.blob import scan_blob

PAGE: Final = Path(__file__).with_name("SUITES.md")
SUITES: Final = {
    "titus": "pkg/rule/rules",
    "noseyparker": "crates/noseyparker/data/default/builtin/rules",
    "kingfisher": "data/rules",
}
"""Suite -> folder of its rules in its repository."""
_TIMEOUT: Final = 2.0
"""Seconds for one expression of a suite on one example."""


class SuiteError(Exception):
    """A suite could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text that belongs to a rule of a suite."""

    suite: str
    rule: str
    vendor: str
    text: str
    span: tuple[int, int]
    """Bytes that the suite's expression matches."""
    value: str
    """What the expression captures: the longest group, or all of the match."""
    is_secret_elsewhere: bool = False
    """Of a negative example: whether another rule of the suite finds a secret in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A secret of an example, and the rules that find it or hold it back."""

    example: Example
    found: tuple[str, ...]
    """Ids of the rules that report it."""
    held_back: tuple[str, ...]
    """Ids of the rules that match, of a secret that counts as a placeholder or a documented dummy."""
    is_public: bool
    """Whether it is found as a key that is public by design, and in no other way."""
    excluded: tuple[str, str] | None
    """Class and reason, if no vendor can have issued it."""


def read_suite(name: str, repository: Path, revision: str) -> tuple[list[Example], list[Example]]:
    """Return the positive and negative examples of a suite at a revision of a repository, bare or not.

    Raises:
        SuiteError: git cannot read the folder of the rules.
    """
    command = ["git", "-C", str(repository), "archive", "--format=tar", revision, SUITES[name]]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SuiteError(f"{name}: {done.stderr.decode().strip()}")
    positive: list[Example] = []
    negative: list[Example] = []
    patterns: dict[str, regex.Pattern[str]] = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith((".yml", ".yaml")) else None
            for rule in (yaml.safe_load(file.read()) or {}).get("rules") or [] if file else []:
                if not _is_identifier(rule):
                    positive += _examples(name, rule, "examples")
                negative += _examples(name, rule, "negative_examples")
                if not {"generic", "fuzzy"} & set(rule.get("categories") or ()):
                    patterns[str(rule["id"])] = regex.compile(str(rule["pattern"]).strip())
    listed = {(each.rule, each.text) for each in positive}
    return positive, [
        replace(each, is_secret_elsewhere=_is_listed(each, listed) or _is_of_another_rule(each, patterns))
        for each in negative
    ]


def _is_listed(negative: Example, listed: Iterable[tuple[str, str]]) -> bool:
    """Return whether the suite gives the text of a negative example as a positive one of another rule."""
    return any(text == negative.text and rule != negative.rule for rule, text in listed)


def _is_of_another_rule(example: Example, patterns: Mapping[str, regex.Pattern[str]]) -> bool:
    """Return whether another rule of the same suite finds a secret in a negative example, by its shape alone."""
    try:
        return any(
            pattern.search(example.text, timeout=_TIMEOUT) for rule, pattern in patterns.items() if rule != example.rule
        )
    except TimeoutError:
        return False


def _is_identifier(rule: dict[str, Any]) -> bool:
    categories = set(rule.get("categories") or ())
    return rule.get("visible") is False or ("identifier" in categories and "secret" not in categories)


def _examples(suite: str, rule: dict[str, Any], key: str) -> Iterator[Example]:
    pattern = regex.compile(str(rule["pattern"]).strip())
    vendor = str(rule["id"]).split(".")[1].lower()
    for text in map(str, rule.get(key) or ()):
        span, value = (0, len(text.encode())), text
        try:
            match = pattern.search(text, timeout=_TIMEOUT) if key == "examples" else None
        except TimeoutError:
            match = None
        if match:
            span = _bytes_of(text, *match.span())
            value = max((group for group in match.groups() if group), key=len, default=match.group())
        yield Example(suite=suite, rule=str(rule["id"]), vendor=vendor, text=text, span=span, value=value)


def _bytes_of(text: str, start: int, end: int) -> tuple[int, int]:
    return len(text[:start].encode()), len(text[:end].encode())


def detections_in(text: str, engine: Engine) -> Sequence[Detection]:
    """Scan one text, as a file that a browser is sent."""
    blob = Blob(data=text.encode(), origin=FileOrigin(path="example.txt"), exposure=Exposure.SERVED)
    return scan_blob(blob, engine).detections


def judge(examples: Iterable[Example], ruleset: RuleSet) -> list[Judged]:
    """Scan each different secret once."""
    engine = Engine(ruleset)
    seen: set[tuple[str, str, str]] = set()
    judged: list[Judged] = []
    for example in examples:
        key = (example.suite, example.vendor, example.value)
        if key in seen:
            continue
        seen.add(key)
        hits = [each for each in detections_in(example.text, engine) if _overlaps(each, *example.span)]
        told = [each for each in hits if each.suppression is None]
        judged.append(
            Judged(
                example=example,
                found=tuple(each.rule_id for each in told),
                held_back=tuple(each.rule_id for each in hits if each.suppression is not None),
                is_public=bool(told) and all(each.place.exposure is Exposure.PUBLIC for each in told),
                excluded=why_not_real(example.value, ruleset.rules) or why_no_place(_matched(example)),
            )
        )
    return judged


def _matched(example: Example) -> str:
    start, end = example.span
    return example.text.encode()[start:end].decode()


def _overlaps(detection: Detection, start: int, end: int) -> bool:
    offset, length = detection.place.offset, detection.place.length
    return offset < end and start < offset + length


def false_alarms(negatives: Iterable[Example], ruleset: RuleSet) -> list[tuple[Example, tuple[str, ...]]]:
    """Return the negative examples in which frontleak reports something that may fail a build, with its rules."""
    engine = Engine(ruleset)
    alarms = []
    for example in {each.text: each for each in negatives}.values():
        told = tuple(
            each.rule_id
            for each in detections_in(example.text, engine)
            if each.suppression is None
            and each.place.exposure is not Exposure.PUBLIC
            and each.severity is not Severity.INFO
        )
        if told:
            alarms.append((example, told))
    return alarms


def distinct(judged: Iterable[Judged]) -> list[Judged]:
    """Return each secret of a vendor once: titus took many of its examples from the other two."""
    return list({(each.example.vendor, each.example.value): each for each in judged}.values())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _tenth(share: float) -> str:
    """Return the tenth that a share is in, in words."""
    least = min(int(share * 10), 9) * 10
    return f"{least:02} to {least + 10} %"


HEAD: Final = (
    "secrets",
    "found",
    "share",
    "of them public by design",
    "held back",
    "share with these",
    *CLASSES,
    "excluded",
    "real shape",
    "share of these found",
)


def summary(judged: Sequence[Judged]) -> list[str]:
    """Return the cells of one line of the table."""
    found = sum(bool(each.found) for each in judged)
    held_back = sum(bool(each.held_back) and not each.found for each in judged)
    excluded = Counter(each.excluded[0] for each in judged if each.excluded and not each.found and not each.held_back)
    left_out = sum(excluded.values())
    real = sum(bool(each.found) or not each.excluded for each in judged)
    return [
        str(len(judged)),
        str(found),
        _share(found, len(judged)),
        str(sum(each.is_public for each in judged)),
        str(held_back),
        _share(found + held_back, len(judged)),
        *(str(excluded[name]) for name in CLASSES),
        _share(left_out, len(judged)),
        str(real),
        _share(found, real),
    ]


def _alarms(alarms: Sequence[tuple[Example, tuple[str, ...]]], negatives: Sequence[Example]) -> str:
    false = [(each, rules) for each, rules in alarms if not each.is_secret_elsewhere]
    texts = {each.text for each in negatives if not each.is_secret_elsewhere}
    named = ", ".join(sorted({rule for _, rules in false for rule in rules}))
    return (
        f"False alarms: {len(false)} of {len(texts)} texts that must not match their rule"
        f"{f' ({named})' if named else ''}. {len(alarms) - len(false)} more texts are reported in which another rule of"
        " their suite finds a secret, so they are not false."
    )


def render(
    judged: Sequence[Judged], alarms: Sequence[tuple[Example, tuple[str, ...]]], negatives: Sequence[Example]
) -> str:
    """Return the page in Markdown."""
    names = dict.fromkeys(each.example.suite for each in judged)
    lines = [[name, *summary([each for each in judged if each.example.suite == name])] for name in names]
    once = distinct(judged)
    lines.append(["all, each once", *summary(once)])
    reasons = Counter(each.excluded for each in once if each.excluded and not each.found and not each.held_back)
    held_back = [each for each in once if each.held_back and not each.found]
    held_reasons = Counter(each.excluded[1] if each.excluded else "may be real by its shape" for each in held_back)
    runs = Counter(_tenth(run_share(each.example.value.encode())) for each in held_back)
    most = sum(bool(each.found) or not each.excluded for each in once)
    by_vendor: dict[str, list[Judged]] = defaultdict(list)
    for each in once:
        by_vendor[each.example.vendor].append(each)
    rows, missed = [], []
    for vendor, theirs in sorted(by_vendor.items()):
        found = sum(bool(each.found) for each in theirs)
        real = sum(bool(each.found) or not each.excluded for each in theirs)
        if found:
            rows.append([vendor, str(len(theirs)), str(found), str(real)])
        elif real:
            missed.append(f"{vendor} {real}")
    blind = sorted(
        vendor for vendor, theirs in by_vendor.items() if all(each.excluded and not each.found for each in theirs)
    )
    return "\n".join(
        [
            "# Rule examples of other scanners",
            "",
            "`python -m bench.suites SUITE=REPOSITORY[@REVISION]... --write` made this page; it reads repositories",
            "and stores none of their examples. A secret is found if a finding overlaps what the suite's expression",
            "matches. Rules that their suite calls identifiers are left out. `bench/suite_shapes.py` excludes what no",
            "vendor can have issued, unless it is found all the same. Held back: a rule matches, but frontleak says",
            "that the secret is a placeholder or a documented dummy, and reports nothing. What is held back is not",
            "counted as excluded: the scanner itself knows it. A real shape is what is found, or has no reason to be",
            "excluded.",
            "",
            report.render_table([["suite", *HEAD], *lines]),
            "",
            _alarms(alarms, negatives),
            "",
            f"If all of a real shape were found, that would be {_share(most, len(once))} ({most} of {len(once)}).",
            "A higher share means that texts are reported which no vendor can have issued.",
            "",
            "## Why a secret is held back",
            "",
            report.render_table(
                [["reason", "secrets"], *([reason, str(count)] for reason, count in held_reasons.most_common())]
            ),
            "",
            "By the share of the pairs of adjacent characters that are equal or consecutive. More than half of them",
            "make a placeholder; in random letters and digits one in twenty is.",
            "",
            report.render_table(
                [["share of pairs in a run", "secrets"], *([name, str(runs[name])] for name in sorted(runs))]
            ),
            "",
            "## Why a secret is excluded",
            "",
            report.render_table(
                [["class", "reason", "secrets"], *([*pair, str(count)] for pair, count in reasons.most_common())]
            ),
            "",
            "## By vendor",
            "",
            "Vendors by the suites' names, each secret once; `real` are those that are not excluded.",
            "",
            report.render_table([["vendor", "secrets", "found", "real"], *rows]),
            "",
            f"Vendors of which nothing is found, with the number of secrets of a real shape: {', '.join(missed)}.",
            "",
            f"All examples excluded: {', '.join(blind)}.",
            "",
        ]
    )


def write_missed(judged: Sequence[Judged], alarms: Sequence[tuple[Example, tuple[str, ...]]], folder: Path) -> None:
    """Write the examples that are missed, excluded or false alarms, one JSON object a line, outside the project."""
    folder.mkdir(parents=True, exist_ok=True)

    def lines(chosen: Iterable[Judged]) -> str:
        rows = (
            {
                "vendor": each.example.vendor,
                "rule": each.example.rule,
                "value": each.example.value,
                "text": each.example.text,
                "held_back": each.held_back,
                "excluded": each.excluded,
                "found": each.found,
            }
            for each in sorted(chosen, key=lambda each: (each.example.vendor, each.example.rule))
        )
        return "".join(json.dumps(row) + "\n" for row in rows)

    once = distinct(judged)
    (folder / "missed.jsonl").write_text(lines(each for each in once if not each.found and not each.excluded))
    (folder / "excluded.jsonl").write_text(lines(each for each in once if not each.found and each.excluded))
    (folder / "found.jsonl").write_text(lines(each for each in once if each.found))
    (folder / "alarms.jsonl").write_text(
        "".join(
            json.dumps({"suite_rule": each.rule, "text": each.text, "reported": rules}) + "\n" for each, rules in alarms
        )
    )


def _suite(argument: str) -> tuple[str, Path, str]:
    name, _, place = argument.partition("=")
    path, _, revision = place.partition("@")
    if name not in SUITES or not path:
        raise argparse.ArgumentTypeError(f"write SUITE=REPOSITORY[@REVISION] with a suite of {', '.join(SUITES)}")
    return name, Path(path), revision or "HEAD"


def main() -> None:
    """Read, scan, print, and write on request."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suites", nargs="+", type=_suite, metavar="SUITE=REPOSITORY[@REVISION]")
    parser.add_argument("--write", action="store_true", help=f"write bench/{PAGE.name}")
    parser.add_argument("--missed", type=Path, metavar="FOLDER", help="write missed examples here, outside the project")
    options = parser.parse_args()
    if options.missed and Path(__file__).parent.parent in options.missed.resolve().parents:
        parser.error("--missed needs a folder outside the project: the examples are not ours")
    ruleset = load_rules()
    positive: list[Example] = []
    negative: list[Example] = []
    try:
        for suite in options.suites:
            good, bad = read_suite(*suite)
            positive += good
            negative += bad
    except SuiteError as error:
        sys.exit(str(error))
    judged = judge(positive, ruleset)
    alarms = false_alarms(negative, ruleset)
    page = render(judged, alarms, negative)
    print(page)
    if options.missed:
        write_missed(judged, alarms, options.missed)
    if options.write:
        PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
