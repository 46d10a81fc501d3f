"""Every threshold that a check-in is judged by: value, unit and where it comes from.

A decision is stored with the policy it was made under, so it can be replayed later. Change
a number and VERSION goes up.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from sessions_app.domain.levels import ONE_IN, Level
from sessions_app.domain.requirements import Requirement

VERSION = "2026.8"


CODE_GRACE_S = 4.0
"""Seconds in which a slow network brings a code that has just left the screen."""


def code_times(slot_s: int) -> dict[str, Any]:
    """The fields of a policy that follow from the length of the code's slot in seconds.

    What grows with the slot ends at that of 2 s, above which `qr_fresh_s` and the doorman's span
    grow with it.
    """
    return {
        "qr_slot_s": slot_s,
        "qr_max_age_s": min(slot_s + CODE_GRACE_S, 6.0),
        "qr_max_span_s": min(5.0 * slot_s, 10.0),
    }


@dataclass(frozen=True, kw_only=True)
class Policy:
    version: str = VERSION

    # What the teacher chose for the session.
    level: Level = Level.STRICT
    face: Requirement = Requirement.REQUIRED
    """What the level means for the face where it is asked for. Decisions from before there were
    levels have this alone."""
    face_one_in: int = ONE_IN
    """By lot, Standard asks for the face one time in so many. At three, a friend who comes each
    time is never asked in 12 classes with a chance of 0.8 %."""
    bluetooth: Requirement = Requirement.PREFERRED
    qr_slots_needed: int = 2
    """How many slots the codes have to be of: two, so that one photograph of the projected code,
    sent to a friend, is not enough."""
    qr_slot_s: int = 1

    # The rotating code. The first two follow from the length of its slot (`code_times`).
    qr_max_age_s: float = 5.0
    """Most seconds that the newest code may be old on receipt: while it is on the screen, and the
    four seconds in which a slow network brings it."""
    qr_max_span_s: float = 5.0
    """How many seconds the codes may lie apart: five slots, since a steady camera reads two of any
    three, and an unsteady one two of five."""
    qr_late_upload_s: float = 30.0
    """Age in seconds up to which the codes of a one-request check-in go to the teacher for review.
    Such a check-in carries a whole burst of images over a slow network. Older ones are refused like
    any other. Kept codes of a greater age need something else from the room (domain.kept)."""
    qr_suspicious_age_s: float = 60.0
    """Age in seconds that no network explains, since httpx and browsers give up sooner: someone
    kept the code."""

    qr_kept_s: float = 600.0
    """Age in seconds up to which codes count, for the teacher to look at, that a phone without a
    network kept and then sent with its statement of when it saw them. Ten minutes: the page stops
    trying by then (static/student/check_in/kept.js), and a teacher still knows who was there."""
    qr_word_early_s: float = 3.0
    """How many seconds before the code's slot the phone may state that it saw the code: one of
    rounding in the proof's time, one between the servers, one of drift. How many seconds after it
    is a matter of the transfer: `qr_late_upload_s`, as for all that comes in one request."""
    qr_took_s: float = 120.0
    """The longest time from seeing the code to the last piece of evidence, as
    evidence_max_age_s."""

    # Any evidence.
    evidence_max_age_s: float = 120.0
    """The longest time between receipt and decision. Three tries of a face fit in, of about 15 s
    each."""

    # The room's radio (notes on measurements: docs/adr/0004).
    bt_min_samples: int = 8
    """How many readings are accepted at least, which is also how many are compared with those of
    classmates (domain.traces). Of fewer, two phones' agree by chance now and then. A phone that
    scans a quarter of the time hears 20 in 10 s."""
    bt_min_slots: int = 2
    bt_slots_back: int = 3
    """Slots of 5 s before receipt that still count as fresh: two have to be heard, one more may
    have begun while the report was on its way, and one by a beacon's clock 5 s behind."""
    bt_slots_ahead: int = 1
    """How many slots ahead of the server still count as fresh: the clock of a beacon may be up to
    5 s ahead."""
    bt_replay_slots: int = 12
    """Slots after which an id counts as replayed. What is older than a minute was not late because
    of a slow phone, but recorded and kept."""
    bt_min_rssi_spread_db: float = 0.5
    """Least standard deviation of the readings in dB. A radio in a room never reads the same
    number; a script does."""

    bt_answer_slow_s: float = 30.0
    """The time from giving out the nonce to the beacon's answer that counts as slow. A connection
    takes 1 to 4 s, the queue of a full lecture hall another 15 (beacon.desk). A relay by hand takes
    longer, but one by a program does not, so this is only a score."""

    # The room's sound (docs/sound.md).
    sound_slots_back: int = 3
    """Slots of 5 s before receipt that still count as fresh: one may end while its payload is
    fetched and played, one more while the phone decodes, and one on a slow network."""
    sound_slots_ahead: int = 1
    """How many slots ahead of the server still count as fresh: the clocks of two servers may
    differ."""
    sound_replay_slots: int = 12
    """Slots after which a payload counts as replayed, as for the radio."""

    # The face.
    face_target_fmr: float = 1e-4
    """False-match rate up to which a face is accepted: somebody else's is accepted once in 10,000.
    What score that takes is in the engine's calibration (domain/calibration.py). With the default
    engine 3.3 % of LFW's hard pairs of one person do not reach it, which means a second try or the
    teacher."""
    face_doubt_fmr: float = 3e-2
    """False-match rate from which a face is somebody else's. Between the target and this rate
    nobody is accused: the teacher looks. 0.7 % of LFW's hard pairs of one person score worse still,
    and being refused for it takes three tries of that kind."""
    face_self_fmr: float = 1e-2
    """The highest rate for the lowest score between two frames of one burst. A head that is turned
    scores lower, also against itself."""
    face_tries: int = 3
    face_challenges: int = 6
    """How many challenges a student may be given at one session without asking the teacher: two
    attempts with all their tries. Who could draw more would at last find one that a kept film
    fits."""

    spared_per_term: int = 6
    """The most sessions of a term at which a student may be spared a check (domain.spared)."""

    @property
    def qr_fresh_s(self) -> float:
        """Age in seconds up to which a code needs no explanation.

        That is while it is on the screen, and for a short while after.
        """
        return max(self.qr_max_age_s, self.qr_slot_s + self.qr_max_age_s / 2)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Policy":
        """The policy that a stored decision was made under; unknown keys are of later versions."""
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in data.items() if k in known}
        for kind in ("face", "bluetooth"):
            if kind in values:
                values[kind] = Requirement(values[kind])
        if "level" in values:
            values["level"] = Level(values["level"])
        return cls(**values)
