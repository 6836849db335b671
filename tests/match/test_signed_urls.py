"""The expiry of signed URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.match.signed_urls import url_expiry
from frontleak.rules.jwt_claims import EXPIRIES

NOW = 1_800_000_000  # 2027-01-15T08:00:00Z

EXPIRY = {
    "no date": ("sv=1&sig=x", "never"),
    "a date that is none": ("se=soon", "never"),
    "a date of the next minute": ("a?se=2027-01-15T08:01:00Z&sig=x", "soon"),
    "a date of this second": ("se=2027-01-15T08:00:00Z", "past"),
    "a date of next year": ("se=2028-01-01&sp=r", "later"),
    "a date without seconds": ("sp=r&se=2027-01-15T07:59Z", "past"),
    "a date with encoded colons": ("se=2026-01-01T00%3A00%3A00Z", "past"),
    "a date encoded twice": ("se=2026-01-01T00%253A00%253A00Z", "past"),
    "a query in HTML": ("sp=r&amp;se=2026-01-01&amp;sig=x", "past"),
    "a query in a JSON string": ("sp=r\\u0026se=2026-01-01", "past"),
    "a query in a query": ("sp%3Dr%26se%3D2026-01-01", "past"),
    "an hour from the signature": ("X-Amz-Date=20270115T080000Z&X-Amz-Expires=3600", "soon"),
    "an hour that is over": ("X-Goog-Date=20270115T060000Z&X-Goog-Expires=3600", "past"),
    "a duration without a date": ("X-Amz-Expires=3600", "never"),
    "seconds since 1970": ("Expires=1800000001&Signature=x", "soon"),
    "seconds in other digits": ("Expires=١٢٣", "never"),
}


@pytest.mark.parametrize(("text", "word"), EXPIRY.values(), ids=EXPIRY)
def test_the_expiry_of(text: str, word: str) -> None:
    assert url_expiry(text, NOW) == word


@given(st.text(max_size=80) | st.from_regex(r"(se|Expires|X-Amz-Date|X-Amz-Expires)=[0-9TZ:-]{0,20}", fullmatch=True))
def test_any_text_has_an_expiry(text: str) -> None:
    assert url_expiry(text, NOW) in EXPIRIES
