"""The context of a secret: facts near it, nearest first."""

import pytest
import regex

from frontleak.match.context import ContextFinder, NearbyFinder
from frontleak.rules.expressions import compiled
from frontleak.rules.pattern_rule import Context, FactPattern, NearbyText
from tests.support.made import one_detection
from tests.support.shipped import fake

CONTEXT = Context(id="test", within=50, facts={"name": (FactPattern(r"name=(?P<value>[a-z]{1,9})\b", ("name=",)),)})


def facts(text: bytes, *spans: tuple[int, int], context: Context = CONTEXT) -> list[dict[str, tuple[str, ...]]]:
    finder = ContextFinder(context, text)
    return [finder.near(start, end) for start, end in spans]


def test_there_are_no_facts_where_none_stand() -> None:
    assert facts(b"", (0, 0)) == facts(b"x" * 100, (50, 51)) == [{}]


REACH = {"touching": (6, True), "its far end at the end of the reach": (50, True), "a byte beyond": (51, False)}


@pytest.mark.parametrize(("extent", "known"), REACH.values(), ids=REACH)
def test_a_fact_after_the_secret_counts_when_all_of_it_is_within_reach(extent: int, known: bool) -> None:
    text = b"S" + b";" * (extent - 6) + b"name=x" + b" " * 100
    assert facts(text, (0, 1)) == ([{"name": ("x",)}] if known else [{}])


@pytest.mark.parametrize(("extent", "known"), REACH.values(), ids=REACH)
def test_a_fact_before_the_secret_counts_when_all_of_it_is_within_reach(extent: int, known: bool) -> None:
    text = b" " * 100 + b"name=x" + b";" * (extent - 6) + b"-S"
    context = Context(id="test", within=51, facts=CONTEXT.facts)
    assert facts(text, (len(text) - 1, len(text)), context=context) == ([{"name": ("x",)}] if known else [{}])


def test_the_nearest_values_come_first_each_once_and_four_at_most() -> None:
    text = b"name=a name=b name=c S name=d name=c name=e name=f"
    assert facts(text, (21, 22)) == [{"name": ("c", "d", "b", "a")}]


def test_a_second_secret_has_facts_of_its_own() -> None:
    text = b"name=a S" + b" " * 100 + b"T name=b"
    assert facts(text, (7, 8), (108, 109)) == [{"name": ("a",)}, {"name": ("b",)}]


def test_a_fact_between_two_secrets_belongs_to_both() -> None:
    text = b"S name=a T"
    assert facts(text, (0, 1), (9, 10)) == [{"name": ("a",)}, {"name": ("a",)}]


def test_bytes_that_are_no_text_make_a_value_that_can_be_shown() -> None:
    context = Context(id="test", within=50, facts={"name": (FactPattern(r"name=(?P<value>[\x00-\xff]{2})"),)})
    assert facts(b"S name=\xff\xfe", (0, 1), context=context) == [{"name": ("\ufffd\ufffd",)}]


def test_ten_thousand_facts_beside_two_thousand_secrets_cost_one_reading() -> None:
    """Each secret gets its own neighbours; reading every byte for each secret would take too long."""
    text = b"".join(
        b"S%04d name=%s   " % (number, b"abcdefghij"[number % 10 : number % 10 + 1]) for number in range(2000)
    )
    context = Context(id="test", within=5000, facts=CONTEXT.facts)
    finder = ContextFinder(context, text)
    for number in range(2000):
        start = number * 15
        assert finder.near(start, start + 5)["name"][0] == "abcdefghij"[number % 10]


def test_a_fact_is_not_compiled_where_its_literal_is_missing() -> None:
    """The expressions of a context are large: compiling all took 8 ms of the scan of a small file."""
    written = tuple(FactPattern(rf"{word}=(?P<value>[a-z])", (f"{word}=",)) for word in ("here", "missing"))
    before = compiled.cache_info().misses
    assert facts(b"S HERE=a here=b", (0, 1), context=Context(id="test", within=50, facts={"name": written})) == [
        {"name": ("b",)}
    ]
    assert compiled.cache_info().misses == before + 1


@pytest.mark.parametrize("distance", [0, 49, 50, 51, 60])
def test_a_near_text_counts_within_reach_only_wherever_earlier_searches_ended(distance: int) -> None:
    spans = [(at, at + 1) for at in range(100, 100 + 40 * 3, 3)]
    start, end = spans[-1]
    for text, reached in (
        (b"." * (start - distance - 4) + b"near" + b"." * 500, start - distance >= start - 50),
        (b"." * (end + distance) + b"near" + b"." * 500, distance <= 50),
    ):
        finder = NearbyFinder(NearbyText(pattern="near", within=50, longest=4), text)
        for span in spans[:-1]:
            finder.holds(*span)
        assert finder.holds(start, end) is reached


def test_dense_spans_share_their_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[str] = []

    def counted(pattern: str) -> "regex.Pattern[bytes]":
        searches.append(pattern)
        return compiled(pattern)

    monkeypatch.setattr("frontleak.match.context.compiled", counted)
    finder = NearbyFinder(NearbyText(pattern="near", within=50, longest=4), b"." * 100_000)
    assert not any(finder.holds(at, at + 10) for at in range(0, 100_000, 20))
    assert len(searches) < 40


@pytest.mark.parametrize(
    "text",
    [
        'createClient({{projectId:"abcd1234",dataset:"production",token:"{0}"}})',
        "NEXT_PUBLIC_SANITY_PROJECT_ID=abcd1234\nNEXT_PUBLIC_SANITY_DATASET=production\nSANITY_TOKEN={0}\n",
        '{{"projectId":"abcd1234","dataset":"production","token":"{0}"}}',
        '{{\\"projectId\\":\\"abcd1234\\",\\"dataset\\":\\"production\\",\\"token\\":\\"{0}\\"}}',
        'fetch("https://abcd1234.api.sanity.io/v1/data/query/production",{{headers:{{Authorization:"Bearer {0}"}}}})',
        '"https://cdn.sanity.io/images/abcd1234/production/x.png","{0}"',
    ],
    ids=["a client", "an environment file", "JSON", "JSON in a string", "a request", "an image"],
)
def test_the_project_and_the_dataset_are_read_from(text: str) -> None:
    finding = one_detection(text.format(fake("sanity-token")))
    assert finding.context == {"project_id": ("abcd1234",), "dataset": ("production",)}


@pytest.mark.parametrize(
    "text",
    [
        '__studio_auth_token_abcd1234={{"token":"{0}"}}',
        "sanity-project-tokens: abcd1234={0}",
        'headers:{{"sanity-project-tokens":"abcd1234={0}"}}',
        "sanity-project-tokens%3A%20abcd1234%3D{0}",
    ],
    ids=["a session of the Studio", "a header", "a header in code", "a header in an address"],
)
def test_the_project_a_token_is_named_with_is_read(text: str) -> None:
    assert one_detection(text.format(fake("sanity-token"))).context == {"project_id": ("abcd1234",)}


@pytest.mark.parametrize(
    "text",
    [
        "projectId:e.projectId,dataset:t,token:{0!r}",
        "projectId:'ABCD1234',token:{0!r}",
        "projectId:'abc',token:{0!r}",
        "apitoken={0}",
        "my_abcd1234={0}",
    ],
    ids=["variables", "capitals", "three letters", "a variable of eight letters", "the end of a variable"],
)
def test_no_project_is_made_up_from(text: str) -> None:
    assert one_detection(text.format(fake("sanity-token"))).context == {}
