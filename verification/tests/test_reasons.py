"""The table of reasons: each has a rule, which says what the reason is about."""

import pytest

from verification.domain.reasons import RULES, About, Reason
from verification.tests.good_evidence import GOOD


def test_every_reason_has_a_rule():
    assert set(RULES) == set(Reason)


@pytest.mark.parametrize("about", list(About))
def test_what_a_reason_rests_on_is_part_of_the_evidence(about):
    assert about.rests_on
    assert set(about.rests_on) <= set(GOOD.to_json())


def test_what_becomes_a_warning_is_about_one_thing():
    """Only the measurements behind a warning are stored with it, so they must be known."""
    grave = {reason: rule.about for reason, rule in RULES.items() if rule.severity}
    assert About.ANYTHING not in grave.values()
    assert grave[Reason.PICTURE_FLAT] is grave[Reason.FILM_RETURNS] is About.FACE
    assert grave[Reason.EARLIER_TRY] is About.EARLIER


@pytest.mark.parametrize(
    ("reason", "about"),
    [
        (Reason.NOT_ENROLLED, About.STANDING),
        (Reason.DEVICE_OF_ANOTHER_STUDENT, About.DEVICE),
        (Reason.SHORT_CODE_USED, About.CODE),
        (Reason.BLUETOOTH_TWO_ROOMS, About.BLUETOOTH),
        (Reason.SOUND_ONLY, About.SOUND),
        (Reason.CHALLENGE_EXPIRED, About.FACE),
        (Reason.EVIDENCE_EXPIRED, About.ANYTHING),
    ],
)
def test_a_reason_is_about_what_it_was_found_in(reason, about):
    assert RULES[reason].about is about
