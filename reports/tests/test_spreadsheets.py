"""Text from people must never be run by the program that opens the file."""

import pytest

from reports.domain.spreadsheets import defused

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "  =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=HYPERLINK(1)",
    "\x00=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹢1",
    '"=1+1',
    "'=1+1",
    "|calc",
    "%0A=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_become_text(text):
    cell = defused(text)
    assert cell.startswith("'")
    assert not set(cell) & set("\r\n\t\x00")


@pytest.mark.parametrize("text", ["Aarav Mehta", "S1", "O'Neill", "a=b", "3-4", "", "Ünal", "李"])
def test_plain_text_stays_as_it_is(text):
    assert defused(text) == text
