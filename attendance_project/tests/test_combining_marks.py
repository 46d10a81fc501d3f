"""Texts with thousands of marks on one letter, which Python sorts in a quadratic time."""

import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings

from attendance_project.combining_marks import LONG_RUN, MOST_IN_A_ROW, is_mark
from attendance_project.spellings import normalized, visible

ABOVE, BELOW = "\u0301", "\u0316"
CROWDS = {
    "above, then below": "a" + ABOVE * 50_000 + BELOW * 50_000,
    "in turns": "a" + (ABOVE + BELOW) * 50_000,
    "signs made of two marks": "a" + "\u0f73" * 100_000,
    "with what nobody sees between them": "a" + (ABOVE + "\u200b" + BELOW + "\u200b") * 25_000,
}


@pytest.mark.parametrize("text", CROWDS.values(), ids=CROWDS)
@pytest.mark.parametrize("form", ["NFC", "NFKC", "NFKD"])
def test_no_text_takes_long(form, text):
    before_s = time.process_time()
    normalized(form, text)
    visible(text)
    assert time.process_time() - before_s < 2


def test_a_letter_keeps_as_many_marks_as_any_language_needs():
    text = "a" + BELOW * MOST_IN_A_ROW
    assert normalized("NFD", text) == text
    assert normalized("NFD", text + BELOW * 5 + "b") == text + "b"


@pytest.mark.parametrize(
    "text", ["Müller", "Nguyễn Văn Đức", "שָׁלוֹם", "ป้าผู้ใหญ่", "क्षत्रिय", "e\u0301", ""]
)
def test_other_texts_are_normalized_as_by_python(text):
    for form in ("NFC", "NFKC", "NFKD"):
        assert normalized(form, text) == unicodedata.normalize(form, text)


def test_every_mark_of_unicode_is_known():
    marks = (chr(number) for number in range(sys.maxunicode + 1) if is_mark(chr(number)))
    assert all(LONG_RUN.fullmatch(mark * (MOST_IN_A_ROW + 1)) for mark in marks)


def test_all_of_the_product_normalizes_by_the_bounded_function():
    root = Path(settings.BASE_DIR)
    folders = ("accounts", "attendance_project", "sessions_app", "verification", "reports")
    files = [file for folder in folders for file in root.joinpath(folder).rglob("*.py")]
    use = re.compile(r"unicodedata\.normalize\(|slugify\((?!normalized)")
    found = {file.relative_to(root).as_posix() for file in files if use.search(file.read_text())}
    ours = {name for name in found if "/tests/" not in name}
    assert ours == {"attendance_project/combining_marks.py", "attendance_project/spellings.py"}
