"""Titles that say that an event does not take place."""

import pytest

from sessions_app.domain.called_off import is_called_off


@pytest.mark.parametrize(
    "title",
    [
        "Entfall: OS CSE-A",
        "OS CSE-A (Ausfall)",
        "[AUSFALL] OS CSE-A",
        "Storniert: OS CSE-A",
        "OS CSE-A – findet nicht statt",
        "kein Unterricht OS CSE-A",
        "Pas de cours - OS CSE-A",
        "OS CSE-A - sospesa",
        "CANX OS CSE-A",
        "OS CSE-A CANCELLED",
        "OS CSE-A (cancelled due to illness)",
        "OS CSE-A 休講",
        "休講 OS CSE-A",
        "OS CSE-A (fällt aus)",
        "OS - no lecture",
        "ΑΚΥΡΩΝΕΤΑΙ: OS CSE-A",
    ],
)
def test_says_that_it_does_not_take_place(title):
    assert is_called_off(title)


@pytest.mark.parametrize(
    "title",
    [
        "OS CSE-A (not cancelled)",
        "OS CSE-A, nicht abgesagt",
        "Ausfall und Zuverlässigkeit",
        "OS CSE-A",
        "No classification without data",
        "",
    ],
)
def test_a_title_that_only_sounds_like_it_takes_place(title):
    assert not is_called_off(title)
