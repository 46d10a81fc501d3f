"""A live film: the face is found, and one move after another is asked for, seen and undone.

It is plain data and a clock: an engine measures each picture as it comes, and the film says what
the phone shows next. Nobody knows a move before it is told, and it is told only when the one
before was seen and undone. Whoever is slow takes longer and does not fail.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge, Move, Prompt
from verification.domain.extents import extent_of
from verification.domain.live_moves import OTHERS
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.domain.moves import MovesSeen
from verification.domain.rest import Rest, is_frontal, rest_of

EXACT_MOVES = (
    Move.TURN_LEFT,
    Move.TURN_RIGHT,
    Move.LOOK_UP,
    Move.LOOK_DOWN,
    Move.TILT_LEFT,
    Move.TILT_RIGHT,
    Move.OPEN_MOUTH,
)
"""Moves that nobody makes by chance. One that was not asked for is the mark of a film that was made
before. Eyes shut and smiles come by themselves."""

MOUTH_MOVES = {Move.SMILE, Move.OPEN_MOUTH}
"""They cannot be seen of a mouth that is open at rest."""


@dataclass(frozen=True)
class LiveLimits:
    """The numbers by which a live film goes on. Times are the server's, in seconds."""

    moves: MoveLimits = field(default_factory=MoveLimits)
    capture: CaptureLimits = field(default_factory=CaptureLimits)
    rest_frames: int = 4
    """How many good pictures in a row show the person at rest: a median of three openings of the
    eyes at least, without the lowest third."""
    rest_s: float = 0.3
    """The least time that they last, however fast a phone sends."""
    open_frames: int = 3
    """How many of them show open eyes. People blink by themselves, and who is measured in a blink
    is never seen to shut the eyes."""
    open_min: float = 0.75
    """The part of the widest opening from which eyes are open."""
    face_wait_s: float = 20.0
    """How long a good face is waited for."""
    move_s: float = 4.0
    """How long a move may take to be seen. People who need a second to react take less than two."""
    back_s: float = 4.0
    """How long the return to rest may take."""
    pause_s: tuple[float, float] = (0.0, 0.3)
    """The pause between rest and the next prompt is drawn from these bounds, so that no film knows
    when it comes."""
    frames_held: int = 2
    """How many pictures in a row have to show a move."""
    kept_min: float = 0.85
    """The part of a move down to which it is still held, since measurements are noisy."""
    held_s: float = 0.08
    """The least time that they last."""
    shut_s: float = 0.25
    """The least time that eyes are shut. A blink that nobody asked for lasts 0.1 to 0.4 s, and then
    the pictures of it are fewer than this by one gap."""
    gap_max_s: float = 0.6
    """The longest gap between two pictures that count as one after the other. A camera of four
    pictures a second has 0.25 s, a network of a second to and fro 0.5 s; who chooses pictures by
    hand needs more, and a phone with longer ones films a burst."""
    wrong_frames: int = 2
    """How many pictures in a row show another move before it counts as one."""


class Phase(StrEnum):
    """Where a film stands."""

    FACE = "face"  # a good face is looked for
    MOVE = "move"  # a move was asked for
    BACK = "back"  # the person returns to rest
    DONE = "done"  # all moves were seen
    ENDED = "ended"  # a move was not seen in time, or no good face came


@dataclass(frozen=True)
class Shown:
    """What the phone shows after a picture."""

    phase: Phase
    done: int
    """How many moves were seen."""
    hint: str | None = None
    """What to mend, a key of HINT_WORDS."""
    move: Move | None = None
    """The move that is asked for now."""
    rest_frames: int = 0
    """How many of the last pictures show the person at rest, where the film begins with them."""


class LiveFilm:
    """One film as it comes. Not for several threads at once."""

    def __init__(
        self, moves: Sequence[Move], rng: random.Random, limits: LiveLimits | None = None
    ) -> None:
        """Begin a film that asks for these moves, which nobody else is told."""
        self._to_ask = list(moves)
        self._rng, self._limits = rng, limits or LiveLimits()
        self._prompts: list[Prompt] = []
        self._asked: Move | None = None
        self._asked_s = self._since_s = 0.0
        self._next_s: float | None = None
        self._rest = Rest()
        self._calm: list[FrameMeasurement] = []
        self._held: list[FrameMeasurement] = []
        self._wrong: list[FrameMeasurement] = []
        self._unprompted: list[float] = []
        self._missing: Move | None = None
        self._is_blink_spared = False
        self.phase = Phase.FACE
        self.shown = Shown(self.phase, 0)
        """What the phone shows since the last picture."""
        self.frames: list[FrameMeasurement] = []
        self.responses_s: list[float] = []
        """Seconds from each prompt to the first picture that shows its move."""

    # --- what the engine has to know ----------------------------------------------------

    @property
    def reads_eyes(self) -> bool:
        """Whether the next picture's eyes are to be measured: at rest, and for a blink. Where no
        blink is asked for, they are between the moves, since they may be readable there."""
        between = self._is_blink_spared and self.phase is Phase.BACK
        return self.phase is Phase.FACE or self._asked is Move.BLINK or between

    @property
    def challenge_so_far(self) -> Challenge:
        """The same as `challenge`, with the move that is asked for now."""
        asked_s = round(self._asked_s, 3)
        asked = (Prompt(self._asked, asked_s, asked_s),) if self._asked is not None else ()
        return replace(self.challenge, prompts=(*self._prompts, *asked))

    @property
    def challenge(self) -> Challenge:
        """The prompts as they were shown, each from being told until it was seen."""
        end_s = self.frames[-1].at_s if self.frames else 0.0
        return Challenge(tuple(self._prompts), round(end_s, 3))

    @property
    def is_over(self) -> bool:
        return self.phase in (Phase.DONE, Phase.ENDED)

    @property
    def has_begun(self) -> bool:
        """Whether a good face was found, so that the film can be judged."""
        return self.phase is not Phase.FACE and bool(self._prompts or self._asked)

    # --- one picture after another ------------------------------------------------------

    def take(self, frame: FrameMeasurement, *, now_s: float) -> Shown:
        """Go on by one picture, which was received at ``frame.at_s`` and measured by ``now_s``.

        What is told now is shown from ``now_s`` on.
        """
        self.frames.append(frame)
        was = self.phase
        hint = capture_hint(frame, self._limits.capture) if self.phase is Phase.FACE else None
        if was is Phase.FACE:
            self._look_for_face(frame, hint, now_s)
        elif self._asked is not None:
            self._look_for_move(self._asked, frame, now_s)
        elif self.phase is Phase.BACK:
            self._look_for_rest(frame, now_s)
        begins = was is Phase.FACE and self.phase is Phase.MOVE
        if self.phase in (Phase.MOVE, Phase.BACK):
            hint = _lost(frame)
        rest_frames = len(self._calm) if begins else 0
        self.shown = Shown(self.phase, len(self.responses_s), hint, self._asked, rest_frames)
        return self.shown

    def _look_for_face(self, frame: FrameMeasurement, hint: str | None, now_s: float) -> None:
        """Begin when enough good pictures in a row show a face that looks straight and is calm."""
        before = [] if self._is_gap() else self._calm
        calm = [] if hint else [*before, frame][-2 * self._limits.rest_frames :]
        if len(calm) > 1 and not is_frontal(calm, self._limits.moves):
            calm = calm[-1:]
        self._calm = calm
        long_enough = calm and calm[-1].at_s - calm[0].at_s >= self._limits.rest_s
        if long_enough and len(calm) >= self._limits.rest_frames and self._are_eyes_open():
            self._rest = rest_of(self._with_open_eyes(calm), self._limits.moves)
            self._spare_blink()
            self._spare_mouth()
            self._ask_next(now_s)
        elif frame.at_s > self._limits.face_wait_s:
            self.phase = Phase.ENDED

    def _are_eyes_open(self) -> bool:
        """Whether enough calm pictures show open eyes, or eyes that nobody can read."""
        seen = [frame.eye_openness for frame in self._with_open_eyes(self._calm)]
        enough = len(seen) - seen.count(None) >= self._limits.open_frames
        return enough or len(seen) >= 2 * self._limits.rest_frames

    def _with_open_eyes(self, calm: Sequence[FrameMeasurement]) -> list[FrameMeasurement]:
        """The same, without the eyes' opening where they are shut."""
        widest = max((frame.eye_openness or 0.0 for frame in calm), default=0.0)
        least = self._limits.open_min * widest
        return [
            frame if (frame.eye_openness or 0.0) >= least else replace(frame, eye_openness=None)
            for frame in calm
        ]

    def _spare_blink(self) -> None:
        """Ask for another move in place of a blink where the eyes cannot be read, as behind dark
        glasses."""
        if self._rest.eye_openness is None and Move.BLINK in self._to_ask:
            self._spare(Move.BLINK)
            self._is_blink_spared = True

    def _spare_mouth(self) -> None:
        """Ask for another move in place of one of the mouth where it is open at rest, as of who
        laughs already."""
        if (self._rest.mouth_gap or 0.0) >= self._limits.moves.mouth_gap_min:
            for move in MOUTH_MOVES & set(self._to_ask):
                self._spare(move)

    def _spare(self, spared: Move) -> None:
        """Ask for a move that is drawn now in place of that one."""
        out = set(self._to_ask) | MOUTH_MOVES if spared in MOUTH_MOVES else set(self._to_ask)
        others = [move for move in OTHERS if move not in out]
        self._to_ask[self._to_ask.index(spared)] = self._rng.choice(others)

    def _ask_next(self, now_s: float) -> None:
        self._held, self._wrong = [], []
        self._asked, self._asked_s = self._to_ask.pop(0), now_s
        self.phase = Phase.MOVE

    def _look_for_move(self, move: Move, frame: FrameMeasurement, now_s: float) -> None:
        extent = self._extent(move, frame)
        self._note_wrong(frame, extent)
        if self._is_gap():
            self._held = []
        counts = extent >= (self._limits.kept_min if self._held else 1)
        if not counts:
            self._held = []
        elif frame.at_s >= self._asked_s + self._limits.moves.reaction_min_s:
            self._held.append(frame)
        elif move in EXACT_MOVES:
            self._unprompted.append(frame.at_s)  # nobody reacts so soon
        if self._is_held(move):
            self._seen(move, now_s)
        elif frame.at_s > self._asked_s + self._limits.move_s:
            self._missing = move
            self._end_prompt(move, now_s)
            self.phase = Phase.ENDED

    def _is_gap(self) -> bool:
        """Whether the last picture came long after the one before."""
        times_s = [frame.at_s for frame in self.frames[-2:]]
        return len(times_s) > 1 and times_s[1] - times_s[0] > self._limits.gap_max_s

    def _is_held(self, move: Move) -> bool:
        held, limits = self._held, self._limits
        least_s = limits.shut_s if move is Move.BLINK else limits.held_s
        return len(held) >= limits.frames_held and held[-1].at_s - held[0].at_s >= least_s

    def _seen(self, move: Move, now_s: float) -> None:
        self.responses_s.append(round(self._held[0].at_s - self._asked_s, 3))
        self._end_prompt(move, now_s)
        if not self._to_ask:
            self.phase = Phase.DONE
            return
        self.phase, self._since_s, self._next_s = Phase.BACK, now_s, None

    def _end_prompt(self, move: Move, now_s: float) -> None:
        self._prompts.append(Prompt(move, round(self._asked_s, 3), round(now_s, 3)))
        self._asked = None

    def _look_for_rest(self, frame: FrameMeasurement, now_s: float) -> None:
        """Ask for the next move when the last one is undone, after a pause of random length."""
        last = self._prompts[-1].move
        at_rest = bool(frame.faces) and self._extent(last, frame) <= self._limits.moves.absent_max
        if not at_rest:
            self._next_s = None
        elif self._next_s is None:
            self._next_s = frame.at_s + self._rng.uniform(*self._limits.pause_s)
        if self._next_s is not None and now_s >= self._next_s:
            self._ask_next(now_s)
        elif frame.at_s > self._since_s + self._limits.back_s:
            self._missing = self._to_ask[0]
            self.phase = Phase.ENDED

    def _note_wrong(self, frame: FrameMeasurement, asked_extent: float) -> None:
        """Note another move than the asked one, where a picture shows it more than that."""
        others = (move for move in EXACT_MOVES if move is not self._asked)
        most = max(self._extent(move, frame) for move in others)
        self._wrong = [*self._wrong, frame] if most >= 1 and most > asked_extent else []
        if len(self._wrong) >= self._limits.wrong_frames:
            self._unprompted.append(frame.at_s)

    def _extent(self, move: Move, frame: FrameMeasurement) -> float:
        return extent_of(move, frame, self._rest, self._limits.moves)

    # --- what came of it ----------------------------------------------------------------

    def moves_seen(self) -> MovesSeen:
        """What became of each move, as of a burst's prompts."""
        made = [prompt.move for prompt in self._prompts if prompt.move is not self._missing]
        missing = [move for move in (self._missing, *self._to_ask) if move is not None]
        return MovesSeen(
            made=tuple(made),
            missing=tuple(dict.fromkeys(missing)),
            unreadable=(),
            unprompted_at_s=tuple(self._unprompted),
            frontal_start=self.has_begun,
            blink_spared=self._is_blink_spared and self._are_eyes_readable_later(),
        )

    def _are_eyes_readable_later(self) -> bool:
        """Whether eyes that could not be read at rest could be read between the moves."""
        first_s = self._prompts[0].start_s if self._prompts else 0.0
        later = [frame for frame in self.frames if frame.at_s > first_s]
        return rest_of(later, self._limits.moves).eye_openness is not None


def _lost(frame: FrameMeasurement) -> str | None:
    """What is said while moves are made: only that the face left, or that it is not alone."""
    if frame.faces == 0:
        return "no_face"
    return "several_faces" if frame.faces > 1 else None
