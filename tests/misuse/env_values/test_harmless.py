"""What is looked for, and what is left out with a reason."""

import pytest

from frontleak.misuse.env_values.harmless import Reason, reason_of
from tests.support.env_values import fake


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("API_KEY", "", Reason.EMPTY),
        ("API_KEY", "q7x2m9k", Reason.SHORT),
        ("DEBUG", "true", Reason.CHOICE),
        ("NODE_ENV", "production", Reason.CHOICE),
        ("API_KEY", "12345678901", Reason.NUMBER),
        ("TIMEOUT", "30000ms", Reason.NUMBER),
        ("APP_VERSION", "12.14.3-beta.1", Reason.VERSION),
        ("RELEASED", "2026-11-30T01:02:03Z", Reason.VERSION),
        ("API_URL", "https://api.example.com/v1/things?lang=en", Reason.ADDRESS),
        ("REDIS_URL", "redis://localhost:6379/0", Reason.ADDRESS),
        ("SITE", "www.my-shop.example.com", Reason.HOST),
        ("LISTEN", "127.0.0.1:3000", Reason.HOST),
        ("CERT_FILE", "/etc/ssl/certs/my-server.pem", Reason.PATH),
        ("OUT", "./build/output/files", Reason.PATH),
        ("MAIL_FROM", "Team <hello@example.com>", Reason.EMAIL),
        ("SANITY_PROJECT_ID", "a1b2c3d4", Reason.ID),
        ("GOOGLE_CLIENT_ID", "81723-x7k2m9q4w8e1r5t3", Reason.ID),
        ("VERCEL_GIT_COMMIT_SHA", "8f14e45fceea167a5a36dedd4bea2543", Reason.ID),
        ("SENTRY_DSN", "https://8f14e45fceea167a5a36dedd4bea2543@o1.ingest.sentry.io/2", Reason.ID),
        ("JWT_PUBLIC", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", Reason.PUBLIC_KEY),
        ("API_SECRET", "your-secret-key", Reason.PLACEHOLDER),
        ("API_SECRET", "changeme", Reason.PLACEHOLDER),
        ("API_SECRET", "<insert the key>", Reason.PLACEHOLDER),
        ("API_SECRET", "xxxxxxxxxxxx", Reason.PLACEHOLDER),
        ("API_SECRET", "sk_test_...", Reason.PLACEHOLDER),
        ("API_SECRET", "your-256-bit-secret", Reason.PLACEHOLDER),
        ("API_SECRET", "some secret value here", Reason.PLACEHOLDER),
        ("API_SECRET", "keyboard cat", Reason.PLACEHOLDER),
        ("IMAGE_DOMAINS", "images.unsplash.com, cdn.sanity.io", Reason.HOST),
        ("CORS_ORIGINS", "https://a.example.com,http://localhost:3000", Reason.ADDRESS),
        ("PORTS", "3000,3001", Reason.NUMBER),
        ("USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64)", Reason.ID),
        ("API_SECRET", "op://vault/item/field", Reason.REFERENCE),
        ("API_SECRET", "${OTHER}", Reason.REFERENCE),
        ("API_SECRET", "encrypted:BD8mSf2", Reason.REFERENCE),
        ("APP_SLOGAN", "My wonderful shop", Reason.WORDS),
        ("THEME", "bootstrap-default", Reason.WORDS),
        ("DB_PASSWORD", "postgres", Reason.WORDS),
        ("PATH", "/usr/bin:/bin", Reason.SYSTEM),
    ],
)
def test_left_out(name: str, value: str, reason: Reason) -> None:
    assert reason_of(name, value) is reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANYTHING", fake(1)),
        ("API_SECRET", fake(2, 12)),
        ("DATABASE_URL", f"postgres://app:{fake(3, 16)}@db.example.com:5432/app"),
        ("SLACK_HOOK", f"https://hooks.slack.example/services/T0/B0/{fake(4, 24)}"),
        ("ADMIN_PASSWORD", "summer2024rain"),
        ("SESSION_SECRET", "Correct-Horse-Battery-9"),
        ("AWS_SECRET_ACCESS_KEY", f"/{fake(5, 19)}/{fake(6, 19)}"),
        ("SIGNING_KEY", "8f14e45fceea167a5a36dedd4bea2543"),
        ("BROKERS", f"https://a.example.com,https://app:{fake(7, 16)}@b.example.com"),
        ("HOSTS", f"a.example.com,{fake(8, 24)}"),
        ("API_KEYS", f"{fake(9, 20)},{fake(10, 20)}"),
        ("API_SECRET", f"{fake(11, 20)}..."),
    ],
)
def test_looked_for(name: str, value: str) -> None:
    assert reason_of(name, value) is None


@pytest.mark.parametrize("value", ["a wonderful shop", "changeme", "75432100", "val1-val1-val1", "https://a.example/b"])
def test_a_declared_variable_is_looked_for_whatever_it_holds(value: str) -> None:
    assert reason_of("ENV_VAR_ID", value) is not None
    assert reason_of("ENV_VAR_ID", value, is_declared=True) is None
    assert reason_of("ENV_VAR_ID", "production", is_declared=True) is Reason.CHOICE


def test_the_length_can_be_chosen() -> None:
    assert reason_of("API_SECRET", "a1b2c3d", least=7) is None
    assert reason_of("API_SECRET", "a1b2c3d4e5", least=12) is Reason.SHORT
