"""A record of calls contains no names, but shows how the API behaves."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from frontleak.core.secret import Secret
from frontleak.core.secret_gate import RUN, mask_runs
from frontleak.verify.client import HttpClient
from frontleak.verify.recipe_runner import run_recipe
from frontleak.verify.trace import trace
from frontleak.verify.vendors.sanity import SANITY
from tests.acceptance.support import token
from tests.fakes.sanity_api import NOT_FOUND, SanityApi, not_a_member
from tests.fakes.sanity_api import Holder as Who
from tests.fakes.tls_server import answers

TOKEN = token("traced")


def traced(api: SanityApi, *projects: str, datasets: tuple[str, ...] = ()) -> dict[str, Any]:
    """Verify a token and return the trace as read from a file."""
    hints = {"project": projects, "dataset": datasets}
    checked = run_recipe(SANITY, Secret(TOKEN.encode()), hints, HttpClient(SANITY, api.resolver))
    plain: dict[str, Any] = json.loads(json.dumps(trace(checked, version="1.2.3")))
    text = json.dumps(plain)
    assert not any(TOKEN[start : start + 6] in text for start in range(len(TOKEN) - 6))
    return plain


def test_a_robot(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.datasets = {"abcd1234": ["blog"]}
    plain = traced(api, "abcd1234", datasets=("blog",))
    assert plain["verdict"] == {"status": "active", "kind": "robot", "scope": "can-write"}
    assert plain["calls"] == [
        {
            "request": "GET https://<project 1>.api.sanity.io/v2021-06-07/users/me",
            "authorization": "Bearer <token>",
            "status": 200,
            "error": "",
            "tries": 1,
            "headers": {"content-type": "application/json; charset=utf-8"},
            "body": {
                "id": "<text of 9 characters>",
                "name": "<text of 16 characters>",
                "email": None,
                "profileImage": None,
                "role": "editor",
                "roles": [
                    {"name": "editor", "title": "<text of 6 characters>", "description": "<text of 1 characters>"},
                ],
                "provider": "sanity-token",
            },
        },
        {
            "request": "GET https://<project 1>.api.sanity.io/v2021-06-07/projects/<project 1>/datasets/<dataset 1>/acl",
            "authorization": "Bearer <token>",
            "status": 200,
            "error": "",
            "tries": 1,
            "headers": {"content-type": "application/json; charset=utf-8"},
            "body": [{"filter": '_id in path("**")', "permissions": ["history", "read", "update", "create"]}],
        },
    ]


def test_nothing_tells_whose_token_or_project_it_was(api: SanityApi) -> None:
    api.holders[TOKEN] = Who(projects={"efgh5678": "post-editor", "ijkl9012": "viewer"}, robot=False, name="Jane Doe")
    api.replies["^abcd1234"] = answers(401, not_a_member("abcd1234"))
    plain = traced(api, "abcd1234")
    text = json.dumps(plain)
    for name in ("abcd1234", "efgh5678", "ijkl9012", "Jane", "jane@", "pAbCdEfGh", "gAbCdEfGh", "post-editor"):
        assert name not in text
    assert plain["calls"][0]["body"] == {
        "error": {
            "type": "projectUserNotFoundError",
            "description": 'project user not found for user ID "…" in project "…"',
        }
    }
    assert plain["calls"][2]["body"]["projects"] == {
        key: {"sanity.project": [{"grants": [{"name": "<text of 4 characters>", "params": {}}]}]}
        for key in ("<key 1>", "<key 2>")
    }


def test_error_codes_stay(api: SanityApi) -> None:
    assert traced(api)["calls"][0]["body"] == NOT_FOUND


def test_what_is_no_json_leaves_the_reason(api: SanityApi) -> None:
    api.replies["."] = answers(502, f"<html>{TOKEN}", Retry_After="99")
    (call,) = traced(api)["calls"]
    assert (call["status"], call["body"], call["error"]) == (502, None, "the answer is not JSON")
    assert call["headers"]["retry-after"] == "99"


def test_a_token_that_is_sent_back_is_left_out_wherever_it_stands(api: SanityApi) -> None:
    body = {
        TOKEN: TOKEN,
        "message": f"no {TOKEN}",
        "error": {"type": TOKEN},
        "errorCode": TOKEN,
        "roles": [{"name": TOKEN}],
        "x": [[[[[[[[[[TOKEN]]]]]]]]]],
        "projects": {TOKEN: 1},
    }
    api.replies["."] = answers(401, body, X_Sanity_Deprecated=TOKEN, X_RateLimit_Remaining_Second="3")
    (call,) = traced(api)["calls"]
    assert call["headers"]["x-ratelimit-remaining-second"] == "3"


ENCODED: Final[Mapping[str, Callable[[str], str]]] = {
    "the token": lambda text: text,
    "its first half": lambda text: text[:90],
    "a part that no mask of tokens hides": lambda text: f"no {text[30:53]} here",
    "several parts": lambda text: " ".join(text[at : at + 20] for at in range(0, 180, 20)),
    "reversed": lambda text: text[::-1],
    "base64": lambda text: base64.b64encode(f"x{text}".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "percent": lambda text: "".join(f"%{ord(c):02x}" for c in text),
    "character references": lambda text: "".join(f"&#{ord(c)};" for c in text),
    **{f"cut off after {at}": lambda text, at=at: "y" * at + text for at in (100, 108, 119, 180, 190, 198, 230, 239)},  # type: ignore[misc]
}


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("status", [200, 401])
def test_no_run_of_the_token_stays_of_a_hostile_answer(
    api: SanityApi, status: int, encode: Callable[[str], str]
) -> None:
    """In keys, values, names of headers, deep and in lists; in the record, the verdict, its evidence and the calls."""
    text = encode(TOKEN)
    inner = {text: text, "message": text, "roles": [{"name": text, text: [[{text: [text]}]]}]}
    body = {
        "id": text,
        "name": text,
        "provider": text,
        "role": text,
        "roles": [{"name": text}, text],
        "error": {"type": text, "description": text, text: text},
        "errorCode": text,
        "message": text,
        "statusCode": text,
        "projects": {text: inner},
        "data": [inner, text],
        text: [inner],
    }
    header = "".join(c for c in text if c.isalnum())
    names = {f"X-RateLimit-{header}": "3", header: "1", "X_RateLimit_Limit": header, "X_Sanity_Deprecated": header}
    api.replies["."] = answers(status, body, **names)
    hints = {"project": ("abcd1234",), "dataset": ("blog",)}
    checked = run_recipe(SANITY, Secret(TOKEN.encode()), hints, HttpClient(SANITY, api.resolver))
    for shown in (
        json.dumps(trace(checked, version="1"), ensure_ascii=False),
        json.dumps(checked.verdict.to_plain(), ensure_ascii=False),
        checked.verdict.headline,
        str(checked.calls),
    ):
        assert not any(TOKEN[at : at + RUN] in shown for at in range(len(TOKEN) - RUN + 1))
        assert mask_runs(shown, [TOKEN.encode()]) == shown


def test_unknown_keys_and_header_names_are_replaced(api: SanityApi) -> None:
    body = {"message": "no", "janeDoe": {"friend": "x"}, "data": [{"peter": 1}]}
    api.replies["."] = answers(401, body, X_RateLimit_Jane="3", X_RateLimit_Limit="7", Retry_After="soon, Jane")
    (call,) = traced(api)["calls"]
    assert call["body"] == {
        "message": "no",
        "<key 2>": {"<key 1>": "<text of 1 characters>"},
        "data": [{"<key 1>": "<number>"}],
    }
    assert call["headers"]["x-ratelimit-limit"] == "7"
    assert call["headers"]["retry-after"] == "<text of 10 characters>"
    assert "jane" not in json.dumps(call).lower()
