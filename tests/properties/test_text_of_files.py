"""Places of findings count in the text of a file, however its bytes encode it: secrets, misuse, imports, comments."""

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.finding import Finding
from frontleak.files.utf8_text import text_of
from tests.acceptance.support import token
from tests.properties.test_lines import naive
from tests.support.code import package, scanned

ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32")
WAYS: Final = ("on one line", "on lines of its own", "with an ignore comment")
COMMENTS: Final = st.text(alphabet=st.sampled_from("ab é🙂\n"), max_size=20)


def _source(comment: str, way: str) -> str:
    """Return a module with a token in client-side code and one in its text."""
    end = " " if way == "on one line" else "\n"
    ignored = "// frontleak: ignore[sanity-token-in-client-code] a test\n" if way == "with an ignore comment" else ""
    return (
        f"/*{comment}*/import {{createClient}} from '@sanity/client';{end}{ignored}"
        f"export const client = createClient({{projectId: 'a', token: process.env.SANITY_TOKEN}});"
        f"const other = '{token()}'\n"
    )


@given(COMMENTS, st.sampled_from(WAYS), st.sampled_from(ENCODINGS))
@settings(max_examples=25)
def test_places_are_those_of_the_text(comment: str, way: str, encoding: str) -> None:
    text = _source(comment, way)
    page = f"/*{comment}*/'use client'; import {{client}} from './sanity'; export const a = () => client.fetch()\n"
    files = {"package.json": package("next", "@sanity/client")}
    encoded = {"sanity.ts": text.encode(encoding), "page.tsx": page.encode(encoding)}
    report = scanned({**files, **encoded})
    assert not report.skipped
    expected = scanned({**files, "sanity.ts": text.encode(), "page.tsx": page.encode()})
    assert [_told(each) for each in report.findings] == [_told(each) for each in expected.findings]
    assert [_told(each) for each in report.suppressed] == [_told(each) for each in expected.suppressed]
    places = [each.place for each in report.findings]
    named = {text[_index(text, each.offset) : _index(text, each.offset + each.length)] for each in places}
    assert named == {token()} | ({"process.env.SANITY_TOKEN"} if way != "with an ignore comment" else set())
    for each in places:
        assert (each.line, each.column) == naive(text, _index(text, each.offset))


def _told(finding: Finding) -> object:
    return finding.rule_id, finding.place, finding.snippet, finding.import_path, finding.fingerprint


def _index(text: str, offset: int) -> int:
    return len(text.encode()[:offset].decode())


@given(st.text(max_size=40), st.sampled_from(ENCODINGS[:2]))
def test_a_mark_is_not_part_of_the_text(text: str, encoding: str) -> None:
    text = f"x{text.replace(chr(0), '')}"
    assert text_of(text.encode(encoding, "surrogatepass")) == text.encode("utf-8", "surrogatepass")
