"""Films people live before their phones' cameras, as the server says what to show."""

from __future__ import annotations

import time
from typing import Any

from lab.pictures.live_people import LivePerson, Scene
from lab.simulation.people import Student
from phone.live_film import NoLiveFilm, Shown, film_live
from verification.domain.challenge import Move


class SceneCamera:
    """Implements LiveCamera before a scene that is drawn."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._began_s = scene, time.monotonic()

    def picture(self, wide: int, high: int) -> bytes:
        """See LiveCamera. Scenes are drawn in the size that the server asks for."""
        return self._scene.picture(self._now_s())

    def show(self, shown: Shown) -> None:
        """See LiveCamera."""
        self._scene.sees(self._now_s(), Move(shown.move) if shown.move else None)

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s


def film_scene(
    student: Student, scene: Scene, step: dict[str, Any], *, decide: bool = True
) -> dict[str, Any] | None:
    """Film the scene live, given the answer of a step that offers it. Returns the answer of the
    face's step; or None where the server films no faces live now.

    decide  whether the decision comes with the last picture
    """
    if step["live"] is None:
        return None
    phone, ticket = student.phone, step["live"]["ticket"]
    try:
        answer: dict[str, Any] = film_live(
            phone.server, phone.key, ticket, SceneCamera(scene), finish=decide
        )["step"]
    except NoLiveFilm:
        return None
    return answer


def film_person(student: Student, step: dict[str, Any], *, decide: bool) -> dict[str, Any] | None:
    """The same of the student, who does what the phone shows."""
    return film_scene(student, LivePerson(student.today, student.rng), step, decide=decide)
