"""The colours of the site, by day and by night: each pair that is read together can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
NAMED = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
PLACES = ("paper", "card", "wash")
"""What lies behind words and signs."""
WORDS = ("ink", "soft", "accent-deep", "present", "review-words", "refused")
SIGNS = ("edge", "focus", "chart", "present", "review", "refused")
"""Borders of fields, rings of the focus, lines of charts, dots."""
PAIRS = [
    *((f"{name}-on", f"{name}-back") for name in ("present", "review", "refused", "excused")),
    *(("planned-on", "planned-back"), ("on-accent", "accent"), ("on-accent", "accent-hover")),
    *(("on-refused", "refused"), ("ink", "problem-back"), ("refused", "problem-back")),
    *(("on-night", "night"), ("on-night-soft", "night"), ("code-words", "code-back")),
    ("paper", "ink"),
    *((words, place) for words in WORDS for place in ("paper", "card")),
    ("ink", "wash"),
]


def colours(theme: str) -> dict[str, str]:
    """The colours of a theme by name: by night those that differ are put in place of the day's."""
    day, night = (CSS / "theme.css").read_text().split("@media screen and (prefers-color-scheme", 1)
    return dict(NAMED.findall(day)) | (dict(NAMED.findall(night)) if theme == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, from 0 for black to 1 for white."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(theme):
    named = colours(theme)
    found = {pair: round(contrast(named[pair[0]], named[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_and_signs_stand_out_from_what_is_behind_them(theme):
    named = colours(theme)
    found = {
        (sign, place): round(contrast(named[sign], named[place]), 2)
        for sign in SIGNS
        for place in ("paper", "card")
    }
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


def test_night_has_another_colour_for_all_that_is_seen_by_day():
    day, night = colours("light"), colours("dark")
    same = {name for name in day if night[name] == day[name]}
    on_the_wall = {"night", "on-night", "on-night-soft", "night-focus", "code-back", "code-words"}
    assert same == {
        *on_the_wall,
        *("accent", "accent-hover", "on-accent"),  # white words on the accent, by day and by night
        *("live", "polling", "offline"),  # dots beside their words
    }


def test_the_students_page_has_the_same_colours():
    sheet = (CSS.parent / "student" / "student.css").read_text()
    day, night = sheet.split("@media (prefers-color-scheme: dark)", 1)
    for theme, part in (("light", day), ("dark", night)):
        named, site = dict(NAMED.findall(part)), colours(theme)
        named["accent-deep"] = named.pop("accent-words")
        named["review-words"] = named.pop("review")
        assert len(named) >= 10
        assert {name for name, colour in named.items() if site[name] != colour[:7]} == set()


def test_style_sheets_name_no_colour_of_their_own():
    written = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
    own = {
        sheet.name: written.findall(sheet.read_text())
        for sheet in CSS.glob("*.css")
        if sheet.name != "theme.css"
    }
    assert len(own) > 3
    assert {name: found for name, found in own.items() if found} == {}
