"""What spreadsheets do to numbers that say who somebody is: found, and mended where it is sure.

A roll number is a text of digits. A spreadsheet takes it for a quantity: it adds decimals and signs
between thousands, drops zeros in front, and rounds after 15 digits.
"""

import re

from django.utils.translation import gettext as _

MOST_DIGITS = 15
"""Digits that spreadsheets keep of a number (IEEE 754 doubles): those after are zeros."""

_ARABIC_SIGNS = str.maketrans({"\u066b": ".", "\u066c": ",", "\u00b7": "."})
"""The decimal sign and the thousands sign that go with Arabic digits."""
_EXPONENT = re.compile(
    r"[+-]?\d+(?:[.,]\d*\s*(?:e\s*[+-]?|[x×*]\s*10\s*\^?\s*[+-]?)|\s*e\s*[+-]|\s*[x×*]\s*10\s*\^)"
    r"\s*\d+",
    re.I,
)
"""A rounded number: 2.02E+11, 2,021e11, 2E+11, 2.02×10^11. ``21E105`` is none: without a decimal
sign or a sign after the E it may well be a roll number."""
_DECIMALS = re.compile(r"(\d+|\d{1,3}(?:(?P<sep>[,.' ’])\d{3})(?:(?P=sep)\d{3})*)[.,]0+")
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:[ '’]\d{3})+")
_SPACED = re.compile(r"\d+(?: \d+)+")
"""Digits in groups, as people write them and web pages show them: 2024 0012."""
_DAY = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[ T]00:00(?::00)?)?|\d{1,2}([/.])\d{1,2}\1\d{4}"
    r"|\d{1,2}/\d{1,2}/\d{2}"
)
_ODD_GROUPS = re.compile(r"\d+(?:,\d+){2,}")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}}-(?:{_MONTHS})|(?:{_MONTHS})-\d{{2}}", re.I)
_FRACTION = re.compile(r"\d+[.,]\d+")
_UNCLEAR = re.compile(r"\d{1,3}\.\d{3}")
"""A number in thousands as half of the world writes it, and a fraction for the other half."""
_NOT_DIGITS = re.compile(r"\D")


def mended(text: str, *, has_groups: bool, is_text: bool = False) -> str:
    """The number that was meant, such as ``20210001`` for ``20210001.0`` and ``20,210,001``.

    ``has_groups`` says whether signs between thousands can be taken out, which is not so in codes.
    ``is_text`` says that the file marks it as text, so that only a rounded one is at fault. Raises
    ValueError with a sentence for a number that a spreadsheet rounded, or may have changed.
    """
    value = text.translate(_ARABIC_SIGNS)
    if not value[:1].isdigit() and value[:1] not in "+-":
        return text
    if _EXPONENT.fullmatch(value):
        raise ValueError(_rounded(text))
    if is_text:
        return text
    if has_groups and _UNCLEAR.fullmatch(value):
        raise ValueError(_unclear(text))
    if has_groups and _DAY.fullmatch(value):
        raise ValueError(_day(text))
    if has_groups and _SPACED.fullmatch(value):
        return value.replace(" ", "")
    if _GROUPS.fullmatch(value):
        return _NOT_DIGITS.sub("", value) if has_groups else text
    if decimals := _DECIMALS.fullmatch(value):
        return _NOT_DIGITS.sub("", decimals[1])
    if has_groups and (_FRACTION.fullmatch(value) or _ODD_GROUPS.fullmatch(value)):
        raise ValueError(_unclear(text))
    return text


def is_like_a_day(text: str) -> bool:
    """Whether a spreadsheet may have made the number of another one: ``12-Mar`` of ``12-3``."""
    return bool(_DAY_AND_MONTH.fullmatch(text))


def _day(text: str) -> str:
    return _(
        "is the date %(date)s. A spreadsheet may have made it of another text. Correct it."
    ) % {"date": text}


def _unclear(text: str) -> str:
    return _(
        "%(number)s has a decimal sign, so it may have been changed by a spreadsheet. Enter the "
        "number as text, or put ' in front to keep it as it is."
    ) % {"number": repr(text)}


def _rounded(text: str) -> str:
    return _(
        "%(number)s is a number that a spreadsheet rounded, so its digits are lost. Format the "
        "column as text, enter the number again and save the file anew."
    ) % {"number": repr(text)}


def is_rounded(text: str) -> bool:
    """Whether all digits after the 15th are zeros, as in a number that a spreadsheet held."""
    return text.isdecimal() and len(text) > MOST_DIGITS and not text[MOST_DIGITS:].strip("0")


def rounded_ones(values: list[str]) -> list[str]:
    """The numbers of a column that were rounded.

    One number of 16 digits may end in zero by chance. Where all long ones do, it is no chance.
    """
    long = [value for value in values if value.isdecimal() and len(value) > MOST_DIGITS]
    rounded = [value for value in long if is_rounded(value)]
    sure = len(rounded) > 1 and len(rounded) == len(long)
    return [value for value in rounded if sure or len(value) > MOST_DIGITS + 1]


def rounded_sentence(text: str) -> str:
    return _rounded(text)
