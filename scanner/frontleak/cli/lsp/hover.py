"""The text that an editor shows where the pointer rests on a finding."""

from collections.abc import Iterator

from frontleak.cli.lsp.shown import Shown, message_of
from frontleak.core.secret import printable
from frontleak.report.markdown_text import code, prose


def markdown(shown: Shown) -> str:
    """Return why a finding matters and what to do, in Markdown."""
    finding = shown.finding
    secret = f" {code(finding['secret'])}" if finding["secret"] else ""
    lines = [f"**{prose(finding['title'])}**{secret} ({finding['severity']}, {finding['exposure']})"]
    if finding["shipped"]:
        lines.append(f"{prose(_sentence(finding['shipped']))}")
    lines += [f"**Why.** {prose(finding['why'].strip())}", f"**Fix.** {prose(finding['fix'].strip())}"]
    if finding["chain"]:
        hops = (f"{n}. {code(place)}{f' {prose(why)}' if why else ''}" for n, place, why in _hops(shown))
        lines.append("**How it reaches the browser**\n" + "\n".join(hops))
    lines.append(f"{code(f'frontleak explain {shown.rule}')} or [the page of the rule]({_address(shown.page)})")
    return "\n\n".join(lines)


def plain(shown: Shown) -> str:
    """Return the same without markup, for editors that show none."""
    finding = shown.finding
    lines = [f"{message_of(shown)} ({finding['severity']}, {finding['exposure']})"]
    lines += [f"Why: {printable(finding['why'].strip())}", f"Fix: {printable(finding['fix'].strip())}"]
    lines += [f"{n}. {printable(place)} {printable(why)}".rstrip() for n, place, why in _hops(shown)]
    return "\n".join([*lines, f"frontleak explain {shown.rule}, or {shown.page}"])


def _hops(shown: Shown) -> Iterator[tuple[int, str, str]]:
    for number, hop in enumerate(shown.finding["chain"], start=1):
        yield number, f"{hop['path']}:{hop['line']}", hop["why"]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _address(page: str) -> str:
    """Return an address in which nothing ends the link."""
    return "".join(each if each.isalnum() or each in "-._~:/?#@!$&*+,;=%" else f"%{ord(each):02X}" for each in page)
