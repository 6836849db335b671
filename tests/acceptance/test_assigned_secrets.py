"""Values that only a name calls secrets, by the installed command."""

import json
from pathlib import Path

from tests.acceptance.support import frontleak, write
from tests.support.shipped import fake


def found(folder: Path) -> list[tuple[str, str, str]]:
    run = frontleak("scan", ".", "--format", "json", cwd=folder)
    findings = json.loads(run.stdout)["findings"]
    return sorted((each["rule"], each["severity"], each["path"]) for each in findings)


def test_near_misses_are_silent(tmp_path: Path) -> None:
    value = fake("assigned-token")
    write(
        tmp_path,
        {
            "dist/a.js": (
                '({password:"Passwort1234567",token:"keyword.operator.word2",apiKey:process.env.API_KEY,'
                f'csrfToken:"{value}",nextPageToken:"{value}",integrity:"sha512-{value}",cacheKey:"{value}"}})'
            ),
            "README.md": f'token: "{value}"\n',
            "package-lock.json": json.dumps({"token": value}),
        },
    )
    assert found(tmp_path) == []


def test_secrets_tokens_and_keys_are_found(tmp_path: Path) -> None:
    secret, token, key = (fake(f"assigned-{kind}") for kind in ("secret", "token", "api-key"))
    write(
        tmp_path,
        {
            "dist/a.js": f'({{clientSecret:"{secret}"}})',
            "dist/b.js": f'fetch(u,{{headers:{{Authorization:"Bearer {token[:9]}"+"{token[9:]}"}}}})',
            "dist/page.html": f'<script id="__NEXT_DATA__" type="application/json">{{"apiKey":"{key}"}}</script>',
            "src/a.test.ts": f'const password = "{fake("assigned-secret", 1)}";\n',
        },
    )
    assert [(rule, severity) for rule, severity, _ in found(tmp_path)] == [
        ("assigned-api-key", "medium"),
        ("assigned-secret", "high"),
        ("assigned-secret", "low"),
        ("assigned-token", "medium"),
    ]


def test_the_rule_of_a_vendor_wins(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f'({{token:"{fake("github-token")}",secret:"{fake("stripe-live-key")}"}})'})
    assert not [rule for rule, _, _ in found(tmp_path) if rule.startswith("assigned-")]
