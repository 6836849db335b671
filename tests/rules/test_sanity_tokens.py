"""The edges of a Sanity token, as measured on real bundles (docs/rules.md): exact lengths, sixteen embeddings."""

import pytest

from frontleak.core.suppression import DUMMY
from frontleak.rules.samples import draw
from tests.support.made import one_detection, scan_text, secret_of
from tests.support.shipped import fake, shipped

SEEDS = range(5)
EMBEDDINGS = {
    "a line of an environment file": "TOKEN={}\n",
    "double quotes": 'x="{}";',
    "single quotes": "x='{}';",
    "a template literal": "x=`{}`;",
    "a Bearer header": 'h={{Authorization:"Bearer {}"}}',
    "a JSON string": '{{\\"token\\":\\"{}\\"}}',
    "unicode escapes": "\\u0022{}\\u0022",
    "hexadecimal escapes": "\\x22{}\\x22",
    "percent encoding": "%22{}%22",
    "HTML entities": "&quot;{}&quot;",
    "an escaped line break": "a\\n{}\\nb",
    "a fragment of an address": "https://example.com/#token={}&claim=x",
    "a query of an address": "https://example.com/?token={}&x=1",
    "a list of projects": "abcd1234={},efgh5678=none",
    "the end of a sentence": "The token is {}.",
    "an HTML element": "<p>{}</p>",
}
REAL_LENGTHS = (80, 81, 180)
NEAR_MISSES = (79, 82, 179, 181)


def token(length: int, seed: object = 0) -> str:
    """Draw a token of a length with a digit, an upper-case and a lower-case letter."""
    for attempt in range(100):
        drawn = draw(f"sk[A-Za-z0-9]{{{length - 2}}}", f"{length}/{seed}/{attempt}")
        if any(c.isdigit() for c in drawn) and any(c.isupper() for c in drawn):
            return drawn
    raise AssertionError(length)


def quiet(text: str) -> list[str]:
    return [finding.rule_id for finding in scan_text(text).detections]


@pytest.mark.parametrize("length", NEAR_MISSES, ids="a token of {} characters".format)
@pytest.mark.parametrize("embedding", EMBEDDINGS.values(), ids=EMBEDDINGS)
def test_a_near_miss_without_a_keyword_is_no_sanity_token(embedding: str, length: int) -> None:
    """A rule for any value that is called a token may find it."""
    for seed in SEEDS:
        assert not {rule for rule in quiet(embedding.format(token(length, seed))) if not rule.startswith("assigned-")}


@pytest.mark.parametrize("length", REAL_LENGTHS, ids="a token of {} characters".format)
@pytest.mark.parametrize("embedding", EMBEDDINGS.values(), ids=EMBEDDINGS)
def test_a_token_of_a_real_length_is_found(embedding: str, length: int) -> None:
    for seed in SEEDS:
        secret = token(length, seed)
        finding = one_detection(embedding.format(secret))
        assert finding.rule_id == "sanity-token"
        assert secret_of(finding).reveal() == secret.encode()


@pytest.mark.parametrize("length", [*NEAR_MISSES, 54, 100, 240], ids="a token of {} characters".format)
def test_a_keyword_close_by_makes_another_length_a_finding(length: int) -> None:
    secret = token(length)
    finding = one_detection(f'createClient({{projectId:"abcd1234",token:"{secret}"}})')
    assert finding.rule_id == "sanity-token-unusual-length"
    assert secret_of(finding).reveal() == secret.encode()


LOOK_ALIKES = {
    "an integrity hash of a lockfile": lambda seed: (
        f'"integrity":"sha512-{draw("sk[A-Za-z0-9+/]{84}", seed)}=="',
        f'"integrity":"sha512-{draw("[A-Za-z0-9+/]{5}/sk[A-Za-z0-9]{78}", seed)}=="',
    ),
    "a base64 data address": lambda seed: (
        f"url(data:font/woff2;base64,d09GMgAB{token(80, seed)}{draw('[A-Za-z0-9+/]{200}', seed)})",
        f"url(data:font/woff2;base64,{draw('[A-Za-z0-9]{40}/', seed)}{token(80, seed)})",
        f"url(data:font/woff2;base64,{draw('[A-Za-z0-9]{40}[+]', seed)}{token(180, seed)}=)",
    ),
    "an inline source map": lambda seed: (
        f"//# sourceMappingURL=data:application/json;base64,{draw('[A-Za-z0-9+/]{60}', seed)}{token(81, seed)}==",
    ),
    "something like sk_live_": lambda seed: (
        f'x="sk_{token(80, seed)}"',
        f'x="{token(80, seed)}_{draw("[a-z]{5}", seed)}"',
    ),
    "something like sk-proj-": lambda seed: (
        f'x="sk-{token(80, seed)}"',
        f'x="{token(80, seed)}-{draw("[a-z]{5}", seed)}"',
        f'x="project-{token(180, seed)}"',
    ),
    "part of a longer word": lambda seed: (f'x="ta{token(80, seed)}"', f'x="{token(81, seed)}{token(180, seed)}"'),
    "a token without a digit": lambda seed: (f'x="sk{draw("[A-Za-z]{78}", seed)}"',),
    "a token without a capital": lambda seed: (f'x="sk{draw("[a-z0-9]{78}", seed)}"',),
    "a token without a small letter after its prefix": lambda seed: (f'x="SK{draw("[A-Z0-9]{78}", seed)}"',),
    "a token of few different characters": lambda seed: (f'x="sk{draw("[aB1]{78}", seed)}"',),
}


@pytest.mark.parametrize("look_alike", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_a_look_alike_is_silent(look_alike: object) -> None:
    assert callable(look_alike)
    for seed in SEEDS:
        for text in look_alike(str(seed)):
            assert not quiet(text), text


@pytest.mark.parametrize(
    "identifier",
    ["skipCrossDatasetReferenceValidation", "skeletonLoaderAnimationWrapper", "sk-circle", "skewX", "sk"],
)
@pytest.mark.parametrize("times", [1, 2, 3], ids=["once", "twice", "three times"])
def test_an_identifier_is_silent_even_beside_sanity_code(identifier: str, times: int) -> None:
    assert not quiet(f'import{{createClient}}from"@sanity/client";createClient({{{identifier * times}:1}})')


DUMMIES = sorted(dummy for item in shipped() if item.rule.id == "sanity-token" for dummy in item.rule.allow)


@pytest.mark.parametrize("dummy", DUMMIES, ids="the dummy that begins with {:.5}".format)
def test_a_documented_dummy_is_suppressed_by_its_exact_value(dummy: str) -> None:
    assert one_detection(f'token:"{dummy}"').suppression == DUMMY


@pytest.mark.parametrize("dummy", DUMMIES, ids="the dummy that begins with {:.5}".format)
@pytest.mark.parametrize("position", [2, 3, 40, -2, -1], ids="its character {} changed".format)
def test_a_dummy_with_one_changed_character_counts(dummy: str, position: int) -> None:
    changed = list(dummy)
    changed[position] = "Q" if dummy[position] != "Q" else "R"
    assert one_detection(f'token:"{"".join(changed)}"').suppression is None


@pytest.mark.parametrize(
    "value",
    ["sk" + "aB1" + "x" * 75, "sk" + "abcdefghijklmnopqrstuvwxyz" * 2 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "sk" + "x" * 78],
    ids=["one character over and over", "the alphabet", "nothing but x"],
)
def test_a_placeholder_never_counts(value: str) -> None:
    assert all(finding.suppression for finding in scan_text(f'sanity token:"{value}"').detections)


def test_a_token_carries_the_project_and_the_dataset_beside_it() -> None:
    finding = one_detection(f'X({{projectId:"abcd1234",dataset:"production",token:"{fake("sanity-token")}"}})')
    assert finding.context == {"project_id": ("abcd1234",), "dataset": ("production",)}


def test_a_token_alone_carries_no_facts() -> None:
    assert one_detection(f'x="{fake("sanity-token")}"').context == {}
