"""What a phone's camera sees of one photographed person: honest bursts and attacks.

It is for the simulated class and for tests only, and nothing that judges imports it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from operator import eq
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.domain.challenge import Challenge, Move, Prompt, draw_challenge
from verification.engines import landmarks
from verification.engines.head import Head, Pose
from verification.engines.images import Pixels, read_image
from verification.engines.networks import Networks
from verification.engines.opencv_runtime import OpenCVRuntime

FRAME_WIDTH_PX, FRAME_HEIGHT_PX = 400, 480
EYE_DISTANCE_PX = 80.0
"""Distance of the eyes in pixels. A phone held at arm's length shows a face of about this size."""
JPEG_QUALITY = 80
SENSOR_NOISE_GREY = 1.6
CAMERA_GAP_S = 0.07
"""Seconds between two of a camera's frames, in bad light."""
DEGREES_PER_YAW = 48.0
"""Degrees per unit of the mesh's yaw from -0.5 to 0.5, measured on drawn heads. It turns
photographs straight."""

Burst = list[tuple[float, bytes]]
"""For each frame its time since the start of the burst in seconds, and its JPEG."""


@dataclass(frozen=True)
class Temper:
    """How one person answers prompts: in seconds, degrees, and shares of the fullest smile."""

    reaction_s: float
    turn_s: float
    return_s: float
    turn_degrees: float
    up_degrees: float
    smile: float

    @classmethod
    def draw(cls, rng: random.Random) -> Temper:
        """Draw somebody who follows the prompts."""
        return cls(
            reaction_s=rng.uniform(0.28, 0.5),
            turn_s=rng.uniform(0.35, 0.55),
            return_s=rng.uniform(0.35, 0.5),
            turn_degrees=rng.uniform(27.0, 36.0),
            up_degrees=rng.uniform(24.0, 32.0),
            smile=rng.uniform(1.0, 1.3),
        )

    @property
    def down_degrees(self) -> float:
        """Who looks far up looks far down as well: 22 to 30 degrees."""
        return self.up_degrees - 2.0

    @property
    def tilt_degrees(self) -> float:
        """Who turns far leans far: by 19 to 28 degrees."""
        return self.turn_degrees - 8.0

    @property
    def mouth(self) -> float:
        """A share of the widest open mouth, 0.85 to 1.1."""
        return 0.85 * self.smile

    def acted(self, at_s: float, challenge: Challenge) -> Pose:
        """The pose to which the prompts so far have moved the person."""
        return self.pose((prompt.move, self.extent(at_s, prompt)) for prompt in challenge.prompts)

    def pose(self, made: Iterable[tuple[Move, float]]) -> Pose:
        """The pose of moves that have come so far: 0 at rest, 1 held."""
        extents: dict[Move, float] = dict.fromkeys(Move, 0.0)
        for move, extent in made:
            extents[move] += extent
        up, down = extents[Move.LOOK_UP], extents[Move.LOOK_DOWN]
        return Pose(
            yaw_degrees=self.turn_degrees * sum(m.yaw_sign * share for m, share in extents.items()),
            pitch_degrees=self.up_degrees * up - self.down_degrees * down,
            eyes_closed=extents[Move.BLINK],
            smile=self.smile * extents[Move.SMILE],
            roll_degrees=self.tilt_degrees
            * sum(m.roll_sign * share for m, share in extents.items()),
            mouth_open=self.mouth * extents[Move.OPEN_MOUTH],
        )

    def extent(self, at_s: float, prompt: Prompt) -> float:
        """How far the prompt's move has come: 0 at rest, 1 held."""
        quick = 0.4 if prompt.move is Move.BLINK else 1.0
        away = _smooth((at_s - prompt.start_s - self.reaction_s) / (self.turn_s * quick))
        back = _smooth((at_s - prompt.end_s - self.reaction_s * 0.6) / (self.return_s * quick))
        return away - back


def _smooth(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def render_burst(
    photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    follows: Challenge | None = None,
) -> Burst:
    """The person in the photograph follows the challenge."""
    head, straight_degrees = head_of(photo)
    temper, sway = Temper.draw(rng), Sway(rng)
    followed = follows or challenge

    def scene(at_s: float) -> Pixels:
        return head.draw(sway.pose(at_s, straight_degrees, temper.acted(at_s, followed)))

    return filmed(scene, challenge, rng, fps=fps)


def render_still(
    photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    noise: bool = True,
) -> Burst:
    """One picture for the whole burst, with a camera's noise over it or without."""
    picture = picture_of(photo)
    return filmed(lambda _at_s: picture, challenge, rng, fps=fps, noise=noise)


def render_moved_photo(
    photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    degrees: float = 45.0,
) -> Burst:
    """A print that is held before the camera and tilted when the prompts say so."""
    picture, temper = picture_of(photo), Temper.draw(rng)

    def scene(at_s: float) -> Pixels:
        pose = temper.acted(at_s, challenge)
        aside = degrees * pose.yaw_degrees / temper.turn_degrees
        back = degrees * pose.pitch_degrees / temper.up_degrees
        return tilted(picture, aside, back, rng.uniform(-4, 4))

    return filmed(scene, challenge, rng, fps=fps)


def render_earlier_burst(
    photo: bytes, challenge: Challenge, *, rng: random.Random, fps: float | None = None
) -> Burst:
    """An honest burst, recorded for another challenge that has no move at the place of this one's.

    Films of any other challenge fit by chance now and then; docs/faces.md says how often.
    """
    moves = [prompt.move for prompt in challenge.prompts]
    earlier = draw_challenge(rng)
    while any(map(eq, moves, [prompt.move for prompt in earlier.prompts])):
        earlier = draw_challenge(rng)
    return render_burst(photo, challenge, rng=rng, fps=fps, follows=earlier)


def render_two_people(
    photo: bytes,
    other_photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
) -> Burst:
    """An honest burst with a second face beside the first, of the same size."""
    first = render_burst(photo, challenge, fps=fps, rng=rng)
    second = picture_of(other_photo)
    return [(at_s, to_jpeg(_side_by_side(read_image(jpeg), second))) for at_s, jpeg in first]


def render_swapped(
    photo: bytes,
    other_photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
) -> Burst:
    """One person at the start, and another one from the end of the first prompt on."""
    first = render_burst(photo, challenge, fps=fps, rng=rng)
    second = render_burst(other_photo, challenge, fps=fps, rng=rng)
    swapped_at_s = challenge.prompts[0].end_s
    count = sum(at_s < swapped_at_s for at_s, _jpeg in first)
    return [(at_s, second[n][1] if n >= count else jpeg) for n, (at_s, jpeg) in enumerate(first)]


def render_enrolment(photo: bytes, rng: random.Random, count: int = 4) -> list[bytes]:
    """Frontal frames that differ from each other as a person's looks into a camera do."""
    head, straight_degrees = head_of(photo)
    sway = Sway(rng)
    frames = (
        head.draw(sway.pose(1.3 * n, straight_degrees + rng.uniform(-5, 5), Pose()))
        for n in range(count)
    )
    return [to_jpeg(through_sensor(frame, rng)) for frame in frames]


class Sway:
    """The small movements of a held phone and a living head."""

    def __init__(self, rng: random.Random) -> None:
        self._phases = [rng.uniform(0, 6.28) for _ in range(4)]
        self._size_px = rng.uniform(3.0, 7.0)

    def pose(self, at_s: float, straight_degrees: float, acted: Pose) -> Pose:
        """The acted pose of a head that looks straight at so many degrees and is never still."""
        waves = [
            float(np.sin(at_s * speed + phase))
            for speed, phase in zip((1.1, 1.7, 0.9, 1.4), self._phases, strict=True)
        ]
        return replace(
            acted,
            yaw_degrees=straight_degrees + acted.yaw_degrees + 1.5 * waves[0],
            pitch_degrees=acted.pitch_degrees + 2.0 * waves[1],
            shift_px=(self._size_px * waves[2], self._size_px * waves[3]),
        )


def filmed(
    scene: Callable[[float], Pixels],
    challenge: Challenge,
    rng: random.Random,
    *,
    fps: float | None = None,
    noise: bool = True,
) -> Burst:
    """What a camera films of the scene, at the moments that the challenge asks for.

    scene   makes a frame of FRAME_HEIGHT_PX by FRAME_WIDTH_PX, given seconds since the start
    fps     frames per second, for an app that films evenly; the times vary as a phone's do
    noise   False for pictures that no sensor took
    """
    times_s = _frame_times(challenge.duration_s, fps, rng) if fps else _at_moments(challenge, rng)
    if not noise:
        return [(at_s, to_jpeg(scene(at_s))) for at_s in times_s]
    return [(at_s, to_jpeg(through_sensor(scene(at_s), rng))) for at_s in times_s]


def _frame_times(duration_s: float, fps: float, rng: random.Random) -> Sequence[float]:
    count = int((duration_s - 0.1) * fps)
    return [round((n + rng.uniform(0.3, 0.6)) / fps, 3) for n in range(count + 1)]


def _at_moments(challenge: Challenge, rng: random.Random) -> Sequence[float]:
    return [round(at_s + rng.uniform(0.0, CAMERA_GAP_S), 3) for at_s in challenge.pictures_s]


@cache
def noise_sheet() -> NDArray[np.int16]:
    """A sensor's noise in grey levels: shape (FRAME_HEIGHT_PX + 64, FRAME_WIDTH_PX + 64, 3).

    It is larger than a frame, so that each frame can take another piece of it.
    """
    shape = (FRAME_HEIGHT_PX + 64, FRAME_WIDTH_PX + 64, 3)
    noise = np.random.default_rng(1).normal(0.0, SENSOR_NOISE_GREY, shape)
    return np.asarray(np.round(noise), np.int16)


def through_sensor(picture: Pixels, rng: random.Random) -> Pixels:
    """The picture as a sensor takes it: a little lighter or darker, and noisy."""
    top, left = rng.randrange(64), rng.randrange(64)
    piece = noise_sheet()[top : top + FRAME_HEIGHT_PX, left : left + FRAME_WIDTH_PX]
    lit = cv2.convertScaleAbs(picture, alpha=rng.uniform(0.97, 1.03))
    return np.asarray(cv2.add(lit, piece, dtype=cv2.CV_8U), np.uint8)


def to_jpeg(picture: Pixels) -> bytes:
    """The JPEG that a phone would send."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


@cache
def _networks() -> Networks:
    return Networks(OpenCVRuntime())


_preparing = Lock()


@lru_cache(maxsize=64)
def picture_of(photo: bytes) -> Pixels:
    """The photograph as a phone's frame, with the widest face upright in its middle.

    Raises ValueError where there is no face in it.
    """
    image = read_image(photo)
    with _preparing:
        faces = _networks().faces(image)
    if not faces:
        raise ValueError("there is no face in the photograph")
    left, right = faces[0].eyes
    (across, down), (x, y) = right - left, (left + right) / 2
    turn = np.array([[across, down], [-down, across]]) * EYE_DISTANCE_PX / (across**2 + down**2)
    middle = np.array([FRAME_WIDTH_PX / 2, FRAME_HEIGHT_PX * 0.42])
    to_frame = np.column_stack([turn, middle - turn @ (x, y)])
    size = (FRAME_WIDTH_PX, FRAME_HEIGHT_PX)
    frame = cv2.warpAffine(
        image, to_frame, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(frame, np.uint8)


def can_draw(photo: bytes) -> bool:
    """Whether there is a face in the photograph that can be turned."""
    try:
        head_of(photo)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def head_of(photo: bytes) -> tuple[Head, float]:
    """The head, and the degrees by which it must be turned to look straight.

    Raises ValueError where there is no face in the photograph, or none that can be followed.
    """
    picture = picture_of(photo)
    with _preparing:
        mesh = _networks().mesh(picture, _networks().faces(picture)[0])
    if mesh is None:
        raise ValueError("the face in the photograph cannot be followed")
    return Head(picture, mesh), -DEGREES_PER_YAW * landmarks.yaw(mesh)


def tilted(picture: Pixels, aside_degrees: float, back_degrees: float, shift_px: float) -> Pixels:
    """The picture as a plane before a pinhole camera, turned about its upright and level axes.

    aside_degrees   above 0 turns its right edge away from the camera
    back_degrees    above 0 turns its upper edge away
    """
    height, width = picture.shape[:2]
    focal_px = 1.2 * height
    aside, back = np.radians(aside_degrees), np.radians(back_degrees)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    depth = focal_px - corners[:, 0] * np.sin(aside) - corners[:, 1] * np.sin(back)
    seen = corners * (np.cos(aside), np.cos(back)) * (focal_px / depth)[:, None]
    centre = np.array([width / 2, height / 2])
    matrix = cv2.getPerspectiveTransform(
        np.asarray(corners + centre, np.float32),
        np.asarray(seen + centre + (shift_px, shift_px / 2), np.float32),
    )
    moved = cv2.warpPerspective(
        picture, matrix, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=(96, 96, 96)
    )
    return np.asarray(moved, np.uint8)


def _side_by_side(first: Pixels, second: Pixels) -> Pixels:
    """Put both pictures into the upper part of one frame, the second a little farther away."""
    frame = np.full_like(first, 96)
    for picture, left, share in ((first, 0, 0.66), (second, FRAME_WIDTH_PX // 2, 0.58)):
        margin = round(FRAME_WIDTH_PX * (1 - 0.5 / share) / 2)
        middle = picture[:, margin : FRAME_WIDTH_PX - margin]
        size = (FRAME_WIDTH_PX // 2, round(FRAME_HEIGHT_PX * share))
        small = cv2.resize(middle, size, interpolation=cv2.INTER_AREA)
        frame[: size[1], left : left + size[0]] = small
    return frame
