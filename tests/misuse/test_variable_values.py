"""Known values of variables that are no secret, whatever the name says."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.vocabulary import Severity
from frontleak.misuse.variable_values import is_harmless
from tests.acceptance.support import token
from tests.support.code import misuse, package, places

RULE: Final = "public-env-secret"
NEXT: Final = {"package.json": package("next")}

HARMLESS: Final = (
    *(("ADMIN_TOKEN", value) for value in ("true", "FALSE", "on", "Off", "0", "1", "null", "undefined", "disabled")),
    *(("REFRESH_TOKEN_EVERY", value) for value in ("840000", "15m", "0.5", "60 * 60", "30 days", "-1", "1_000")),
    *(("TOKEN_KEY", value) for value in ("access_token", "accessToken", "token", "@app/token", "auth.token")),
    *(("ACCESS_TOKEN", value) for value in ("access_token", "accessToken", "access-token", "app:token", "auth.token")),
    *(("API_AUTH", value) for value in ("basic", "bearer", "firebase", "clerk", "auth0")),
    *(("FETCH_CREDENTIALS", value) for value in ("include", "omit", "same-origin")),
    *(("PASSWORD_STRATEGY", value) for value in ("bcrypt", "email-code")),
    *(("REFRESH_TOKEN_ROTATION", value) for value in ("weekly", "on-use")),
    ("GOLD_TOKEN", f"0x{'0123456789' * 4}"),
    ("DATABASE_URL", "postgres://localhost:5432/app"),
    ("DATABASE_URL", "file:./dev.db"),
    ("REDIS_URL", "localhost:6379"),
    ("LOGIN_SECRET", "https://auth.example.com/oauth/token?grant=code"),
    ("LOGIN_TOKEN", "/api/token"),
    ("LOGIN_TOKEN", "./keys/token.json"),
)


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_what_is_harmless(name: str, value: str) -> None:
    assert is_harmless(name, value)


SECRET: Final = (
    *(
        ("ADMIN_TOKEN", value)
        for value in ("", "a", "changeme", "your-token", "...", "${TOKEN}", "${{ secrets.A }}", "@a")
    ),
    *(("ADMIN_PASSWORD", value) for value in ("123456", "hunter2", "letmein", "password", "correct-horse")),
    *(("JWT_SECRET", value) for value in ("secret", "supersecret", "my_secret", "0123456789abcdef0123456789")),
    *(
        ("DATABASE_URL", value)
        for value in ("postgres://a:b@localhost/app", "mysql://root@db/app", "redis://:pw@cache:6379")
    ),
    *(("SUPABASE_SECRET_KEY", value) for value in ("key", "secret-key-of-us")),
    ("HOOK_SECRET", "https://hooks.example.com/services/T0FAKE0FAKE/B0FAKE0FAKE/Fake0123456789Fake0123"),
    ("HOOK_TOKEN", "https://example.com/hook?token=abc"),
    ("HOOK_TOKEN", "https://${USER}:${PASS}@example.com"),
    ("BASIC_AUTH", "admin:password1"),
    ("BASIC_AUTH", "YWRtaW46cGFzc3dvcmQ="),
    ("ADMIN_PASSWORD_PROD", "letmein"),
    ("WALLET_TOKEN", f"0x{'0123456789abcdef' * 4}"),
    ("TOKEN_KEY", "Fake0123456789Fake0123"),
)


@pytest.mark.parametrize(("name", "value"), SECRET)
def test_what_may_be_a_secret(name: str, value: str) -> None:
    assert not is_harmless(name, value)


@given(st.sampled_from(["A_TOKEN", "A_SECRET", "A_AUTH", "TOKEN_KEY", "DATABASE_URL"]), st.integers(0, 2**32))
def test_a_random_token_is_never_harmless(name: str, seed: int) -> None:
    secret = token(str(seed))
    assert not is_harmless(name, secret)
    assert not is_harmless(name, secret[:24])
    assert not is_harmless(name, f"https://example.com/{secret[:24]}")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_judged(name: str, value: str) -> None:
    assert is_harmless(name, value) in {True, False}


READ: Final = {"app/a.ts": "export const a = process.env.NEXT_PUBLIC_ADMIN_TOKEN"}
KNOWN: Final[Mapping[str, tuple[Mapping[str, str], list[str]]]] = {
    "a switch": ({".env": "NEXT_PUBLIC_ADMIN_TOKEN=true\n"}, []),
    "a number with a comment": ({".env": "NEXT_PUBLIC_ADMIN_TOKEN = '840000' # ms\n"}, []),
    "a switch of a build": ({"Dockerfile": "ENV NEXT_PUBLIC_ADMIN_TOKEN=true NODE_ENV=production\n"}, []),
    "a number in JSON": ({"vercel.json": '{"build": {"env": {"NEXT_PUBLIC_ADMIN_TOKEN": "15"}}}'}, []),
    "a switch, and an example without a value": (
        {".env": "NEXT_PUBLIC_ADMIN_TOKEN=on\n", ".env.example": "NEXT_PUBLIC_ADMIN_TOKEN=\n"},
        [],
    ),
    "no value": ({".env.example": "NEXT_PUBLIC_ADMIN_TOKEN=\n"}, [".env.example:1"]),
    "a switch here, a secret there": (
        {".env": "NEXT_PUBLIC_ADMIN_TOKEN=on\n", ".env.production": "NEXT_PUBLIC_ADMIN_TOKEN=x9!k\n"},
        [".env:1"],
    ),
    "a secret of the workflow": (
        {".github/workflows/a.yml": "env:\n  NEXT_PUBLIC_ADMIN_TOKEN: ${{ secrets.ADMIN }}\n"},
        [".github/workflows/a.yml:2"],
    ),
    "nothing known": ({}, ["app/a.ts:1"]),
}


@pytest.mark.parametrize(("files", "expected"), KNOWN.values(), ids=KNOWN)
def test_a_known_value_decides(files: Mapping[str, str], expected: list[str]) -> None:
    assert places({**NEXT, **READ, **files}, RULE) == expected


TESTS: Final[Mapping[str, tuple[Mapping[str, str], Severity]]] = {
    "a test": ({"lib/a.test.ts": "it(process.env.NEXT_PUBLIC_SANITY_TOKEN)"}, Severity.LOW),
    "a story and a mock": (
        {
            "lib/a.stories.tsx": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
            "__mocks__/a.ts": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
        },
        Severity.LOW,
    ),
    "a test, and a file that sets it": (
        {"e2e/a.ts": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN", ".env": "NEXT_PUBLIC_SANITY_TOKEN=x\n"},
        Severity.LOW,
    ),
    "only a file that sets it": ({".env": "NEXT_PUBLIC_SANITY_TOKEN=x\n"}, Severity.HIGH),
    "a test and the code": (
        {
            "lib/a.test.ts": "it(process.env.NEXT_PUBLIC_SANITY_TOKEN)",
            "lib/a.ts": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
        },
        Severity.HIGH,
    ),
    "a page in a folder of that name": (
        {"app/test/page.tsx": "'use client'\nexport default () => <a href={process.env.NEXT_PUBLIC_SANITY_TOKEN}/>"},
        Severity.HIGH,
    ),
    "a mock that a page imports": (
        {
            "app/page.tsx": "'use client'\nimport {a} from '../mocks/a'\nexport default () => <a href={a}/>",
            "mocks/a.ts": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
        },
        Severity.HIGH,
    ),
}


@pytest.mark.parametrize(("files", "expected"), TESTS.values(), ids=TESTS)
def test_what_only_tests_read_is_low(files: Mapping[str, str], expected: Severity) -> None:
    (finding,) = misuse({**NEXT, **files})
    assert (finding.rule_id, finding.severity) == (RULE, expected)
