"""Values that only a name calls secrets: silent cases first, then the names and structures that count."""

import base64
import random
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.randomness import is_guessable
from frontleak.match.assigned import KINDS, is_assigned, looks_issued, names_secret


def issued(length: int = 32, alphabet: str = string.ascii_letters + string.digits, seed: object = 0) -> str:
    """Return a value as a vendor makes it: random, with a few digits."""
    draw = random.Random(f"assigned/{length}/{alphabet}/{seed}")
    while True:
        value = "".join(draw.choices(alphabet, k=length))
        if sum(map(str.isdigit, value)) > 2:
            return value


VALUE = issued()
HEX = issued(32, "0123456789abcdef")


def judged(text: str, kind: str, value: str = VALUE) -> bool:
    start = text.index(value)
    return is_assigned(text.encode(), start, start + len(value.encode()), kind)


SILENT = [
    "Passwort1234567890",
    "errors.password.tooShort2.message",
    "keyword.operator.new2.javascript",
    "form-field-password-input-2",
    "your-secret-token-1234567890",
    "changeme1234567890changeme",
    "Sup3rSecretPassword2024!!",
    "correct-horse-battery-staple-42",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "0123456789abcdef0123456789abcdef",
    "01020304050607080910111213141516",
    "a1B2c3D4e5F6g7H8i9J0K1L2M3N4",
    "00000000-0000-4000-8000-000000000000",
    "https://user-pool.acme.io/7f3a9c2e41",
    "/api/v1/password/3f2a9c7d1e/reset",
    "../../packages/database/migration/20240101",
    "user.1234567890@mail.acme.io",
    "2024-01-01T00:00:00.000Z",
    "v18.3.1-canary-7f3a9c2e-20240101",
    f"sha512-{VALUE}",
    f"$2b$12${issued(53)}",
    f"{HEX}.woff2",
    f"0x{issued(40, '0123456789abcdef')}",
    f"eyJhbGciOiJIUzI1NiJ9.{VALUE}.{VALUE}",
    f"MII{VALUE}{VALUE}",
    base64.b64encode(b"the password is admin 123").decode(),
    base64.b64encode(b'{"name": "acme", "version": 2}').decode(),
    "MAILER_SMTP_OAUTH2_REFRESH_TOKEN",
    f"AKIA{issued(16, string.ascii_uppercase + '234567')}/20240101/eu-west-1/s3/aws4_request",
    "gpt-4-turbo-2024-04-09-preview",
    "shaka.util.Mp4Parser.SAMPLE_TABLE_PATH",
    HEX[:31],
    HEX[:20],
    "1234567890" * 4,
    "abc12345" * 5,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", SILENT)
def test_a_value_that_nobody_issued_is_silent(value: str, kind: str) -> None:
    assert not looks_issued(value.encode(), kind)


NAMELESS = [
    *("tokenAddress", "tokenName", "passwordPattern", "secretName", "passwordLabel", "tokenizerModel", "monkeyKey"),
    *("csrfToken", "xsrf_token", "__RequestVerificationToken", "authenticity_token", "nextPageToken", "syncToken"),
    *(
        "publicToken",
        "applicationServerKey",
        "publishableApiKey",
        "anonApiKey",
        "site_token",
        "passwordHash",
        "hashedPassword",
        "tokenDigest",
    ),
    *("keyCode", "cacheKey", "storageKey", "routeKey", "key", "hash", "id", "integrity", "nonce", "e", "t"),
    *("OnePassword", "accessKeyId", "credentialsId", "mapboxAccessToken", "GOOGLE_MAPS_API_KEY", "designToken"),
    *("MAX_TOKENS", "token_count", "passwordMinLength", "isTokenEnabled", "TEST_SECRET", "mockToken", "erc20Token"),
    *("author", "authority", "compass", "keyboard"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMELESS)
def test_a_name_that_calls_its_value_no_secret_is_silent(name: str, kind: str) -> None:
    assert not names_secret(name, kind)


WRITTEN_OTHERWISE = {
    "part of a sentence": 'token: "VALUE is expired"',
    "an unquoted expression": "token=VALUE.next;",
    "a bare identifier in minified code": "e.token=VALUE,t=1",
    "a comment": '// token: "VALUE"',
    "a comment in a block": ' * token: "VALUE"',
    "a comment in settings": "# TOKEN=VALUE",
    "the argument of another call": "equal(hash('token'), 'VALUE')",
    "a value without a name": '["VALUE"]',
    "a name without a value of its own": 'token: x, id: "VALUE"',
    "a template": "token: `VALUE${suffix}`",
    "a line that goes on": "TOKEN=VALUE | base64",
    "a header that goes on": '"Authorization: Bearer VALUE and more"',
    "a parameter of a sentence": '"Call it with token=VALUE"',
    "a parameter with a colon": '"token:VALUE"',
    "a parameter that goes on": '"token=VALUE%s"',
    "an assignment in minified code": "a='b';token=VALUE;c",
    "a field in prose": "the token is VALUE",
    "a value quoted twice that code joins": "x('token=\"'+VALUE+'\"')",
}


@pytest.mark.parametrize("text", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_what_is_written_otherwise_is_silent(text: str) -> None:
    assert not judged(text.replace("VALUE", VALUE), "token")


FOUND = {
    "a property": ('{token:"VALUE"}', "token"),
    "a property in quotes": ('{"access_token": "VALUE"}', "token"),
    "a variable": ("const authToken = 'VALUE';", "token"),
    "a default": ('env.ACCESS_TOKEN ?? "VALUE"', "token"),
    "a default of a variable": ('get("ACCESS_TOKEN") || "VALUE"', "token"),
    "an argument after the name": ('set("x-auth-token", "VALUE")', "token"),
    "a header": ('{Authorization: "Bearer VALUE"}', "token"),
    "a header as one string": ('curl -H "Authorization: Bearer VALUE"', "token"),
    "a line of an environment file": ("B=1\nexport SERVICE_TOKEN=VALUE\nC=2", "token"),
    "a line of YAML": ("a:\n  refresh_token: VALUE\n", "token"),
    "a query": ("https://acme.io/x?id=1&token=VALUE&b=2", "token"),
    "the first parameter of a body": ('{body:"token=VALUE&grant_type=x"}', "token"),
    "the only parameter of a body": ("post(u, 'access_token=VALUE')", "token"),
    "a cookie": ('document.cookie="auth_token=VALUE; path=/"', "token"),
    "settings of a database": ('"host=db.acme.io user=app password=VALUE dbname=x"', "secret"),
    "the last of the settings": ('"host=db.acme.io password=VALUE"', "secret"),
    "an escaped property": ('"{\\"token\\":\\"VALUE\\"}"', "token"),
    "an attribute": ("{&quot;token&quot;:&quot;VALUE&quot;}", "token"),
    "a secret": ('clientSecret:"VALUE"', "secret"),
    "a password": ('password="VALUE"', "secret"),
    "a numbered secret": ("CLIENT_SECRET_2=VALUE", "secret"),
    "a secret for production": ("CLIENT_SECRET_PROD=VALUE", "secret"),
    "a key": ('"x-api-key":"VALUE"', "key"),
    "a value that a build writes into code": ("""{API_KEY: '"VALUE"'}""", "key"),
    "a constant of a bundler": ('{"process.env.API_KEY": JSON.stringify("VALUE")}', "key"),
    "a constant of an Android build": (r'buildConfigField "String", "API_KEY", "\"VALUE\""', "key"),
    "a key of some service": ("OBSCURE_API_KEY=VALUE", "key"),
}


@pytest.mark.parametrize(("text", "kind"), FOUND.values(), ids=FOUND)
def test_a_secret_by_its_name_is_found(text: str, kind: str) -> None:
    assert judged(text.replace("VALUE", VALUE), kind)


@pytest.mark.parametrize("password", ["admin1234567", "hunter2hunter2", "Winter2024Summer"])
def test_basic_authentication_with_a_password_of_words_is_silent(password: str) -> None:
    value = base64.b64encode(f"admin:{password}".encode()).decode()
    assert not judged(f'{{Authorization:"Basic {value}"}}', "token", value)


def test_basic_authentication_with_a_random_password_is_found() -> None:
    value = base64.b64encode(f"app:{issued(25)}".encode()).decode()
    assert judged(f'{{Authorization:"Basic {value}"}}', "token", value)


@given(st.binary(min_size=8, max_size=60))
def test_no_value_that_could_be_guessed_is_accepted(value: bytes) -> None:
    assert not (is_guessable(value) and any(looks_issued(value, kind) for kind in KINDS))


@given(
    st.lists(
        st.sampled_from(["password", "token", "secret", "user", "admin", "login", "2024", "17", "form", "error"]),
        max_size=8,
    )
)
def test_no_joined_words_are_accepted(words: list[str]) -> None:
    for joint in "-_.:/":
        assert not looks_issued(joint.join(words).encode(), "token")


@given(st.uuids(version=4))
def test_a_random_identifier_is_accepted(value: uuid.UUID) -> None:
    assert looks_issued(str(value).encode(), "key") or "0000" in str(value)


@given(st.integers())
def test_most_random_values_are_accepted(seed: int) -> None:
    values = [issued(32, seed=(seed, number)) for number in range(20)]
    assert sum(looks_issued(value.encode(), "token") for value in values) >= 17
