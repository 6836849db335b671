"""The cheap checks on a secret."""

import pytest
from frontleak.match.validators import entropy, satisfied
from frontleak.rules.pattern_rule import Require
from frontleak.rules.samples import draw

from tests.support.shipped import fake

TOKEN = fake("github-token").encode()
JWT = draw("", "seed", jwt={"role": "service_role"}).encode()
ROLE = {"role": "service_role"}

REFUSED = {
    "too few digits": (b"abc1", Require(digits=2)),
    "digits of another script": ("٣٤".encode(), Require(digits=1)),
    "superscript digits": ("²³".encode("latin-1"), Require(digits=1)),
    "too few capitals": (b"aBc", Require(upper=2)),
    "capitals of another alphabet": ("É".encode("latin-1"), Require(upper=1)),
    "too few small letters": (b"ABc", Require(lower=2)),
    "too little variety": (b"aabb", Require(entropy=1.01)),
    "one character over and over": (b"a" * 100, Require(entropy=0.1)),
    "a wrong checksum": (TOKEN[:-1] + (b"a" if TOKEN[-1:] != b"a" else b"b"), Require(checksum="crc32-base62")),
    "a checksum of other characters": (TOKEN[:10] + b"#" + TOKEN[11:], Require(checksum="crc32-base62")),
    "a text too short for a checksum": (b"abc", Require(checksum="crc32-base62")),
    "claims of another role": (draw("", "seed", jwt={"role": "anon"}).encode(), Require(jwt=ROLE)),
    "a token without a signature": (JWT.rpartition(b".")[0], Require(jwt=ROLE)),
    "a token of four parts": (JWT + b".x", Require(jwt=ROLE)),
    "claims that are no base64": (b"eyJh.!!!!.x", Require(jwt=ROLE)),
    "claims that are no JSON": (b"eyJh.eyJh.x", Require(jwt=ROLE)),
    "claims that are a list": (b"eyJh.W10.x", Require(jwt=ROLE)),
    "claims beyond UTF-8": (b"eyJh._____w.x", Require(jwt=ROLE)),
    "claims nested a hundred thousand deep": (b"a." + b"W1tb" * 50_000 + b".x", Require(jwt=ROLE)),
    "nothing at all": (b"", Require(digits=1)),
    "nothing where variety is asked": (b"", Require(entropy=0.1)),
}


@pytest.mark.parametrize(("secret", "require"), REFUSED.values(), ids=REFUSED)
def test_a_secret_is_refused_for(secret: bytes, require: Require) -> None:
    assert not satisfied(secret, require)


ACCEPTED = {
    "nothing asked": (b"x", Require()),
    "just enough digits": (b"a12", Require(digits=2)),
    "just enough capitals": (b"ABc", Require(upper=2)),
    "just enough small letters": (b"Abc", Require(lower=2)),
    "just enough variety": (b"aabb", Require(entropy=1.0)),
    "the right checksum": (TOKEN, Require(checksum="crc32-base62")),
    "the right claims": (JWT, Require(jwt=ROLE)),
    "everything at once": (b"aB1cD2", Require(digits=2, upper=2, lower=2, entropy=2.5)),
}


@pytest.mark.parametrize(("secret", "require"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_secret_is_accepted_with(secret: bytes, require: Require) -> None:
    assert satisfied(secret, require)


@pytest.mark.parametrize(("secret", "bits"), [(b"", 0), (b"aaaa", 0), (b"ab", 1), (b"abcd", 2), (bytes(range(256)), 8)])
def test_entropy_is_counted_in_bits_a_byte(secret: bytes, bits: float) -> None:
    assert entropy(secret) == pytest.approx(bits)
