"""What the server reads in a beacon's answers."""

import pytest

from beacon import protocol
from verification.domain.answers import Nonces, SortedAnswers, sort_answers
from verification.domain.policy import Policy

KEY, ROOM_KEY, OTHER_KEY = b"k" * 32, b"r" * 32, b"o" * 32
MINE, EARLIER, FRIENDS, NOBODYS = (bytes([n]) * 16 for n in range(1, 5))
NOW = 360_000_000


def answer(*, key=KEY, nonce=MINE, age=0):
    return protocol.read_answer(protocol.answer(key, NOW - age, nonce))


def sort(*answers):
    return sort_answers(
        answers,
        nonces=Nonces(MINE, own_earlier=lambda: [EARLIER], of_others=lambda: [FRIENDS]),
        keys=[KEY, ROOM_KEY],
        other_keys=[OTHER_KEY],
        now_slot=NOW,
        policy=Policy(),
    )


@pytest.mark.parametrize("key", [KEY, ROOM_KEY])
def test_an_answer_to_this_nonce_by_this_rooms_beacon_is_fresh(key):
    assert sort(answer(key=key), answer(key=key, age=1)).fresh_slots == (NOW - 1, NOW)


@pytest.mark.parametrize(
    ("age", "fresh"), [(-2, False), (-1, True), (0, True), (3, True), (4, False), (700, False)]
)
def test_an_answer_counts_by_its_slot(age, fresh):
    found = sort(answer(age=age))
    assert (bool(found.fresh_slots), found.stale) == (fresh, 0 if fresh else 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(nonce=EARLIER), SortedAnswers(stale=1)),
        (answer(nonce=FRIENDS), SortedAnswers(foreign=1)),
        (answer(nonce=NOBODYS), SortedAnswers(invented=1)),
        (answer(key=b"x" * 32), SortedAnswers(invented=1)),
        (answer(key=OTHER_KEY), SortedAnswers()),
        (answer(key=OTHER_KEY, nonce=FRIENDS), SortedAnswers(invented=1)),
    ],
    ids=["earlier try", "friend's", "nobody's", "no beacon's", "next door's", "both"],
)
def test_an_answer_for_another_is_sorted_by_whose_it_is(given, expected):
    assert sort(given) == expected


def test_a_changed_bit_makes_an_answer_nobodys():
    reply = bytearray(protocol.answer(KEY, NOW, MINE))
    for position in range(1, len(reply)):
        changed = bytearray(reply)
        changed[position] ^= 1
        assert sort(protocol.read_answer(bytes(changed))) == SortedAnswers(invented=1)


def test_others_nonces_are_derived_only_where_needed():
    def derive():
        raise AssertionError

    found = sort_answers(
        [answer()],
        nonces=Nonces(MINE, own_earlier=derive, of_others=derive),
        keys=[KEY],
        other_keys=[],
        now_slot=NOW,
        policy=Policy(),
    )
    assert found == SortedAnswers(fresh_slots=(NOW,))
