"""Films people before their phones' cameras, drawn from photographs. That takes as long as it does
before a real camera."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from lab.pictures import rendering
from phone.camera import Burst
from phone.challenge import Challenge as Told
from verification.domain.challenge import Challenge, Move, Prompt


def film(photograph: bytes, challenge: Challenge, rng: random.Random) -> Burst:
    """Film the person while the prompts run, which takes that long. Returns the burst."""
    began = time.monotonic()
    burst = rendering.render_burst(photograph, challenge, rng=rng)
    wait_out(challenge, began)
    return burst


def wait_out(challenge: Challenge, began: float) -> None:
    time.sleep(max(challenge.duration_s + 0.2 - (time.monotonic() - began), 0.0))


@dataclass
class ActedFilm:
    """The front camera of a phone, before the person on a photograph."""

    photograph: bytes
    rng: random.Random

    def film(self, challenge: Told) -> Burst:
        """See FrontCamera."""
        prompts = tuple(Prompt(Move(p.move), p.start_s, p.end_s) for p in challenge.prompts)
        return film(self.photograph, Challenge(prompts, challenge.duration_s), self.rng)
