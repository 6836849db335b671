"""Known values are found in every form, by both passes, and nothing of them is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.env_value import EnvValue, EnvVariable, HiddenValue
from frontleak.match.known_values import KnownValues
from frontleak.match.value_forms import forms_of
from frontleak.match.value_pieces import pieces_of
from tests.support.env_values import encodings, fake, strange
from tests.support.planted_values import special


def value(text: str | bytes, *, guessable: bool = False, part: str = "") -> EnvValue:
    data = text.encode() if isinstance(text, str) else text
    variable = EnvVariable("API_KEY", ".env", 1)
    return EnvValue(value=HiddenValue(data), variables=(variable,), is_guessable=guessable, part=part)


@pytest.fixture(params=[True, False], ids=["hyperscan", "regex"])
def is_fast(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_other_values_are_silent(is_fast: bool) -> None:
    known = KnownValues([value(fake(1)), value(strange(2))], hyperscan=is_fast)
    for seed in (10, 20):
        for text in (fake(seed), strange(seed)):
            assert all(known.scan(data) is None for name, data in encodings(text) if "packed" not in name)


def test_a_word_with_which_a_value_begins_asks_for_no_view(is_fast: bool) -> None:
    known = KnownValues([value("signalMarble-34!"), value("Engineriver-25!"), value("q2UHBfx81Lp0")], hyperscan=is_fast)
    assert known.beginnings.sure == ("Engineriver-", "q2UHBf", "signalM")
    assert known.scan(b"new Engine({signal:'a'})") is None
    for beginning in known.beginnings.sure:
        found = known.scan(f"a='{beginning}'+".encode())
        assert found is not None
        assert list(found.triggers) == ["js-string"]


@pytest.mark.parametrize("text", [fake(1), strange(2)], ids=["letters", "special characters"])
def test_each_form_is_found_where_it_is(text: str, is_fast: bool) -> None:
    known = KnownValues([value(fake(3)), value(text)], hyperscan=is_fast)
    for form in forms_of(text.encode()):
        found = known.scan(b"let a = (" + form.text + b")")
        assert found is not None, form.kind
        (match,) = found.matches
        assert (match.start, match.end, match.kind) == (9, 9 + len(form.text), form.kind)
        assert match.value.value.reveal == text.encode()


@pytest.mark.parametrize(
    ("tool", "written"),
    [
        ("esbuild", r"""`{}"/<+&'\\ é$=?>{}`"""),
        ("SWC", r"""'{}"/<+&\'\\ \xe9$=?>{}'"""),
        ("esbuild, ASCII", r"""`{}"/<+&'\\ \xE9$=?>{}`"""),
        ("JSON in backticks", r"""`{{"a":"{}\\"/<+&'\\\\ \\u00e9$=?>{}"}}`"""),
        ("SvelteKit's data", r"""{{a:"{}\"/\u003C+&'\\ é$=?>{}"}}"""),
        ("Nuxt's payload", r"""["{}\"\u002F\u003C+&'\\ é$=?>{}"]"""),
        ("Next.js's data", r"""{{"a":"{}\"/\u003c+\u0026'\\ é$=?\u003e{}"}}"""),
        ("React's attribute", r"""<p title="{}&quot;/&lt;+&amp;&#x27;\ é$=?&gt;{}">"""),
        ("Vue's attribute", r"""<p title="{}&quot;/&lt;+&amp;&#39;\ é$=?&gt;{}">"""),
        ("Svelte's attribute", r"""<p title="{}&quot;/&lt;+&amp;'\ é$=?>{}">"""),
        ("Astro's attribute", r"""<p title="{}&#34;/<+&#38;'\ é$=?>{}">"""),
        ("Astro's island", r"""<a props="{{&quot;a&quot;:[0,&quot;{}\&quot;/&lt;+&amp;&#39;\\ é$=?&gt;{}&quot;]}}">"""),
        ("an attribute in a script", r"""'<a title="{}&quot;/&lt;+&amp;&#x27;\\ é$=?&gt;{}">'"""),
    ],
)
def test_what_build_tools_and_frameworks_write_is_found(tool: str, written: str, is_fast: bool) -> None:
    known = KnownValues([value(special(1))], hyperscan=is_fast)
    text = special(1)
    other = known.scan(written.format(text[:12], text[-11:] + "x").encode())
    assert other is None or not other.matches, tool
    found = known.scan(written.format(text[:12], text[-12:]).encode())
    assert found is not None
    assert len(found.matches) == 1


def test_a_value_with_many_forms_needs_few_literals_and_its_forms_only_where_it_is() -> None:
    known = KnownValues([value(special(seed)) for seed in range(100)], hyperscan=True)
    assert len(known._pieces) < 100 * 10
    assert known.scan(b"a" * 1_000) is None
    assert not known._placed
    assert known.scan(special(3).encode()) is not None
    assert len(known._placed) == 1


def in_quotes(seed: int) -> str:
    """Return a random text without a run of letters that no form escapes."""
    text = fake(seed, 36)
    return '"'.join(text[start : start + 4] for start in range(0, 36, 4))


def test_the_forms_of_many_values_of_quotes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.match.known_values._MOST_FORMS", 500)
    known = KnownValues([*(value(in_quotes(seed)) for seed in range(50)), value(special(1))], hyperscan=False)
    assert sum(known._is_escaped) < 30
    assert known.scan(special(1).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()) is not None
    assert len(known._pieces) < 1_000
    for seed in (0, 49):
        found = known.scan(in_quotes(seed).encode())
        assert found is not None
        assert len(found.matches) == 1
    for seed, count in ((0, 1), (49, 0)):
        found = known.scan(in_quotes(seed).replace('"', "&quot;").encode())
        assert len(found.matches if found else ()) == count


def test_the_forms_that_are_kept_for_further_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.match.known_values._MOST_KEPT", 40_000)
    values = [value(special(seed)) for seed in range(50)]
    known = KnownValues(values, hyperscan=True)
    for _ in range(2):
        found = known.scan(b",".join(each.value.reveal for each in values))
        assert found is not None
        assert [match.value for match in found.matches] == values
        assert known._kept < 80_000
        assert len(known._placed) < 10


def test_of_many_occurrences_the_first_are_kept(monkeypatch: pytest.MonkeyPatch, is_fast: bool) -> None:
    monkeypatch.setattr("frontleak.match.known_values.MOST_MATCHES", 10)
    texts = [fake(seed) for seed in range(6)]
    known = KnownValues([value(text) for text in reversed(texts)], hyperscan=is_fast)
    found = known.scan(",".join(texts * 6).encode())
    assert found is not None
    assert [match.value.value.reveal.decode() for match in found.matches] == [*texts, *texts[:4]]


@given(st.binary(min_size=8, max_size=80), st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes_are_found_in_any_text(data: bytes, before: bytes, after: bytes) -> None:
    results = [KnownValues([value(data)], hyperscan=fast).scan(before + data + after) for fast in (True, False)]
    for found in results:
        assert found is not None
        assert any(match.start <= len(before) < match.end for match in found.matches)
    assert results[0] == results[1] or [m[:2] for m in results[0].matches] == [m[:2] for m in results[1].matches]  # type: ignore[union-attr]


def test_a_value_that_could_be_guessed_counts_as_a_whole_word(is_fast: bool) -> None:
    known = KnownValues([value("summer2024", guessable=True)], hyperscan=is_fast)
    for text in (b'"summer2024"', b"summer2024", b"\\nsummer2024", b"%20summer2024&"):
        found = known.scan(text)
        assert found is not None, text
        assert found.matches, text
    for text in (b"midsummer2024", b"summer2024s"):
        found = known.scan(text)
        assert found is None or not found.matches, text


WORDS = tuple(f"word{number:02d}" for number in range(16))


def test_a_value_that_could_be_guessed_does_not_count_in_a_list_of_words(is_fast: bool) -> None:
    known = KnownValues([value("welcome123", guessable=True), value(fake(1))], hyperscan=is_fast)
    for between in (",", "\n"):
        words = between.join(WORDS)
        for text in (
            f'"{words}{between}welcome123{between}a".split()',
            f'"a{between}welcome123{between}{words}"',
            f"{words}{between}welcome123",
            f"welcome123{between}{words}{between}",
        ):
            found = known.scan(text.encode())
            assert found is None or not found.matches, text
            found = known.scan(text.replace("welcome123", fake(1)).encode())
            assert found is not None
            assert found.matches, text
    few = ",".join(WORDS[:13])
    strings = '","'.join(WORDS)
    for text in (
        f"{few},welcome123,{few}",
        f'["{strings}","welcome123","{strings}"]',
        "a,welcome123,b@example.com\n" * 20,
    ):
        found = known.scan(text.encode())
        assert found is not None
        assert found.matches, text


def test_a_part_inside_of_a_whole_is_no_second_match(is_fast: bool) -> None:
    password = fake(5)
    whole = f"postgres://app:{password}@db.example.com/app"
    known = KnownValues([value(whole), value(password, part="password")], hyperscan=is_fast)
    found = known.scan(f'a="{whole}",b="{password}"'.encode())
    assert found is not None
    assert [match.value.part for match in found.matches] == ["", "password"]


def test_a_thousand_values_share_one_pass() -> None:
    values = [value(fake(seed)) for seed in range(1_000)]
    known = KnownValues(values, hyperscan=True)
    text = b",".join(each.value.reveal for each in values)
    found = known.scan(text)
    assert found is not None
    assert [match.value for match in found.matches] == values


def test_values_print_nothing() -> None:
    text = fake(8)
    shown = f"{value(text)!r} {value(text)} {[value(text)]}"
    assert text[:6] not in shown
    assert "36 bytes" in shown


@given(st.one_of(st.binary(max_size=70), st.text(max_size=40).map(str.encode)), st.booleans())
def test_each_form_has_a_piece(data: bytes, escaped: bool) -> None:
    pieces, _ = pieces_of(data, escaped=escaped)
    for form in forms_of(data, escaped=escaped):
        assert any(piece in form.text for piece in pieces), form.kind


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("https://app:s3cr3tQ@db.example.com/a?b='c'", b"s3cr3tQ"),
        ("it's hunter2 for example", b"hunter2"),
        ('{"name":"postgresql","key":"aB3xK9mQ2vZ"}', b"B3xK9mQ2"),
    ],
)
def test_a_value_is_found_by_what_is_rare_in_it(text: str, part: bytes) -> None:
    pieces, made = pieces_of(text.encode())
    assert part in pieces
    assert part[::-1] in pieces
    assert made == 0


def test_a_value_of_common_words_is_found_by_more_than_a_word() -> None:
    pieces, _ = pieces_of(b"it's my 'secret' example")
    assert not {b"secret", b"example"}.intersection(pieces)
