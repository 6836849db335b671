"""A finding keeps its fingerprint across rebuilds, and no other finding has it."""

import pytest

from frontleak.core.fingerprint import fingerprint
from frontleak.core.origins import FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.secret import Secret
from tests.support.made import one_finding, secret_of
from tests.support.shipped import fake

TOKEN = fake("sanity-token")

SAME = {
    "another content hash": ("dist/app.4f3c2a.js", "dist/app.9b1d2e.js"),
    "a longer content hash": ("static/main.227df1d1.js", "static/main.8ffafbbe00112233aabb.js"),
    "a hash with capitals and dashes": ("_app/nodes/4.Bgs__Te7.js", "_app/nodes/4.C6-Axe4I.js"),
    "a hash after a dash": ("assets/index-DiwrgTda.js", "assets/index-BmRVJDgz.js"),
    "a hash after an underscore": ("a/page_1a2b3c4d5e6f.js", "a/page_9f8e7d6c5b4a.js"),
    "the source map of a rebuilt file": ("dist/app.4f3c2a.js.map", "dist/app.9b1d2e.js.map"),
    "a numbered chunk": ("dist/213.142efc1f.js", "dist/213.99aa00bb.js"),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_a_rebuild_changes_nothing_with(before: str, after: str) -> None:
    assert one_finding(f'x="{TOKEN}"', before).fingerprint == one_finding(f'x="{TOKEN}"', after).fingerprint


def test_line_column_and_surroundings_change_nothing() -> None:
    texts = (f'x="{TOKEN}"', f'\n\n  y = {{token: "{TOKEN}"}}', f"{'é' * 500}<p>{TOKEN}</p>")
    assert len({one_finding(text).fingerprint for text in texts}) == 1


OTHER = {
    "another folder": ("a/app.js", "b/app.js"),
    "another name": ("app.js", "main.js"),
    "another ending": ("app.js", "app.css"),
    "a file and the one above it": ("app.js", "src/app.js"),
    "another numbered chunk": ("dist/213.142efc1f.js", "dist/214.142efc1f.js"),
    "words that only look like a hash": ("dist/jquery.min.js", "dist/jquery.slim.js"),
    "a hash in a folder": ("4f3c2a/app.js", "9b1d2e/app.js"),
    "names in other case": ("App.js", "app.js"),
}


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_it_is_another_finding_with(one: str, other: str) -> None:
    assert one_finding(f'x="{TOKEN}"', one).fingerprint != one_finding(f'x="{TOKEN}"', other).fingerprint


def test_another_secret_in_the_same_place_is_another_finding() -> None:
    other = fake("sanity-token", "other")
    assert one_finding(f'x="{TOKEN}"').fingerprint != one_finding(f'x="{other}"').fingerprint


def test_another_rule_for_the_same_secret_is_another_finding() -> None:
    secret, origin = Secret(b"x"), FileOrigin(path="a")
    assert fingerprint("one", secret.digest, origin) != fingerprint("two", secret.digest, origin)
    assert fingerprint("one", secret.digest, origin) == fingerprint("one", Secret(b"x").digest, FileOrigin(path="a"))


def test_parts_cannot_run_into_one_another() -> None:
    secret = Secret(b"x")
    assert fingerprint("ab", secret.digest, FileOrigin(path="c")) != fingerprint(
        "a", secret.digest, FileOrigin(path="bc")
    )


def test_the_original_source_counts_where_it_is_known() -> None:
    secret = Secret(b"x")
    bundles = (FileOrigin(path="dist/one.js"), FileOrigin(path="dist/two.js"))
    assert len({fingerprint("rule", secret.digest, origin, "src/app.ts") for origin in bundles}) == 1
    assert len({fingerprint("rule", secret.digest, origin) for origin in bundles}) == 2


def test_a_fingerprint_tells_nothing_of_the_secret() -> None:
    finding = one_finding(f'x="{TOKEN}"')
    assert len(finding.fingerprint) == len(secret_of(finding).digest) == 32
    assert int(finding.fingerprint, 16) != int(secret_of(finding).digest, 16)


@pytest.mark.parametrize(
    "path", ["a\udcff.js", "a\u202e.js", "a\nb.js", "", "/", "a/", ".4f3c2a.js", "x" * 5000], ids=ascii
)
def test_any_path_gives_a_fingerprint(path: str) -> None:
    assert len(fingerprint("rule", Secret(b"x").digest, FileOrigin(path=path))) == 32


LOGICAL = {
    "dist/app.js": "dist/app.js",
    "app.4f3c2a.js": "app.[hash].js",
    "dist/app.4f3c2a.js": "dist/app.[hash].js",
    "dist/vendor-BmRVJDgz.js.map": "dist/vendor-[hash].js.map",
    "dist/jquery.min.js": "dist/jquery.min.js",
    "dist/polyfills.legacy.js": "dist/polyfills.legacy.js",
    "src/user-settings.tsx": "src/user-settings.tsx",
    "src/api-client.ts": "src/api-client.ts",
    "v1.2.3/app.js": "v1.2.3/app.js",
    "4f3c2a": "4f3c2a",
}


@pytest.mark.parametrize(("path", "logical"), LOGICAL.items(), ids=LOGICAL)
def test_the_logical_path_leaves_out_content_hashes_only(path: str, logical: str) -> None:
    assert FileOrigin(path=path).logical_path == logical


MEMBERS = {
    "a twin is its original": (FileOrigin(path="dist/app.js.gz"), "", "dist/app.js"),
    "a hashed twin is its original": (FileOrigin(path="dist/app.4f3c2a.js.br"), "", "dist/app.[hash].js"),
    "a member is inside its archive": (FileOrigin(path="a.zip"), "app.4f3c2a.js", "a.zip!/app.[hash].js"),
    "a compressed file without an ending keeps its name": (FileOrigin(path="dist.d/app"), "", "dist.d/app"),
    "compressed standard input": (StdinOrigin(), "", "<stdin>"),
}


@pytest.mark.parametrize(("container", "member", "logical"), MEMBERS.values(), ids=MEMBERS)
def test_of_something_packed(container: FileOrigin | StdinOrigin, member: str, logical: str) -> None:
    assert MemberOrigin(container=container, member=member).logical_path == logical
