"""Applies what a team has accepted to the detections of a scan, and groups what is left; imported if there are any."""

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, NamedTuple

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Finding
from frontleak.core.report import BaselineEntry
from frontleak.core.vocabulary import Exposure, RuleKind
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions, paths_from_top
from frontleak.triage.group import group
from frontleak.triage.suppress import CommentFiles

if TYPE_CHECKING:
    from frontleak.scanning.sealing import Scanned


class Judged(NamedTuple):
    """What is left of all detections once comments, baseline and settings are applied."""

    findings: list[Finding]
    remarks: Sequence[Diagnostic] = ()
    entries: tuple[BaselineEntry, ...] = ()


def judged(
    detections: Sequence[Detection],
    ruleset: RuleSet,
    options: ScanOptions,
    unwanted: Container[Exposure],
    scanned: "Scanned",
) -> Judged:
    """Apply what the team has written about its findings, then group the detections.

    Of what was scanned, `sources` are the files in which unused comments are noted, and `read` reads those with
    findings. `around` has what shards saw around the findings; without it, the disk is looked at.
    """
    around = scanned.around
    rules = ruleset.by_id()
    from_top = around.make_tops(options) if around else paths_from_top(options)
    if any(rules[detection.rule_id].kind is RuleKind.FILE for detection in detections):
        from frontleak.files.served_files import identified  # noqa: PLC0415 - few scans find such a file

        detections = list(identified(detections, rules, from_top))
    known = around.comments if around else None
    comments = CommentFiles(scanned.read, foreign=options.foreign_comments, from_top=from_top, known=known)
    detections = list(comments.apply(detections, rules))
    accepted = options.accepted
    noted = [*comments.remarks(), *comments.unused(scanned.sources, rules)]
    noted += comments.unknown(ruleset.known_ids)  # in the files that were read
    if accepted is None:
        return Judged(group(detections, rules, from_top), noted)
    detections = list(accepted.apply(detections))
    findings = accepted.apply_to_findings(group(detections, rules, from_top, accepted.ignores))
    remarks = [*noted, *accepted.expired(findings)]
    return Judged(findings, remarks, accepted.entries(detections, unwanted))
