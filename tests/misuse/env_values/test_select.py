"""The values that are chosen, and the mistake that each would be."""

import functools
from collections.abc import Sequence

from frontleak.core.env_value import EnvVariable
from frontleak.match.engine import Engine
from frontleak.misuse.env_values.harmless import Reason
from frontleak.misuse.env_values.select import Selection, Setting, select
from frontleak.misuse.variable_names import public_prefix
from frontleak.rules.load import load_rules
from tests.acceptance.support import token
from tests.support.env_values import fake


@functools.cache
def engine() -> Engine:
    return Engine(load_rules())


def chosen(*files: str, least: int = 8) -> Selection:
    """Return what is chosen of files of lines NAME=value, called `.env0` and so on."""
    settings: list[Setting] = []
    for number, text in enumerate(files):
        for line, each in enumerate(text.splitlines(), start=1):
            name, _, value = each.partition("=")
            settings.append(Setting(EnvVariable(name, f".env{number}", line, public_prefix(name)), value))
    return select(settings, engine(), least)


def named(selection: Selection) -> Sequence[tuple[str, bool]]:
    return [(value.variables[0].name, value.is_misnamed) for value in selection.values if not value.part]


def reasons(selection: Selection) -> dict[str, Reason]:
    return {each.variable.name: each.reason for each in selection.skipped}


def test_harmless_values_are_left_out_with_a_reason() -> None:
    found = chosen("DEBUG=true\nPORT=3000\nURL=https://example.com/a")
    assert found.values == ()
    assert reasons(found) == {"DEBUG": Reason.CHOICE, "PORT": Reason.NUMBER, "URL": Reason.ADDRESS}


def test_a_public_value_with_an_ordinary_name_is_public_on_purpose() -> None:
    found = chosen(f"NEXT_PUBLIC_MAP_STYLE={fake(1)}")
    assert found.values == ()
    assert reasons(found) == {"NEXT_PUBLIC_MAP_STYLE": Reason.PUBLIC}


def test_a_value_that_one_file_has_under_both_names_is_public_on_purpose() -> None:
    found = chosen(f"SEARCH_THING={fake(1)}\nVITE_SEARCH_THING={fake(1)}")
    assert found.values == ()
    assert reasons(found) == {"SEARCH_THING": Reason.ALSO_PUBLIC, "VITE_SEARCH_THING": Reason.PUBLIC}


def test_a_value_that_another_file_keeps_without_prefix_is_misnamed() -> None:
    found = chosen(f"BACKEND_THING={fake(1)}", f"VITE_BACKEND_THING={fake(1)}")
    (value,) = found.values
    assert value.is_misnamed
    assert [each.where for each in value.variables] == [".env1:1", ".env0:1"]


def test_a_private_value_is_looked_for() -> None:
    assert named(chosen(f"BACKEND_KEY={fake(1)}")) == [("BACKEND_KEY", False)]


def test_a_public_name_of_a_secret_is_misnamed() -> None:
    assert named(chosen(f"NEXT_PUBLIC_ADMIN_SECRET={fake(1)}")) == [("NEXT_PUBLIC_ADMIN_SECRET", True)]
    assert named(chosen("NEXT_PUBLIC_ADMIN_SECRET=changeme")) == []


def test_a_public_address_with_a_password_is_misnamed() -> None:
    text = f"VITE_STORE=postgres://app:{fake(2, 20)}@db.example.com/app"
    assert named(chosen(text)) == [("VITE_STORE", True)]


def test_a_known_shape_decides_whatever_the_name() -> None:
    found = chosen(f"NEXT_PUBLIC_THING={token()}\nTHING_ID={token('1')}")
    assert [(value.rule_id, value.is_misnamed) for value in found.values] == [
        ("sanity-token", True),
        ("sanity-token", False),
    ]


def test_a_key_that_is_public_by_its_shape_is_left_out() -> None:
    text = "STRIPE_KEY=pk_" + "live_" + fake(3, 24)
    assert reasons(chosen(text)) == {"STRIPE_KEY": Reason.PUBLIC_SHAPE}


def test_the_same_value_is_looked_for_once_with_all_its_variables() -> None:
    found = chosen(f"A_KEY={fake(1)}\nB_KEY={fake(1)}", f"A_KEY={fake(1)}\nC_KEY={fake(2)}")
    assert [[each.name for each in value.variables] for value in found.values] == [
        ["A_KEY", "B_KEY", "A_KEY"],
        ["C_KEY"],
    ]


def test_two_files_that_disagree_are_both_looked_for() -> None:
    found = chosen(f"A_KEY={fake(1)}", f"A_KEY={fake(2)}")
    assert [value.variables[0].where for value in found.values] == [".env0:1", ".env1:1"]


def test_secrets_inside_of_values_are_looked_for_on_their_own() -> None:
    secret, key = fake(4, 24), fake(5, 40)
    found = chosen(
        f"DATABASE_URL=postgres://app:{secret}@db.example.com/app",
        f'ACCOUNT_JSON={{"type": "service", "private_key": "{key}", "id": 5}}',
    )
    assert {value.part: value.value.reveal.decode() for value in found.values if value.part} == {
        "password": secret,
        "private_key": key,
    }


def test_what_could_be_guessed_is_marked() -> None:
    found = chosen(f"ADMIN_PASSWORD=summer2024rain\nA_KEY={fake(1)}")
    assert [value.is_guessable for value in found.values] == [True, False]


def test_nothing_prints_a_value() -> None:
    assert fake(1)[:8] not in repr(chosen(f"A_KEY={fake(1)}"))
    assert fake(1)[:8] not in repr(Setting(EnvVariable("A"), fake(1)))
