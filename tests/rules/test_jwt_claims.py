"""The conditions of `require.jwt` for the claims of a token."""

import pytest

from frontleak.rules.jwt_claims import EXPIRIES, SOON, holds, satisfying

NOW = 1_800_000_000

REFUSED = {
    "another value": ({"role": "anon"}, {"role": "admin"}),
    "a claim that is missing": ({}, {"role": "admin"}),
    "a claim that is missing where any value would do": ({"sub": None}, {"sub": "*"}),
    "a value that is excluded": ({"role": "anon"}, {"role": "!anon|guest"}),
    "an excluded member of a list": ({"roles": ["user", "guest"]}, {"roles": "!anon|guest"}),
    "an excluded value of the second name": ({"roles": ["anon"]}, {"role|roles": "!anon"}),
    "the end of a value that must begin so": ({"iss": "http://a.auth0.com/"}, {"iss": "https://*.auth0.com/"}),
    "a value shorter than its form": ({"iss": "https://x.auth0"}, {"iss": "https://*.auth0.com/"}),
    "parts that overlap": ({"iss": "aba"}, {"iss": "ab*ba"}),
    "parts in another order": ({"iss": "a-c-b-d"}, {"iss": "a*b*c*d"}),
    "a member of a text": ({"a": "b"}, {"a > b": "*"}),
    "a flag": ({"is_anonymous": True}, {"is_anonymous": "!true"}),
    "one of two conditions": ({"role": "admin", "sub": "1"}, {"role": "admin", "sub": "2"}),
    "an expiry that is over": ({"exp": NOW}, {"exp": "never|later|soon"}),
    "an expiry within days": ({"exp": NOW + SOON}, {"exp": "never|later"}),
    "an expiry in a year": ({"exp": NOW + 365 * 86_400}, {"exp": "soon|past"}),
    "no expiry": ({}, {"exp": "!never"}),
}


@pytest.mark.parametrize(("claims", "conditions"), REFUSED.values(), ids=REFUSED)
def test_claims_are_refused_for(claims: dict[str, object], conditions: dict[str, str]) -> None:
    assert not holds(claims, conditions, NOW)


ACCEPTED = {
    "the value": ({"role": "admin"}, {"role": "admin"}),
    "one of several values": ({"role": "owner"}, {"role": "admin|owner"}),
    "a member of a list": ({"roles": ["user", "admin"]}, {"roles": "admin"}),
    "the second name": ({"roles": "admin"}, {"role|roles": "admin"}),
    "a member of an object": ({"a.b": {"c": ["admin"]}}, {"a.b > c": "admin"}),
    "any value": ({"sub": "x"}, {"sub": "*"}),
    "a number": ({"id": 7}, {"id": "7"}),
    "a form with several stars": ({"iss": "https://a.b.c/realms/x"}, {"iss": "https://*/realms/*"}),
    "an excluded value that is missing": ({}, {"role": "!anon"}),
    "no expiry": ({}, {"exp": "never"}),
    "an expiry that is no number": ({"exp": "2030"}, {"exp": "never"}),
    "an expiry that is a flag": ({"exp": True}, {"exp": "never"}),
    "an expiry a second after some days": ({"exp": NOW + SOON + 1}, {"exp": "later"}),
    "an expiry in a second": ({"exp": NOW + 1}, {"exp": "soon"}),
    "an expiry a second ago": ({"exp": NOW - 0.5}, {"exp": "past"}),
}


@pytest.mark.parametrize(("claims", "conditions"), ACCEPTED.values(), ids=ACCEPTED)
def test_claims_are_accepted_with(claims: dict[str, object], conditions: dict[str, str]) -> None:
    assert holds(claims, conditions, NOW)


@pytest.mark.parametrize("word", [word for word in EXPIRIES if word != "soon"])
def test_an_example_satisfies_its_conditions(word: str) -> None:
    conditions = {"role|roles": "admin|owner", "iss": "https://*.a.io/*", "a > b": "*", "sub": "!1", "exp": word}
    assert holds(satisfying(conditions), conditions, NOW)
