"""Variable names: whether they mean a secret, are public, and what their token can do."""

import pytest

from frontleak.misuse.variable_names import (
    Power,
    is_sanity,
    is_secret,
    is_test_file,
    power,
    public_prefix,
)
from frontleak.rules.secret_names import words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ""),
        ("token", "TOKEN"),
        ("sanityApiToken", "SANITY_API_TOKEN"),
        ("sanity-api.token", "SANITY_API_TOKEN"),
        ("NEXT_PUBLIC_SANITY_TOKEN", "NEXT_PUBLIC_SANITY_TOKEN"),
        ("oauth2Token", "OAUTH2_TOKEN"),
        ("__token__", "TOKEN"),
        ("APIToken", "APITOKEN"),
    ],
)
def test_words(name: str, expected: str) -> None:
    assert words(name) == expected


NO_SECRET = (
    *("SANITY_PROJECT_ID", "SANITY_DATASET", "projectId", "NEXT_PUBLIC_API_URL", "tokenize", "secretary", "keyboard"),
    *("SUPABASE_ANON_KEY", "STRIPE_PUBLISHABLE_KEY", "VAPID_PUBLIC_KEY", "RECAPTCHA_SITE_KEY", "SENTRY_DSN"),
    *("APPLICATIONINSIGHTS_CONNECTION_STRING", "APP_INSIGHTS_CONNECTION_STRING", "GOOGLE_SITE_VERIFICATION_TOKEN"),
    *("FB_DOMAIN_VERIFICATION_TOKEN", "YANDEX_VERIFICATION_TOKEN", "DOMAIN_VERIFY_TOKEN", "BING_SITE_AUTH"),
    *("MAPBOX_ACCESS_TOKEN", "MAPBOX_PUBLIC_TOKEN", "ALGOLIA_SEARCH_KEY", "FIREBASE_API_KEY", "GOOGLE_MAPS_API_KEY"),
    *("ACCESS_TOKEN_ROUTE", "PASSKEY_GET_TOKEN_ROUTE", "RESET_PASSWORD_ROUTES", "CLIENT_SECRET_ROUTE"),
    *("TOKEN_ADDRESS", "ERC20_TOKEN", "MAX_TOKENS", "TOKEN_LIMIT", "TOKEN_URL", "CSRF_TOKEN", "CLIENT_TOKEN"),
    *("PASSWORD_MIN", "SECRET_NAME", "SHOW_PASSWORD", "RESET_PASSWORD", "STOREFRONT_ACCESS_TOKEN", "POSTHOG_KEY"),
    *("CONTENTFUL_ACCESS_TOKEN", "STORYBLOK_PREVIEW_TOKEN", "MIXPANEL_TOKEN", "DATADOG_CLIENT_TOKEN", "USE_TOKEN"),
    *(
        "MIN_TOKENS",
        "MIN_TOKEN",
        "SHOW_PASSWORD_FORM",
        "ENABLE_CREDENTIALS_LOGIN",
        "DISABLE_AUTH",
        "ENABLE_GOOGLE_AUTH",
    ),
    *(
        "REFRESH_TOKEN_INTERVAL_MS",
        "TOKEN_CACHE_SECONDS",
        "TOKEN_MAX_AGE",
        "SECRET_ROTATION_DAYS",
        "TOKEN_REFRESH_LIMIT",
    ),
    *("FIREBASE_DATABASE_URL", "SUPABASE_URL", "AUTH_URL", "AUTH_DOMAIN", "BASE_PATH", "OAUTH", "PATH", "PATTERN"),
    *(
        "RECAPTCHA_KEY",
        "SHOPIFY_STOREFRONT_ACCESS_TOKEN",
        "CSRF_TOKEN_HEADER",
        "TOKEN_ADDRESSES",
        "SERVICE_URL",
        "AUTH",
    ),
)


@pytest.mark.parametrize("name", NO_SECRET)
def test_what_is_no_secret(name: str) -> None:
    assert not is_secret(name)


SECRET = (
    *("token", "SANITY_TOKEN", "SANITY_API_READ_TOKEN", "NEXT_PUBLIC_SANITY_TOKEN", "sanityWriteToken", "apiSecret"),
    *("SANITY_AUTH_TOKEN", "SANITY_API_KEY", "SANITY_WRITE_KEY", "DB_PASSWORD", "CLIENT_SECRET", "PRIVATE_KEY"),
    *("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_ROLE", "STRIPE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"),
    *("AWS_ACCESS_KEY_ID", "OPENAI_API_KEY", "ANTHROPIC_KEY", "SENDGRID_API_KEY", "ALGOLIA_ADMIN_KEY", "CREDENTIALS"),
    *("SENTRY_AUTH_TOKEN", "MAPBOX_SECRET_TOKEN", "MASTER_KEY"),
    # words that end another hide nothing
    *("SANITY_ADMIN_TOKEN", "CLICKHOUSE_PASSWORD", "WAREHOUSE_SECRET", "HELP_TOKEN", "ADD_TOKEN", "ANYWHERE_TOKEN"),
    *(
        "CHEAP_TOKEN",
        "CLIMAX_TOKEN",
        "PURCHASE_TOKEN",
        "PHASE_PASSWORD",
        "CAUSE_SECRET",
        "LASPLIT_TOKEN",
        "CANON_TOKEN",
    ),
    # the secret half of a pair
    *("RECAPTCHA_SECRET", "TURNSTILE_SECRET_KEY", "VAPID_PRIVATE_KEY", "FIREBASE_PRIVATE_KEY", "GOOGLE_PRIVATE_KEY"),
    *(
        "CSRF_SECRET",
        "ANALYTICS_SECRET",
        "MIXPANEL_SECRET_KEY",
        "STOREFRONT_PRIVATE_TOKEN",
        "CONTENTFUL_MANAGEMENT_TOKEN",
    ),
    *("SUPABASE_SERVICE_KEY", "GOOGLE_SERVICE_ACCOUNT_KEY", "FIREBASE_SERVICE_ACCOUNT", "STORYBLOK_MANAGEMENT_TOKEN"),
    *(
        "GITHUB_PAT",
        "AZURE_DEVOPS_PAT",
        "SANITY_AUTH",
        "BASIC_AUTH",
        "HTTP_AUTH",
        "DATABASE_URL",
        "POSTGRES_PRISMA_URL",
    ),
    *("REDIS_URL", "MONGODB_URI", "STORAGE_CONNECTION_STRING", "DB_PASS", "SMTP_PWD", "SANITY_TOKEN2", "apiAuthtoken"),
    # a secret beside a word that is none
    *("SLACK_VERIFICATION_TOKEN", "META_VERIFY_TOKEN", "SITE_VERIFICATION_SECRET", "SITE_AUTH_TOKEN"),
    *("TOKEN_REFRESH_SECRET", "PASSWORD_RESET_TOKEN", "CSRF_TOKEN_SECRET", "MAX_TOKEN_PASSWORD", "TOKEN_NAME_SECRET"),
)


@pytest.mark.parametrize("name", SECRET)
def test_what_is_a_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("NEXT_PUBLIC_TOKEN_URL", "NEXT_PUBLIC_", False),
        ("NEXT_PUBLIC_KEY", "NEXT_PUBLIC_", False),
        ("NEXT_PUBLIC_CLIENT_TOKEN", "NEXT_PUBLIC_", False),
        ("NEXT_PUBLIC_TOKEN", "NEXT_PUBLIC_", True),
        ("EXPO_PUBLIC_TOKEN", "EXPO_PUBLIC_", True),
        ("SANITY_STUDIO_API_KEY", "SANITY_STUDIO_", True),
        ("PUBLIC_TOKEN", "PUBLIC_", True),
    ],
)
def test_the_public_prefix_does_not_make_a_name_public_by_design(name: str, prefix: str, expected: bool) -> None:
    assert is_secret(name, prefix) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/contest.ts", False),
        ("src/latest/a.ts", False),
        ("src/stories.ts", False),
        ("src/test.ts", False),
        ("app/page.tsx", False),
        ("src/a.test.ts", True),
        ("src/a.spec.tsx", True),
        ("src/Button.stories.tsx", True),
        ("src/__tests__/a.ts", True),
        ("src/__mocks__/client.js", True),
        ("tests/a.ts", True),
        ("cypress/support/a.ts", True),
        ("vitest.setup.ts", True),
        (".storybook/preview.ts", True),
    ],
)
def test_a_test_file(path: str, expected: bool) -> None:
    assert is_test_file(path) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SANITY_TOKEN", Power.UNKNOWN),
        ("SANITY_API_TOKEN", Power.UNKNOWN),
        ("", Power.UNKNOWN),
        ("SANITY_CREDIT_TOKEN", Power.UNKNOWN),
        ("SANITY_READ_TOKEN", Power.READ),
        ("SANITY_VIEWER_TOKEN", Power.READ),
        ("sanityPreviewToken", Power.READ),
        ("SANITY_DRAFTS_TOKEN", Power.READ),
        ("SANITY_WRITE_TOKEN", Power.WRITE),
        ("sanityEditorToken", Power.WRITE),
        ("SANITY_ADMIN_TOKEN", Power.WRITE),
        ("SANITY_AUTH_TOKEN", Power.WRITE),
        ("SANITY_READ_WRITE_TOKEN", Power.WRITE),
    ],
)
def test_power(name: str, expected: Power) -> None:
    assert power(name) is expected


@pytest.mark.parametrize(("name", "expected"), [("SANITY_TOKEN", True), ("mySanityToken", True), ("TOKEN", False)])
def test_sanity(name: str, expected: bool) -> None:
    assert is_sanity(name) is expected


@pytest.mark.parametrize(
    ("name", "frameworks", "expected"),
    [
        ("SANITY_TOKEN", None, ""),
        ("NEXT_PUBLIC_A", None, "NEXT_PUBLIC_"),
        ("NEXT_PUBLIC_A", frozenset[str](), "NEXT_PUBLIC_"),
        ("VITE_A", frozenset[str](), "VITE_"),
        ("GATSBY_A", frozenset[str](), "GATSBY_"),
        ("REACT_APP_A", frozenset[str](), "REACT_APP_"),
        ("SANITY_STUDIO_A", frozenset[str](), "SANITY_STUDIO_"),
        ("PUBLIC_A", None, "PUBLIC_"),
        ("PUBLIC_A", frozenset[str](), ""),
        ("PUBLIC_A", frozenset({"nextjs"}), ""),
        ("PUBLIC_A", frozenset({"sveltekit"}), "PUBLIC_"),
        ("PUBLIC_A", frozenset({"astro"}), "PUBLIC_"),
        ("A_NEXT_PUBLIC_B", None, ""),
        ("next_public_a", None, ""),
    ],
)
def test_a_public_prefix(name: str, frameworks: frozenset[str] | None, expected: str) -> None:
    assert public_prefix(name, frameworks) == expected
