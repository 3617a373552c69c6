"""The list of managers as a file."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalit.accounts.managers import Manager, fits, written

URL = "https://example.com/login/"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@given(st.lists(st.tuples(st.text(), st.text(min_size=1))))
def test_every_cell_can_be_read_back_and_none_is_a_formula(told: list[tuple[str, str]]) -> None:
    text = written([Manager(name, password, "manager") for name, password in told], URL, bom=False)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["URL", "Username", "OneTimePassword", "Current Role"]
    for (name, password), row in zip(told, rows[1:], strict=True):
        for cell, was in zip(row, (URL, name, password, "manager"), strict=True):
            assert cell == (f"'{was}" if was.startswith(DANGEROUS) else was)
            assert not cell.startswith(DANGEROUS)


def test_what_fits_is_measured_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written([Manager("дилшод", "", "manager")], URL, bom=True)
    monkeypatch.setattr("kalit.accounts.managers.LARGEST", len(json.dumps(text)))
    assert fits(text)
    assert not fits(text + "x")
