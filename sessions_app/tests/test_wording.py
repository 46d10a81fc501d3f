"""The policy in words, for every policy that there is."""

from itertools import product

import pytest

from sessions_app.domain.requirements import Requirement
from sessions_app.domain.wording import evidence_in_words
from sessions_app.models import Session


@pytest.mark.parametrize(("face", "bluetooth"), [*product(Requirement, repeat=2)])
def test_each_kind_stands_under_what_is_asked_of_it(face, bluetooth):
    words = evidence_in_words(face, bluetooth)
    required, _, preferred = words.lower().partition(" required")
    assert "code" in required
    for kind, asked in (("face", face), ("bluetooth", bluetooth)):
        assert (kind in required) == (asked == "required")
        assert (kind in preferred) == (asked == "preferred")


def test_all_sentences_differ():
    sentences = {evidence_in_words(*pair) for pair in product(Requirement, repeat=2)}
    assert len(sentences) == 9


@pytest.mark.parametrize(
    ("late_after_min", "words"),
    [
        (10, "Code and face required, Bluetooth preferred; late after 10 min"),
        (0, "Code and face required, Bluetooth preferred; late from the start"),
    ],
)
def test_a_session_says_its_policy(late_after_min, words):
    assert Session(late_after_min=late_after_min).policy_in_words == words
