"""The comparison with Netlify: each difference of its table is of a scenario, and on the page with its argument."""

import pytest

from bench import netlify

PAGE = (netlify.__file__ or "").replace("netlify.py", "NETLIFY.md")


def test_the_page_has_each_scenario_and_argues_each_difference() -> None:
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    assert "NOT ARGUED" not in page
    for name in netlify.SCENARIOS:
        assert f"| {name} |" in page
    for (name, variable, place), why in netlify.DIFFERENCES.items():
        assert place in netlify.SCENARIOS[name].found[variable]
        assert f"{variable} at {place}" in page
        assert f": {why}." in page


def test_what_only_one_of_the_two_finds_is_a_difference() -> None:
    name = "src_scanning_omit_glob_path"
    places = netlify.SCENARIOS[name].found["ENV_VAR_2"]
    same = netlify.Answer({"ENV_VAR_2": frozenset(places)}, 1)
    assert list(netlify._differences(name, same)) == []
    other = netlify.Answer({"ENV_VAR_2": frozenset({places[0]}), "ENV_VAR_1": frozenset({"a:1"})}, 1)
    assert list(netlify._differences(name, other)) == [(name, "ENV_VAR_1", "a:1"), (name, "ENV_VAR_2", places[1])]
    assert not any(each in netlify.DIFFERENCES for each in netlify._differences(name, other))


def test_a_folder_that_is_no_checkout_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("sys.argv", ["bench.netlify", str(tmp_path)])
    with pytest.raises(SystemExit, match="no such folder"):
        netlify.main()
