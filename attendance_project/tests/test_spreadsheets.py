"""Texts from people are never run by the program that opens the file."""

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attendance_project.spreadsheets import defused, formula_sign, restored

SIGNS = [*"=+-@|%", *"＝＋－＠｜％", *"﹦﹢﹣﹫﹪", *"⁼⁺⁻₌₊₋−"]
BEFORE = {
    "nothing": "",
    "space": " ",
    "spaces": "   ",
    "tab": "\t",
    "carriage return": "\r",
    "line feed": "\n",
    "both": "\r\n",
    "vertical tab": "\x0b",
    "form feed": "\x0c",
    "null": "\x00",
    "escape": "\x1b",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "byte order mark": "\ufeff",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
    "figure space": "\u2007",
    "ideographic space": "\u3000",
    "zero-width space": "\u200b",
    "zero-width joiners": "\u200c\u200d",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "turning marks": "\u200e\u202e\u2066",
    "vowel separator": "\u180e",
    "fillers": "\u115f\u3164\uffa0",
    "variation selector": "\ufe0f",
    "quote": '"',
    "apostrophe": "'",
    "apostrophes": "''",
    "wide quote": "＂",
    "all sorts": " \t\u200b\ufeff\u00a0'\"",
}


BREAKS = set("\r\n\t\x00\x0b\x0c\x85\u2028\u2029")


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_is_defused_whatever_stands_before_it(sign):
    cells = {name: defused(f"{before}{sign}1+1") for name, before in BEFORE.items()}
    assert {name: cell for name, cell in cells.items() if cell[:1] != "'" or BREAKS & {*cell}} == {}


@pytest.mark.parametrize(
    "text",
    [
        *("=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "@SUM(A1)", "|calc", "%0A=1"),
        "=\u0338 is one sign to a reader",
    ],
)
def test_known_attacks_become_text(text):
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        *("Aarav Mehta", "S1", "O'Neill", "'t Hooft", "a=b", "3-4", "50 %", "", " ", "'", '"A"'),
        *(
            "Ünal",
            "李",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "(-1)",
            "'Ada",
            "''Ada",
        ),
    ],
)
def test_plain_text_stays_as_it_is(text):
    assert formula_sign(text) == ""
    assert defused(text) == restored(text) == text


def test_the_sign_is_told_as_it_stands_in_the_text():
    assert formula_sign(" \u200b＝1") == "＝"


@given(st.text(st.sampled_from([*SIGNS, *" '\"\t\r\n\u200b\ufeff\u00a0", "a", "1", "\u0338"])))
@example("''=1")
@example("'\u200b'=1")
def test_what_was_defused_comes_back_as_one_line(text):
    cell = defused(text)
    line = restored(cell)
    assert restored(defused(line)) == line
    assert [c for c in line if unicodedata.category(c) != "Zs"] == [
        c for c in text if unicodedata.category(c) not in ("Zs", "Cc")
    ]
    assert cell[:1] == "'" or not formula_sign(cell)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_that_a_csv_reader_finds_is_a_formula(text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow([defused(text), defused(f"={text}")])
    [[first, second]] = csv.reader(io.StringIO(file.getvalue(), newline=""))
    for cell in (first, second):
        assert cell.startswith("'") or not formula_sign(cell)
    assert (restored(first), restored(second)) == (
        restored(defused(text)),
        restored(defused(f"={text}")),
    )
