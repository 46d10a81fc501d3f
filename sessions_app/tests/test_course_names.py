"""Which subjects a title names surely, and which it perhaps names."""

import pytest

from sessions_app.domain.course_names import Catalogue, Subject

CATALOGUE = Catalogue(
    [
        Subject("C", "C", "Programming in C"),
        Subject("CS", "CS-101", "Computer Science"),
        Subject("OS", "OS", "Operating Systems"),
    ],
    ["CSE-A", "CSE-B"],
)


@pytest.mark.parametrize(
    "title",
    ["C. Miller visits", "C Müller", "Room C", "Hepatitis C", "Lunch in building C", "Group C"],
)
def test_a_letter_alone_is_no_course_for_sure(title):
    named = CATALOGUE.named_in(title)
    assert (named.subjects, set(named.likely)) == (set(), {"C"})


@pytest.mark.parametrize("title", ["C", "C lecture", "C CSE-A", "CSE-A: loops in C"])
def test_a_letter_is_a_course_alone_or_with_a_class(title):
    assert CATALOGUE.named_in(title).subjects == {"C"}


@pytest.mark.parametrize("title", ["CS 101 CSE-A", "CS101 CSE-A", "cs 101", "CS.101 lecture"])
def test_a_code_in_another_spelling_is_asked_about(title):
    named = CATALOGUE.named_in(title)
    assert named.subjects == set()
    assert set(named.likely) == {"CS"}


@pytest.mark.parametrize("title", ["CS-101 CSE-A", "OS introduction to scheduling", "OS CSE-B"])
def test_a_code_as_a_whole_word_is_sure(title):
    assert len(CATALOGUE.named_in(title).subjects) == 1


@pytest.mark.parametrize("title", ["CS 1010", "ACS 101", "1 0 1"])
def test_other_codes_are_not_alike(title):
    named = CATALOGUE.named_in(title)
    assert (named.subjects, named.likely) == (set(), {})
