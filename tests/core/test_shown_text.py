"""Values that reports show in full: words and short ones, nothing else."""

import pytest

from frontleak.core.shown_text import shown_name, shown_prose, shown_value
from frontleak.core.suppression import Suppression, SuppressionKind
from frontleak.rules.samples import draw


@pytest.mark.parametrize(
    "grammar",
    [
        *("[A-Za-z0-9]{18}", "[A-Za-z0-9]{9}![a-z0-9]{12}\\.[a-z]{8}", "[a-f0-9]{24}", "[A-Z2-9]{16}", "[0-9]{18}"),
        *("ghs_[0-9]{6}_ey", "glpat-[A-Za-z0-9]{20}", "[A-Za-z0-9]{4}-[A-Za-z0-9]{4}-[A-Za-z0-9]{4}-[A-Za-z0-9]{4}"),
        *("[A-Za-z0-9+/]{30}==", "[A-Z0-9]{3}(-[0-9]{4}){3}", "(a1)(b2)(c3)(d4)(e5)(f6)(g7)"),
    ],
)
def test_random_values_are_not_shown(grammar: str) -> None:
    for number in range(50):
        value = draw(grammar, f"shown/{number}")
        assert value[:6] not in shown_value(value)


@pytest.mark.parametrize(
    "grammar",
    [
        *("[A-Za-z0-9]{18}", "[a-f0-9]{24}", "[A-Z2-7]{16}", "[A-Z2-7]{32}", "[0-9]{18}", "[a-z]{20}", "[A-Z]{24}"),
        *(
            "[A-Za-z0-9_]{32}",
            "[A-Za-z0-9+/]{64}",
            "sk_[a-z]{4}_[A-Za-z0-9]{24}",
            "ghp_[A-Za-z0-9]{36}",
            "[a-z0-9_]{40}",
        ),
    ],
)
def test_random_names_are_not_shown(grammar: str) -> None:
    for number in range(50):
        name = draw(grammar, f"name/{number}")
        assert name[-6:] not in shown_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("API_KEY", "GRAPHQL_TOKEN", "WEBHOOK_SECRET", "SFTP_PASSWORD", "SMTP_PASSWORD", "PAYLOAD_SECRET"),
        *(
            "HEALTHCHECK_TOKEN",
            "E2E_TEST_PASSWORD",
            "K8S_SERVICE_TOKEN",
            "I18N_API_KEY",
            "BASE64URL_KEY_2",
            "AUTH0_SECRET",
        ),
        *(
            "AWS_S3_ACCESS_KEY_2024",
            "ELASTICSEARCH_PASSWORD",
            "AUTHENTICATION_SECRET",
            "stripe_webhook_secret",
            "_HIDDEN_KEY",
        ),
        *("NEXT_PUBLIC_FRONTLEAK_ADMIN_SECRET", "DATABASE_URL__REPLICA", "contentfulManagementToken"),
    ],
)
def test_names_of_variables_are_shown(name: str) -> None:
    assert shown_name(name) == name


def test_hardly_any_phrase_of_random_letters_is_shown() -> None:
    for grammar in ("[a-p]{9}-[a-p]{9}-[a-p]{9}", "[a-z]{16}", "[A-Za-z]{6} [A-Za-z]{7} [a-z]{8}"):
        values = [draw(grammar, f"phrase/{number}") for number in range(1000)]
        assert sum(shown_value(value) == value for value in values) <= 3


@pytest.mark.parametrize(
    "text",
    [
        *("production", "abcd1234", "staging-2024-05", "my-dataset-eu-west-1", "user@example.com", "2024-05-05"),
        *("contentfulManagementToken", "onlineWebshopFrontend"),
        *("sanity debug --secrets", "sanity@3.88.1-canary.4 debug --yes --secrets", ""),
    ],
)
def test_words_and_short_values_are_shown(text: str) -> None:
    assert shown_value(text) == text


def test_the_words_of_a_wallet_are_no_name() -> None:
    words = "machine filter volume quiz umbrella yard bright icon jungle napkin token youth"
    for text in (words, words[:60], " umbrella yard bright icon ", f"{words[:50]} --"):
        assert shown_value(text) == f"…({len(text)} characters)"
    command = "pnpm exec sanity debug --secrets"
    assert shown_value(command) == command


def test_a_long_run_of_letters_is_a_word_only_if_its_pairs_are() -> None:
    assert shown_value("gRwecTemicresvl") == "…(15 characters)"


def test_the_rest_is_a_length() -> None:
    assert shown_value("x" * 70) == "…(70 characters)"
    assert shown_value("a\x1bb") == "a\\x1bb"


def test_prose_keeps_its_words() -> None:
    secret = draw("npm_[A-Za-z0-9]{36}", "prose")
    text = f"rotated on 2024-05-05, see https://example.com/browse/AB-123; was {secret}"
    assert shown_prose(text) == text.replace(secret, "…(40 characters)")


def test_what_suppresses_a_finding_shows_no_secret() -> None:
    secret = draw("npm_[A-Za-z0-9]{36}", "suppression")
    shown = Suppression(SuppressionKind.COMMENT, f"was {secret}", f"{secret}.ts:3")
    assert shown.reason == "was …(40 characters)"
    assert secret[4:16] not in shown.where
    assert Suppression(SuppressionKind.COMMENT, "test key of CI", "src/a.ts:3") == Suppression(
        SuppressionKind.COMMENT, "test key of CI", "src/a.ts:3"
    )
