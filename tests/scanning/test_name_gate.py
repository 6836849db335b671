"""Names that a result carries show no secret, wherever they stand."""

import pytest

from frontleak.core.detection import Detection
from frontleak.core.finding import Hop, Place
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.match.engine import Engine
from frontleak.scanning.name_gate import NameGate
from tests.support.shipped import fake, full_set

TOKEN = fake("github-token")


@pytest.fixture(scope="module")
def gate() -> NameGate:
    return NameGate(Engine(full_set(), "regex"))


@pytest.mark.parametrize(
    "text",
    [
        "the configuration publishes the value of NEXT_PUBLIC_SANITY_TOKEN to the browser",
        "src/lib/sanity.server.ts",
        "define copies MY_OWN_VERY_LONG_VARIABLE_NAME_2 into the bundle",
    ],
)
def test_ordinary_names_stay(gate: NameGate, text: str) -> None:
    assert gate.text(text) == text


@pytest.mark.parametrize("before", ["", "old-", "OLD_TOKEN_", "SANITY_WRITE_TOKEN_", "MY_SANITY_WRITE_TOKEN_"])
def test_words_before_a_secret_do_not_hide_it(gate: NameGate, before: str) -> None:
    assert TOKEN[4:16] not in gate.text(f"the build publishes {before}{TOKEN} to the browser")


def test_every_text_of_a_misuse_is_masked(gate: NameGate) -> None:
    name = f"SANITY_WRITE_TOKEN_{TOKEN}"
    origin = FileOrigin(path=f"src/{name}.ts")
    place = Place(
        origin=origin, line=1, column=1, end_line=1, end_column=2, offset=0, length=1, exposure=Exposure.SOURCE
    )
    hop = Hop(origin=origin, line=1, column=1, why=f"`{name}`", text=name)
    (masked,) = gate.detections(
        [
            Detection(
                rule_id="a",
                identity="0" * 32,
                place=place,
                severity=Severity.HIGH,
                confidence=Confidence.HIGH,
                snippet=name,
                context={"name": (name,)},
                advice=f"Keep {name} on the server.",
                import_path=(hop,),
                shipped=f"the build publishes {name}",
            )
        ]
    )
    assert TOKEN[4:16] not in repr(masked)
