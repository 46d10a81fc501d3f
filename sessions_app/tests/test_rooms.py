"""Which rooms a text names, and when two texts name the same one."""

import pytest

from sessions_app.domain.rooms import is_bare, rooms_in, share_room
from sessions_app.templatetags.rooms import room_in_words


@pytest.mark.parametrize(
    "text",
    [
        *("A 101, B 202", "A101/B202", "A 101 und B 202", "a-101 and b-202", "A101; B202"),
        *("A 101 + B 202", "A 101 & B 202", "A 101\nB 202", "A 101 et B 202", "A 101 y B 202"),
        *("A 101 / B 202", "A 101 e B 202", "Ａ１０１, B 202", "A 101, B 202, "),
    ],
)
def test_each_room_of_a_text_counts(text):
    assert rooms_in(text) == {"a101", "b202"}
    assert share_room(text, "B 202")
    assert share_room("a.101", text)
    assert not share_room(text, "B 203")


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("HS 1/2", {"hs1", "hs2"}),
        ("A 101/102", {"a101", "a102"}),
        ("A 101, 102", {"a101", "a102"}),
        ("101, 102", {"101", "102"}),
        ("4/101", {"4/101"}),
        ("Building 4, Room 101", {"building4 room101"}),
        ("Room 101, Building 4, Room 202, Building 5", {"building4 room101", "building5 room202"}),
        ("A 101, B 202, Hauptgebäude", {"hauptgebäude a101", "hauptgebäude b202"}),
        ("ул. Ленина 5, корпус 2, ауд. 301", {"ул. ленина5 корпус2 ауд301"}),
        ("Aula, Audimax", {"aula audimax"}),
        ("https://zoom.example/j/12/34", {"https://zoom.example/j/12/34"}),
        ("  ", set()),
    ],
)
def test_a_house_or_a_street_is_no_room_of_its_own(text, rooms):
    assert rooms_in(text) == rooms


def test_a_part_without_a_number_counts_where_the_other_text_is_that_name_alone():
    assert share_room("Aula, Audimax", "Audimax")
    assert not share_room("Aula, Audimax", "Mensa, Audimax")
    assert not share_room("Main Building", "Main Building, Aula")
    assert not share_room("Building 4, Room 101", "Building 4, Room 102")
    assert not share_room("", "")
    assert not share_room(" ,", ", ")


@pytest.mark.parametrize("room", ["4.12", "B-204", "KD 1", "HS 1/2", "A 101, B 202", "T-105"])
def test_a_bare_number_is_called_a_room(room):
    assert is_bare(room)
    assert room_in_words(room) == f"Room {room}"


@pytest.mark.parametrize(
    "room",
    ["Room 4.12", "Hall 2", "Aula", "Hörsaal 3", "教室 101", "בניין 4", "https://x.example/1"],
)
def test_a_text_that_says_what_it_is_stays(room):
    assert room_in_words(room) == room
