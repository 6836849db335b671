"""`frontleak scan --verify` sends each vendor's secrets to that vendor, with what the text near them says."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from frontleak.cli.main import main
from tests.acceptance.support import write
from tests.fakes.tls_server import TlsServer, answers
from tests.support.shipped import fake

REF = "abcdefghijklmnopqrst"
SECRETS: Mapping[str, str] = {
    "api.github.com": fake("github-token", "scan vendors"),
    "api.stripe.com": fake("stripe-live-key", "scan vendors"),
    f"{REF}.supabase.co": fake("supabase-secret-key", "scan vendors"),
    "my-shop.myshopify.com": fake("shopify-admin-token", "scan vendors"),
    "api.openai.com": fake("openai-api-key", "scan vendors"),
}
"""Host that must be asked -> the secret that it gets."""
CODE = """\
const octokit = new Octokit({auth: "{api.github.com}"});
const stripe = new Stripe("{api.stripe.com}");
const db = createClient("https://REF.supabase.co", "{REF.supabase.co}");
const shop = await fetch("https://my-shop.myshopify.com/admin/api/2025-07/orders.json", {
  headers: {"X-Shopify-Access-Token": "{my-shop.myshopify.com}"},
});
const ai = new OpenAI({apiKey: "{api.openai.com}", dangerouslyAllowBrowser: true});
"""


def test_each_secret_goes_to_its_vendor_only(
    tmp_path: Path, api: object, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code = CODE.replace("REF", REF)
    for host, secret in SECRETS.items():
        code = code.replace(f"{{{host}}}", secret)
    monkeypatch.chdir(write(tmp_path / "tree", {"dist/a.js": code}))
    (tmp_path / "server").mkdir()
    domains = ("api.github.com", "api.stripe.com", "supabase.co", "myshopify.com", "api.openai.com")
    with TlsServer(tmp_path / "server", domains) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        server.replies["github"] = answers(200, {"login": "octocat", "type": "User"}, X_OAuth_Scopes="gist")
        server.replies["stripe"] = answers(403, {"error": {"type": "invalid_request_error"}})
        server.replies["supabase"] = answers(200, {"external": {}})
        server.replies["shopify"] = answers(200, {"access_scopes": [{"handle": "read_orders"}]})
        server.replies["openai"] = answers(401, {"error": {"code": "invalid_api_key"}})
        monkeypatch.setattr(sys, "argv", ["frontleak", "scan", "dist", "--verify", "--jobs=1", "--format=json"])
        with pytest.raises(SystemExit) as end:
            main(server.resolver)
        assert end.value.code == 1
        for one in server.received:
            carried = [host for host, secret in SECRETS.items() if secret.encode() in one.head]
            assert carried == [one.host]
        assert {one.host for one in server.received} == set(SECRETS)
    out, _ = capfdbinary.readouterr()
    assert not any(secret[6:].encode() in out for secret in SECRETS.values())
    findings: list[dict[str, Any]] = json.loads(out)["findings"]
    verdicts = {finding["rule"]: finding["verdict"] for finding in findings}
    assert {rule: (verdict["status"], verdict.get("scope")) for rule, verdict in verdicts.items()} == {
        "github-token": ("active", "can-write"),
        "stripe-live-key": ("active", "unknown"),
        "supabase-secret-key": ("active", "unknown"),
        "shopify-admin-token": ("active", "read-only"),
        "openai-api-key": ("inactive", None),
    }
    severities = {finding["rule"]: finding["severity"] for finding in findings}
    assert severities["openai-api-key"] == "low"
    assert severities["shopify-admin-token"] == "medium"
