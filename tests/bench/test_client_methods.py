"""The methods of the client are read from type declarations, and every one is judged."""

from typing import Any

import pytest
import yaml

from bench.client_methods import FILE, judged, methods, written

DECLARATIONS = b"""
declare class ReleasesClient { #private; constructor(client: SanityClient); get(): void; publish<T>(id: T): Promise<T>;
  publish(id: string, options: {}): Promise<void> }
declare class Actions$1 { generate(): void; patch(): void }
/** The client */
declare class SanityClient$1 {
  #private;
  releases: ReleasesClient;
  agent: {
    /** Actions */
    action: Actions$1
  };
  observable: SanityClient$1;
  listen: typeof _listen;
  constructor(config: {});
  fetch<R = any>(query: string): Promise<R>;
  create(document: {}): Promise<void>;
  create(document: {}, options: {}): Promise<void>;
}
export { SanityClient$1 as SanityClient };
"""
FOUND = {".": ["create", "fetch"], "agent.action": ["generate", "patch"], "releases": ["get", "publish"]}


def test_the_methods_of_the_client_and_its_members() -> None:
    assert methods(DECLARATIONS) == FOUND


def test_declarations_without_the_client_are_an_error() -> None:
    with pytest.raises(ValueError, match="no class SanityClient"):
        methods(b"declare class Other {}")


def test_judgements_are_kept_and_new_methods_are_not_judged() -> None:
    known = {"writes": {".": ["create", "old"]}, "reads": {".": ["fetch"], "releases": ["get"]}}
    kinds = judged(FOUND, known)
    assert kinds["writes"] == {".": ["create", "old"]}  # a method of an older release stays
    assert kinds["reads"] == known["reads"]
    assert kinds["unjudged"] == {"agent.action": ["generate", "patch"], "releases": ["publish"]}
    assert "unjudged" not in judged(FOUND, {"writes": FOUND, "reads": {}})


def test_what_is_written_is_read_back() -> None:
    kinds = judged(FOUND, {"writes": {".": ["create"]}, "reads": {".": ["fetch"]}})
    assert yaml.safe_load(written("9.0.0", kinds)) == {"version": "9.0.0", **kinds}
    assert yaml.safe_load(written("9.0.0", judged(FOUND, {}))) == {"version": "9.0.0", "unjudged": FOUND}


def test_every_method_of_the_shipped_list_is_judged_once() -> None:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    assert set(data) == {"version", "writes", "reads"}
    for path, names in data["writes"].items():
        assert not set(names) & set(data["reads"].get(path, ()))
    assert written(data["version"], {kind: data[kind] for kind in ("writes", "reads")}) == FILE.read_text("utf-8")
