"""The measurement of known values: what is looked for, and what the tables say."""

from bench.value_cost import COUNTS, LENGTHS, NUMBERS, render, rows_of_literals, rows_of_values, values
from frontleak.match.known_values import KnownValues
from tests.support.env_values import fake

TEXTS = [fake(1, 1_000).encode(), b'{"a": 1}']


def test_values_are_random_and_the_same_each_time() -> None:
    assert values(7) == values(7)
    assert len({each.value for each in values(1_000)}) == 1_000
    assert all(not each.value.reveal.isalnum() for each in values(9, quotes=True))


def test_the_texts_have_none_of_the_values() -> None:
    assert all(KnownValues(values(200), hyperscan=True).scan(text) is None for text in TEXTS)


def test_each_number_has_a_row() -> None:
    of_values = list(rows_of_values(TEXTS, 1))
    of_literals = list(rows_of_literals(TEXTS, 1))
    assert [row[0] for row in of_values] == [*(f"{number:,}" for number in NUMBERS), "200 with quotes"]
    assert [row[0] for row in of_literals] == [f"{count:,}" for count in COUNTS]
    assert {len(row) for row in of_literals} == {1 + len(LENGTHS)}
    page = render(of_values, of_literals)
    assert "| 200 with quotes |" in page
    assert "12 bytes long" in page
