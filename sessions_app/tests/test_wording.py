"""The policy in words, for every policy that there is."""

from itertools import product

import pytest

from sessions_app.domain.levels import Level
from sessions_app.domain.requirements import Requirement
from sessions_app.domain.wording import evidence_in_words
from sessions_app.models import LEVELS, Session


@pytest.mark.parametrize(("level", "bluetooth"), [*product(Level, Requirement)])
def test_each_kind_stands_under_what_is_asked_of_it(level, bluetooth):
    name, _, words = evidence_in_words(level, bluetooth).partition(": ")
    assert name == dict(LEVELS)[level]
    required, _, rest = words.lower().partition(" required")
    assert "code" in required
    assert ("face" in required) == (level == "strict")
    assert ("face one time in %(one_in)d" in rest) == (level == "standard")
    assert ("bluetooth" in required) == (bluetooth == "required")
    assert ("bluetooth preferred" in rest) == (bluetooth == "preferred")


def test_all_sentences_differ():
    sentences = {evidence_in_words(*pair) for pair in product(Level, Requirement)}
    assert len(sentences) == 9


@pytest.mark.parametrize(
    ("late_after_min", "words"),
    [
        (10, "Strict: code and face required, Bluetooth preferred; late after 10 min"),
        (0, "Strict: code and face required, Bluetooth preferred; late from the start"),
    ],
)
def test_a_session_says_its_policy(late_after_min, words):
    assert Session(late_after_min=late_after_min).policy_in_words == words


def test_standard_says_how_often_the_face_is_asked_for():
    words = Session(level="standard", face_one_in=5, bluetooth="off").policy_in_words
    assert words == "Standard: code required, face one time in 5; late after 10 min"
