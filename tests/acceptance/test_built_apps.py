"""The installed command scans every built app under fixtures/; its findings must match EXPECTED.yaml.

The places of each fake come from an independent byte-level search (fixtures/locate.py).
"""

from typing import Any

import pytest

from fixtures.fakes import fake_token
from tests.support.built_apps import NAMES, expected, scanned


def reported(name: str) -> list[dict[str, Any]]:
    """Scan the output of a fixture and return the findings."""
    done = scanned(name)
    assert done.code in (0, 1), done.err
    found: list[dict[str, Any]] = done.json()["findings"]
    return found


def findings(name: str) -> dict[str, dict[str, Any]]:
    """Return secret -> findings of a fixture."""
    return {finding["secret"]: finding for finding in reported(name) if finding["kind"] == "pattern"}


def places(finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all places of a finding."""
    return [finding, *finding["also_at"]]


def cases(key: str) -> list[Any]:
    """Return a test case for each expected secret of each fixture."""
    return [pytest.param(name, item, id=f"{name}: {item['secret']}") for name in NAMES for item in expected(name)[key]]


def token(item: dict[str, Any]) -> str:
    """Return the fake token in a fixture."""
    return fake_token(item["secret"], item.get("tail", 178))


@pytest.mark.parametrize(("name", "item"), cases("not_leaked"))
def test_what_stays_on_the_server_is_no_leak(name: str, item: dict[str, Any]) -> None:
    """A server-only fake may be in server output, but never in a served file."""
    finding = findings(name).get(token(item))
    assert finding is None or finding["exposure"] == "server", places(finding)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_found(name: str) -> None:
    """Every finding is one of the fakes, or a piece of a fake that the code splits."""
    known = {token(item) for key in ("findings", "not_leaked") for item in expected(name)[key]}
    others = {secret: finding for secret, finding in findings(name).items() if secret not in known}
    pieces = [secret for secret in others if any(secret in whole for whole in known)]
    assert set(others) == set(pieces)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_that_ought_not_to_be_served_are_found_and_no_others(name: str) -> None:
    """Each file is a finding; the source maps of a build are one finding with their number."""
    found = [finding for finding in reported(name) if finding["kind"] == "file"]
    known = [(finding["rule"], finding["path"], finding["context"].get("files")) for finding in found]
    wanted = [
        (item["rule"], item["path"], [str(item["files"])] if "files" in item else None)
        for item in expected(name)["files"]
    ]
    assert sorted(known) == sorted(wanted)
    assert {finding["secret"] for finding in found} <= {None}


@pytest.mark.parametrize(("name", "item"), cases("findings"))
def test_the_leak_is_found(name: str, item: dict[str, Any]) -> None:
    """The fake is found with its rule, exposure, context and original place."""
    finding = findings(name).get(token(item))
    assert finding is not None
    assert finding["rule"] == item["rule"]
    assert finding["exposure"] == item["exposure"]
    for fact, values in item.get("context", {}).items():
        assert set(values) <= set(finding["context"].get(fact, ())), fact
    if original := item.get("original"):
        seen = {
            (place["original"]["path"], place["original"]["line"]) for place in places(finding) if place["original"]
        }
        assert any(path.endswith(original["path"]) and line == original["line"] for path, line in seen), seen


@pytest.mark.parametrize(("name", "item"), cases("findings"))
def test_every_place_is_listed(name: str, item: dict[str, Any]) -> None:
    """Each file with the fake, in any form, is a place of the finding; plain text has line and column."""
    finding = findings(name).get(token(item))
    assert finding is not None
    seen = {place["path"] for place in places(finding)}
    exact = {(place["path"], place["line"], place["column"]) for place in places(finding)}
    missing = [
        place
        for place in item["places"]
        if (place["path"] not in seen)
        or (place["form"] == "plain" and (place["path"], place["line"], place["column"]) not in exact)
    ]
    assert missing == []


LABELS = {
    ("next-app", "next-long-prop"): "row 7: <Editor> config.token",
    ("next-app", "next-data"): "props.pageProps.config.token",
    ("next14-export", "export14-split"): "row 6: <Editor> config.token",
    ("astro", "astro-island"): "props.config.token",
    ("sveltekit", "sveltekit-load"): "nodes[1].data.config.token",
    ("sveltekit-static", "sveltekit-dynamic-public"): "env.PUBLIC_SANITY_TOKEN",
    ("nuxt", "nuxt-public-config"): "__NUXT__.config.public.sanity.token",
    ("nuxt", "nuxt-state"): "state.$sconfig.token",
    ("react-router", "router-loader"): 'loaderData["routes/editor"].config.token',
}


@pytest.mark.parametrize(("fixture", "secret", "label"), [(*key, label) for key, label in LABELS.items()])
def test_a_finding_in_a_payload_names_its_path(fixture: str, secret: str, label: str) -> None:
    """The path in JSON, flight or devalue is reported in addition to line and column."""
    (item,) = [item for item in expected(fixture)["findings"] if item["secret"] == secret]
    assert label in {place["label"] for place in places(findings(fixture)[token(item)])}
