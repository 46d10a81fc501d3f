"""One lecture, from the first student at the door to the closed register."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lab.simulation import cheats, honest
from lab.simulation.stage import Act, Expected, Result, Stage, perform
from sessions_app.domain.attendance import ATTENDED

AT_ONCE = 11
"""How many check-ins are under way at the same time. Four of the acts only wait."""

OnResult = Callable[["PlayedAct"], None]


@dataclass(frozen=True)
class PlayedAct:
    act: Act
    result: Result

    @property
    def as_it_should(self) -> bool:
        outcomes = {
            Expected.IN: ATTENDED,
            Expected.REVIEW: ("review",),
            Expected.OUT: ("refused", "blocked"),
            Expected.NOT_IN: ("refused", "review"),
        }
        return self.result.outcome in outcomes[self.act.expected]


@dataclass(frozen=True)
class Lecture:
    """What happened in the lecture, and what the register says at its end."""

    acts: Sequence[PlayedAct]
    present: int
    late: int
    confirmed: int
    absent: int
    warnings: int
    faults: Sequence[str]
    """Everything that is not as it should be, in sentences."""


def number_of_acts() -> int:
    return len(honest.ACTS) + len(cheats.BEFORE_OPENING + cheats.ACTS + cheats.AFTER_CLOSING)


def play(
    stage: Stage, *, patience_s: float, over_s: float, seed: int, on_result: OnResult
) -> Lecture:
    """Play every act and compare the register with the cast.

    The class arrives over ``over_s`` seconds once the session is open. Where nobody opens it on the
    teacher's page for ``patience_s`` seconds, it opens by itself.
    """
    acts = [_show(act, stage, on_result) for act in cheats.BEFORE_OPENING]
    stage.room.wait_for_teacher(patience_s)
    stage.room.open()
    acts += _during(stage, over_s=over_s, seed=seed, on_result=on_result)
    confirmed = _confirm_reviews(stage)
    stage.room.close()
    stage.other_room.close()
    acts += [_show(act, stage, on_result) for act in cheats.AFTER_CLOSING]
    return _sum_up(stage, acts, confirmed)


def _show(act: Act, stage: Stage, on_result: OnResult) -> PlayedAct:
    played = PlayedAct(act, perform(act, stage))
    on_result(played)
    return played


def _during(stage: Stage, *, over_s: float, seed: int, on_result: OnResult) -> list[PlayedAct]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        playing: list[Future[PlayedAct]] = []
        for act, pause_s in _programme(over_s, seed):
            playing.append(pool.submit(_show, act, stage, on_result))
            time.sleep(pause_s)
        return [done.result() for done in playing]


def _programme(over_s: float, seed: int) -> Iterator[tuple[Act, float]]:
    """The acts in the order of arrival, each with the pause after it in seconds.

    What takes long starts first. An act that hands something over comes before the acts that wait
    for it: if all places were taken by waiting acts, it would never begin.
    """
    slow = [act for act in honest.ACTS + cheats.ACTS if act.slow]
    givers = [
        act for act in honest.ACTS if act.play in (honest.hand_trace_to_friend, honest.lose_token)
    ]
    rest = [act for act in honest.ACTS + cheats.ACTS if act not in slow + givers]
    random.Random(seed).shuffle(rest)
    order = slow + givers + rest
    return ((act, over_s / len(order)) for act in order)


def _confirm_reviews(stage: Stage) -> int:
    """The teacher sees the students who wait for a review, and confirms each. Returns how many."""
    waiting = stage.room.desk.all("/attendance/reviews", session=stage.room.id)
    expected = {
        stage.students[act.who].id for act in honest.ACTS if act.expected is Expected.REVIEW
    }
    mine = [review for review in waiting if review["student"] in expected]
    for review in mine:
        body = {"verdict": "confirmed", "note": "Seen in the room"}
        stage.room.desk.post(f"/attendance/reviews/{review['decision']}", body)
    return len(mine)


def _sum_up(stage: Stage, acts: list[PlayedAct], confirmed: int) -> Lecture:
    register = stage.room.register()
    faults = [
        f"{one.act.who} ({one.act.what}): {one.result.outcome} {', '.join(one.result.reasons)}"
        for one in acts
        if not one.as_it_should
    ]
    faults += _faults_of_register(stage, register)
    if stage.room.projector.dark:
        faults.insert(0, "The session was closed before everyone had arrived.")
    warned = stage.room.desk.all("/warnings")
    statuses = [row["status"] for row in register.values()]
    return Lecture(
        acts=acts,
        present=statuses.count("present"),
        late=statuses.count("late"),
        confirmed=confirmed,
        absent=sum(status not in ATTENDED for status in statuses),
        warnings=sum(warning["session"] == stage.room.id for warning in warned),
        faults=faults,
    )


def _faults_of_register(stage: Stage, register: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Faults in the register. What a teacher marked by hand meanwhile is no fault."""
    by_hand = {pk for pk, row in register.items() if row["source"] == "manual"}
    here = {pk for pk, row in register.items() if row["status"] in ATTENDED}
    honest_ids = {stage.students[act.who].id: act.who for act in honest.ACTS}
    names = {student.id: name for name, student in stage.students.items()}
    for pk in here - set(honest_ids) - by_hand:
        yield f"{names.get(pk, pk)} cheated and stands in the register as present."
    for pk in set(honest_ids) - here - by_hand:
        yield f"{honest_ids[pk]} was there and is not in the register."
