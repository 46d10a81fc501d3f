"""One contract for the real engines, and for the fake one that replaces them in other tests."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lab import fake_engine as fake
from lab.pictures import rendering
from verification.domain.calibration import CALIBRATIONS, false_match_rate
from verification.domain.challenge import Challenge, Move, Prompt
from verification.domain.liveness import LivenessLimits, judge_moves
from verification.engines import ENGINES, get_engine
from verification.engines.base import FaceEngine, Template, UnreadableImage

pytestmark = pytest.mark.slow

CHALLENGE = Challenge(
    (Prompt(Move.TURN_LEFT, 1.0, 2.3), Prompt(Move.TURN_RIGHT, 3.6, 4.9)), duration_s=5.6
)
Burst = list[tuple[float, bytes]]


@dataclass(frozen=True)
class Subject:
    """An engine, and pictures of two people that it understands."""

    setting: tuple[str, str]
    engine: FaceEngine
    enrolment: list[bytes]
    other_enrolment: list[bytes]
    honest: Burst
    still: Burst
    two_people: bytes
    nobody: bytes


@pytest.fixture(scope="session")
def fake_subject() -> Subject:
    still = fake.picture("ada")
    return Subject(
        setting=("fake", "opencv"),
        engine=get_engine("fake"),
        enrolment=[fake.picture("ada", grain=n) for n in range(3)],
        other_enrolment=[fake.picture("bob", grain=n) for n in range(3)],
        honest=fake.honest_burst("ada", CHALLENGE),
        still=[(n / 4, still) for n in range(22)],
        two_people=fake.picture("ada", faces=2),
        nobody=fake.picture("ada", faces=0),
    )


@dataclass(frozen=True)
class Pictures:
    """Pictures that are drawn once for all engines that see real faces."""

    enrolment: list[bytes]
    other_enrolment: list[bytes]
    honest: Burst
    still: Burst
    two_people: bytes
    nobody: bytes


@pytest.fixture(scope="session")
def pictures(photographs: dict[str, list[bytes]], jpeg_of: Callable[[int, int], bytes]) -> Pictures:
    ada, bob = photographs["astronaut"][0], photographs["biden"][0]
    rng = random.Random(1)
    return Pictures(
        enrolment=rendering.render_enrolment(ada, rng, count=3),
        other_enrolment=rendering.render_enrolment(bob, rng, count=3),
        honest=rendering.render_burst(ada, CHALLENGE, rng=rng),
        still=rendering.render_still(ada, CHALLENGE, rng=rng, noise=False),
        two_people=rendering.render_two_people(ada, bob, CHALLENGE, fps=1, rng=rng)[0][1],
        nobody=jpeg_of(320, 240),
    )


@pytest.fixture(
    params=[("fake", "opencv"), *((name, "opencv") for name in ENGINES), ("opencv", "openvino")],
    ids=" on ".join,
)
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param[0] == "fake":
        found: Subject = request.getfixturevalue("fake_subject")
        return found
    drawn: Pictures = request.getfixturevalue("pictures")
    return Subject(request.param, get_engine(*request.param), **vars(drawn))


def rate(subject: Subject, score: float | None) -> float:
    """Scores are on the engine's own scale: how often another person reaches this score."""
    assert score is not None
    return false_match_rate(subject.engine.name, score)


def measure(subject: Subject, burst: Burst, reference: Template | None = None):
    times_s, frames = [at_s for at_s, _ in burst], [frame for _, frame in burst]
    return subject.engine.measure_burst(frames, times_s, reference, CHALLENGE)


def test_engine_is_loaded_once(subject: Subject) -> None:
    assert get_engine(*subject.setting) is subject.engine


def test_engine_is_calibrated(subject: Subject) -> None:
    assert subject.engine.name in CALIBRATIONS


def test_unknown_engine_or_runtime_raises() -> None:
    with pytest.raises(ValueError, match="no face engine"):
        get_engine("crystal-ball")
    with pytest.raises(ValueError, match="no runtime is called 'crystal-ball'"):
        get_engine("opencv", "crystal-ball")


def test_enrol_measures_each_frame_and_agrees_with_itself(subject: Subject) -> None:
    enrolment = subject.engine.enrol(subject.enrolment)

    assert [frame.faces for frame in enrolment.frames] == [1, 1, 1]
    assert all(frame.eye_distance_px and frame.sharpness for frame in enrolment.frames)
    assert all(0 < (frame.brightness or 0) < 255 for frame in enrolment.frames)
    assert len(enrolment.agreement_scores) == 3
    assert rate(subject, min(enrolment.agreement_scores)) < 1e-4


def test_enrol_of_two_different_people_does_not_agree(subject: Subject) -> None:
    mixed = [*subject.enrolment[:2], subject.other_enrolment[0]]

    assert rate(subject, min(subject.engine.enrol(mixed).agreement_scores)) > 0.01


def test_enrol_without_a_face_has_no_template(subject: Subject) -> None:
    enrolment = subject.engine.enrol([subject.nobody])

    assert enrolment.template is None
    assert enrolment.agreement_scores == ()
    assert enrolment.frames[0].faces == 0
    assert enrolment.frames[0].yaw is None


def test_enrol_does_not_learn_from_a_frame_with_two_people(subject: Subject) -> None:
    enrolment = subject.engine.enrol([subject.two_people])

    assert enrolment.frames[0].faces == 2
    assert enrolment.template is None


def test_describe_gives_the_same_person_as_enrolling(subject: Subject) -> None:
    own = subject.engine.enrol(subject.enrolment).template
    described = subject.engine.describe(subject.other_enrolment[0])
    again = subject.engine.describe(subject.enrolment[0])
    assert own is not None
    assert described is not None
    assert again is not None

    assert rate(subject, subject.engine.compare(own, again)) < 1e-4
    assert rate(subject, subject.engine.compare(own, described)) > 0.01
    assert subject.engine.describe(subject.two_people) is not None
    assert subject.engine.describe(subject.nobody) is None


def test_compare_tells_people_apart_and_survives_storage(subject: Subject) -> None:
    own = subject.engine.enrol(subject.enrolment).template
    other = subject.engine.enrol(subject.other_enrolment).template
    assert own is not None
    assert other is not None
    restored = Template.from_bytes(own.to_bytes())

    assert subject.engine.compare(own, restored) == pytest.approx(
        subject.engine.compare(own, own), abs=1e-4
    )
    assert rate(subject, subject.engine.compare(own, restored)) < 1e-4
    assert rate(subject, subject.engine.compare(own, other)) > 0.01


def test_compare_all_gives_what_compare_gives(subject: Subject) -> None:
    own, other = (
        subject.engine.describe(p[0]) for p in (subject.enrolment, subject.other_enrolment)
    )
    assert own is not None
    assert other is not None

    rows = subject.engine.compare_all([own, other], [other])

    assert rows == [
        [pytest.approx(subject.engine.compare(own, other), abs=1e-4)],
        [pytest.approx(subject.engine.compare(other, other), abs=1e-4)],
    ]
    assert subject.engine.compare_all([own], []) == [[]]


def test_compare_of_another_engines_template_raises(subject: Subject) -> None:
    own = subject.engine.enrol(subject.enrolment).template
    assert own is not None
    foreign = Template("some-other-engine", own.vector)

    with pytest.raises(ValueError, match="engine"):
        subject.engine.compare(own, foreign)
    with pytest.raises(ValueError, match="engine"):
        measure(subject, subject.honest[:2], foreign)


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"engine\0", b"engine\0abc", b"\0abcd", b"\xff\0abcd"]
)
def test_template_from_other_bytes_raises(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"template|codec"):
        Template.from_bytes(data)


def test_honest_burst_is_measured_and_passes(subject: Subject) -> None:
    own = subject.engine.enrol(subject.enrolment).template

    measured = measure(subject, subject.honest, own)

    assert [frame.at_s for frame in measured.frames] == [at_s for at_s, _ in subject.honest]
    assert (measured.faces_max, measured.frames_without_face) == (1, 0)
    assert rate(subject, measured.comparison_score) < 1e-4
    assert rate(subject, measured.lowest_self_score) < 1e-2
    assert judge_moves(measured.frames, CHALLENGE, LivenessLimits()).problems == ()


def test_other_person_scores_low(subject: Subject) -> None:
    other = subject.engine.enrol(subject.other_enrolment).template

    assert rate(subject, measure(subject, subject.honest, other).comparison_score) > 0.01


def test_one_picture_repeated_is_frozen(subject: Subject) -> None:
    measured = measure(subject, subject.still)

    assert "frozen" in judge_moves(measured.frames, CHALLENGE, LivenessLimits()).problems
    assert measured.comparison_score is None


def test_frames_with_two_and_with_no_people_are_counted(subject: Subject) -> None:
    frames = [(0.0, subject.two_people), (0.3, subject.nobody), (0.6, subject.enrolment[0])]

    measured = measure(subject, frames)

    assert measured.faces_max == 2
    assert measured.frames_without_face == 1
    assert [frame.faces for frame in measured.frames] == [2, 0, 1]


def test_burst_without_any_face_or_frame_is_measured(subject: Subject) -> None:
    own = subject.engine.enrol(subject.enrolment).template

    for burst in ([], [(0.0, subject.nobody)]):
        measured = measure(subject, burst, own)
        assert measured.comparison_score is None
        assert measured.lowest_self_score is None
        assert measured.faces_max == 0


def test_unequal_numbers_of_frames_and_times_raise(subject: Subject) -> None:
    with pytest.raises(ValueError, match="zip"):
        subject.engine.measure_burst(subject.enrolment, [0.0], None)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff", b"[1]", b"null", b"\x89PNG"])
def test_unreadable_bytes_raise(subject: Subject, data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        subject.engine.enrol([data])
    with pytest.raises(UnreadableImage):
        subject.engine.measure_burst([data], [0.0], None)
