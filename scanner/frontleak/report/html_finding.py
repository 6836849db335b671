"""One finding in the HTML page."""

from collections.abc import Iterator
from typing import Final

from frontleak.core.finding import Finding, Place
from frontleak.core.report import Report
from frontleak.report.interface import AT, counted, places, position_in, position_of, sentence, shown_secret
from frontleak.report.locations import Target, target
from frontleak.report.xml_text import xml_attributes, xml_text

_PLACES: Final = 200
"""Further places of a finding that are listed; the rest are counted."""


def article(report: Report, finding: Finding, number: int) -> Iterator[str]:
    """Yield a finding: what and where, the code, the first step to take, and what else is known.

    Args:
        report: what it is part of.
        finding: to show.
        number: from 1; makes the id of its heading unique.
    """
    where = target(report, finding)
    given: dict[str, str | int] = {
        "id": f"f-{finding.fingerprint}",
        "class": finding.severity,
        "tabindex": -1,
        "aria-labelledby": f"h-{number}",
        "data-severity": finding.severity,
        "data-exposure": finding.exposure,
        "data-rule": finding.rule_id,
        "data-path": where.path,
    }
    yield f'<article{xml_attributes(**given)}>\n<div class="head">'
    yield f'<h3 id="h-{number}"><a href="#f-{finding.fingerprint}">{xml_text(finding.title)}</a></h3> '
    yield f'<span class="badge">{finding.severity}</span>'
    if finding.verdict:
        yield f' <span class="verdict">{finding.verdict.status}</span>'
    yield "</div>\n"
    yield f"<p><code>{xml_text(_shown_target(where))}</code></p>\n"
    if finding.snippet:
        yield f"<pre><code>{_code(finding)}</code></pre>\n"
    yield f'<p class="step"><strong>First step:</strong> {xml_text(finding.fix)}</p>\n'
    yield from _facts(report, finding)
    yield from _chain(finding)
    yield from _places(finding)
    yield from _why(finding)
    yield "</article>"


def _shown_target(where: Target) -> str:
    inside = f" ({where.inside})" if where.inside else ""
    return f"{where.path}:{where.line}:{where.column}" if where.column else f"{where.path}{inside}"


def _code(finding: Finding) -> str:
    """Return the code around the place, with the redacted secret marked."""
    code = xml_text(finding.snippet)
    if finding.secret is None:
        return code
    secret = xml_text(finding.secret.redacted)
    return code.replace(secret, f"<mark>{secret}</mark>", 1)


def _facts(report: Report, finding: Finding) -> Iterator[str]:
    secret = shown_secret(report, finding)
    facts = [("Secret", f"<code>{xml_text(secret)}</code>")] if secret is not None else []
    facts += [
        (xml_text(name[:1].upper() + name[1:].replace("_", " ")), xml_text(", ".join(values)))
        for name, values in sorted(finding.context.items())
    ]
    facts += [("Exposure", str(finding.exposure))]
    if finding.place.label:
        facts.append(("At", f"<code>{xml_text(finding.place.label)}</code>"))
    if finding.place.via:
        facts.append(("Decoded from", xml_text(", then ".join(finding.place.via))))
    if finding.history:
        facts.append(("History", xml_text(finding.history.text)))
    if finding.verdict:
        facts.append(
            ("Verdict", f"<strong>{xml_text(finding.verdict.headline)}</strong>. {xml_text(finding.verdict.reason)}")
        )
    facts.append(("Rule", f"<code>{xml_text(finding.rule_id)}</code>, confidence {finding.confidence}"))
    yield "<dl>\n"
    yield from (f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in facts)
    yield "</dl>\n"


def _chain(finding: Finding) -> Iterator[str]:
    """Yield the import path from a client entry to the place, drawn as stops on a line."""
    if finding.import_path:
        yield '<p>How it reaches the browser:</p>\n<ol class="chain">\n'
        for hop in finding.import_path:
            why = f" <span>({xml_text(hop.why)})</span>" if hop.why else ""
            text = f"<code>{xml_text(hop.text)}</code>" if hop.text else ""
            yield f"<li><strong>{xml_text(hop.origin.display)}:{hop.line}</strong>{why}{text}</li>\n"
        yield "</ol>\n"
    if finding.shipped:
        yield f"<p>{xml_text(sentence(finding.shipped))}</p>\n"


def _places(finding: Finding) -> Iterator[str]:
    every = places(finding)
    if len(every) == 1 and finding.place.original is None:
        return
    yield f"<details><summary>{counted(len(every), 'place')}</summary>\n"
    yield '<ul class="places">\n'
    for place in every[:_PLACES]:
        role = f"{AT[place.role]} " if place.role else ""
        at = f"{role}<code>{xml_text(position_of(place))}</code>"
        yield f"<li>{at} ({place.exposure}){_original(place)}</li>\n"
    if len(every) > _PLACES:
        yield f"<li>and {len(every) - _PLACES} more</li>\n"
    yield "</ul>\n</details>\n"


def _original(place: Place) -> str:
    if place.original is None:
        return ""
    return f", from <code>{xml_text(position_in(place.original))}</code>"


def _why(finding: Finding) -> Iterator[str]:
    yield f"<details><summary>Why it matters</summary>\n<p>{xml_text(finding.why)}</p>\n"
    links = [each for each in finding.rule.references if each.startswith(("https://", "http://"))]
    if links:
        yield '<ul class="plain">\n'
        yield from (f'<li><a href="{xml_text(each)}" rel="noreferrer">{xml_text(each)}</a></li>\n' for each in links)
        yield "</ul>\n"
    yield f"<p>Fingerprint <code>{finding.fingerprint}</code></p>\n</details>\n"
