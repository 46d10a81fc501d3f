"""Films and props that are not what they claim, for the simulated class and for tests only.

Nothing that judges imports this. The first functions change a burst. The others show a
photographed person by means that are not a living head.
"""

from __future__ import annotations

import random
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lab.pictures import rendering
from lab.pictures.rendering import Burst, Temper
from verification.domain.challenge import Challenge
from verification.engines.head import EYES, FACE_OVAL, Head, Pose
from verification.engines.images import Floats, Pixels, read_image
from verification.engines.networks import MESH_POINTS

ENCODED_ANEW_QUALITY = 62
HOLE_SCALE = 1.5
"""How much larger a hole is than the printed eye."""
BEND_RADIUS_WIDTHS = 0.5
"""Radius of a bent print in its widths: the print goes two radians around its cylinder."""
FOCAL_HEIGHTS = 1.2
DISPLAY_GAMMA = 2.2
FEATHER_PX = 4.0
WALL_GREY = 96


def reordered(burst: Burst, rng: random.Random) -> Burst:
    """The same pictures in a random order, at the times at which a camera would have taken them."""
    pictures = [jpeg for _, jpeg in burst]
    rng.shuffle(pictures)
    return [(at_s, jpeg) for (at_s, _), jpeg in zip(burst, pictures, strict=True)]


def duplicated(burst: Burst, rng: random.Random, *, anew: bool = False) -> Burst:
    """Replace the last three pictures by the first three, as in a film that runs in a loop.

    anew    compress them again and a little lighter, so that no byte and no pixel is the same
    """
    first = [encoded_anew(jpeg, rng) if anew else jpeg for _, jpeg in burst[:3]]
    return burst[:-3] + [(at_s, jpeg) for (at_s, _), jpeg in zip(burst[-3:], first, strict=True)]


def frozen_part(
    burst: Burst, rng: random.Random, *, from_s: float, seconds: float, anew: bool = False
) -> Burst:
    """Hold a film still for `seconds`, from `from_s` on. `anew` is as in `duplicated`."""
    still = next(jpeg for at_s, jpeg in burst if at_s >= from_s)
    return [
        (at_s, encoded_anew(still, rng) if anew else still)
        if from_s <= at_s <= from_s + seconds
        else (at_s, jpeg)
        for at_s, jpeg in burst
    ]


def frames_of_both(first: Burst, second: Burst) -> Burst:
    """Take every third picture from the other person's burst."""
    pairs = enumerate(zip(first, second, strict=False))
    return [(mine[0], theirs[1] if n % 3 == 2 else mine[1]) for n, (mine, theirs) in pairs]


def refilmed(burst: Burst, rng: random.Random, *, contrast: float = 0.2) -> Burst:
    """Show the burst on a display and film it from there.

    contrast    what the camera's optics leave of the display's grid of pixels: 0 (out of focus) to
                about 0.5; the grid is as fine as the sensor's, and so it is seen as moire
    """
    grid = display_grid(rng, contrast)
    return [
        (at_s, rendering.to_jpeg(seen_through(read_image(jpeg), grid, rng))) for at_s, jpeg in burst
    ]


def render_time_shifted(
    photo: bytes, challenge: Challenge, *, rng: random.Random, by_s: float, fps: float | None = None
) -> Burst:
    """The right moves in the right order, all `by_s` seconds too late (below 0, too early)."""
    prompts = tuple(
        replace(prompt, start_s=prompt.start_s + by_s, end_s=prompt.end_s + by_s)
        for prompt in challenge.prompts
    )
    moved = replace(challenge, prompts=prompts)
    return rendering.render_burst(photo, challenge, rng=rng, fps=fps, follows=moved)


def render_animated(
    photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    same_noise: bool = False,
) -> Burst:
    """A photograph that software turns and makes smile. Its eyes stay as they were photographed.

    same_noise      put the same noise over every picture, instead of none
    """
    head, straight = rendering.head_of(photo)
    sway, temper = rendering.Sway(rng), Temper.draw(rng)
    noise = rendering.noise_sheet()[: rendering.FRAME_HEIGHT_PX, : rendering.FRAME_WIDTH_PX]

    def scene(at_s: float) -> Pixels:
        pose = replace(temper.acted(at_s, challenge), eyes_closed=0.0)
        picture = head.draw(sway.pose(at_s, straight, pose))
        return _plus(picture, noise) if same_noise else picture

    return rendering.filmed(scene, challenge, rng, fps=fps, noise=False)


def render_bent_photo(
    photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    degrees: float = 35.0,
) -> Burst:
    """A print that is bent around an upright cylinder and turned to the sides when prompted."""
    picture, temper = rendering.picture_of(photo), Temper.draw(rng)
    share = degrees / temper.turn_degrees

    def scene(at_s: float) -> Pixels:
        return bent(picture, temper.acted(at_s, challenge).yaw_degrees * share)

    return rendering.filmed(scene, challenge, rng, fps=fps)


def render_cut_out_eyes(
    photo: bytes,
    other_photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
    degrees: float = 45.0,
) -> Burst:
    """A flat print with holes for the eyes, tilted when prompted. Behind it another person's eyes
    do what the prompts ask of eyes."""
    picture, behind, temper = rendering.picture_of(photo), _head(other_photo), Temper.draw(rng)
    share = degrees / temper.turn_degrees
    holes = eye_mask(mesh_of(photo), picture)

    def scene(at_s: float) -> Pixels:
        pose = temper.acted(at_s, challenge)
        aside = pose.yaw_degrees * share
        eyes = behind.draw(Pose(eyes_closed=pose.eyes_closed))
        hole = rendering.tilted(holes, aside, 0.0, 0.0) > 128
        return np.where(hole, eyes, rendering.tilted(picture, aside, 0.0, 0.0))

    return rendering.filmed(scene, challenge, rng, fps=fps)


def render_face_swap(
    photo: bytes,
    other_photo: bytes,
    challenge: Challenge,
    *,
    rng: random.Random,
    fps: float | None = None,
) -> Burst:
    """Lay the face of `photo` over the moving head of `other_photo`, with skin and edges adapted.

    It moves and smiles with the head below. Its eyes stay those of a photograph.
    """
    head, temper = Head(swapped(photo, other_photo), mesh_of(other_photo)), Temper.draw(rng)
    straight, sway = rendering.head_of(other_photo)[1], rendering.Sway(rng)

    def scene(at_s: float) -> Pixels:
        pose = replace(temper.acted(at_s, challenge), eyes_closed=0.0)
        return head.draw(sway.pose(at_s, straight, pose))

    return rendering.filmed(scene, challenge, rng, fps=fps)


def _head(photo: bytes) -> Head:
    return rendering.head_of(photo)[0]


def encoded_anew(jpeg: bytes, rng: random.Random) -> bytes:
    lighter = cv2.convertScaleAbs(read_image(jpeg), alpha=rng.uniform(1.01, 1.03))
    quality = [cv2.IMWRITE_JPEG_QUALITY, ENCODED_ANEW_QUALITY]
    return cv2.imencode(".jpg", lighter, quality)[1].tobytes()


def _plus(picture: Pixels, noise: NDArray[np.int16]) -> Pixels:
    return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)


def display_grid(rng: random.Random, contrast: float) -> Floats:
    """The light of a white display as the sensor samples it: rows, and stripes of three colours.

    It has the grid's first harmonic only, which is all that optics leave. One pixel of the display
    is 0.72-0.9 or 1.12-1.4 pixels of the frame, turned by up to 5 degrees. The shape is (height,
    width, 3).
    """
    pitch = rng.choice([rng.uniform(0.72, 0.9), rng.uniform(1.12, 1.4)])
    angle = np.radians(rng.uniform(1.0, 5.0))
    rows, columns = np.mgrid[: rendering.FRAME_HEIGHT_PX, : rendering.FRAME_WIDTH_PX]
    across = (columns * np.cos(angle) + rows * np.sin(angle)) / pitch
    down = (rows * np.cos(angle) - columns * np.sin(angle)) / pitch
    stripes = np.cos(2 * np.pi * (across[..., None] - np.arange(3) / 3))
    lines = np.cos(2 * np.pi * down)[..., None]
    return np.asarray(1 + contrast * (stripes + lines) / 2, np.float32)


def seen_through(picture: Pixels, grid: Floats, rng: random.Random) -> Pixels:
    light = (picture / 255.0) ** DISPLAY_GAMMA * grid
    seen = np.clip(light, 0, 1) ** (1 / DISPLAY_GAMMA) * 255
    return rendering.through_sensor(np.asarray(np.round(seen), np.uint8), rng)


def mesh_of(photo: bytes) -> Floats:
    """The face's 468 points in the photograph as a frame."""
    return rendering.head_of(photo)[0].points[:MESH_POINTS]


def bent(picture: Pixels, degrees: float) -> Pixels:
    """The picture around a cylinder, turned about its upright axis before a pinhole camera."""
    height, width = picture.shape[:2]
    radius, focal = BEND_RADIUS_WIDTHS * width, FOCAL_HEIGHTS * height
    along = np.linspace(-width / 2, width / 2, 4 * width)
    angle = along / radius + np.radians(degrees)
    depth = focal + radius * (1 - np.cos(angle))
    seen = radius * np.sin(angle) * focal / depth
    facing = np.abs(angle) < np.pi / 2
    columns = np.arange(width) - width / 2
    source = np.interp(columns, seen[facing], along[facing], left=-width, right=-width)
    scale = np.interp(columns, seen[facing], depth[facing] / focal)
    rows = (np.arange(height) - height / 2)[:, None] * scale[None, :] + height / 2
    columns_there = np.broadcast_to(source[None, :] + width / 2, rows.shape)
    return np.asarray(
        cv2.remap(
            picture,
            columns_there.astype(np.float32),
            rows.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(WALL_GREY,) * 3,
        ),
        np.uint8,
    )


def eye_mask(mesh: Floats, picture: Pixels) -> Pixels:
    """A mask that is white where the holes are, with three channels as the picture has."""
    mask = np.zeros_like(picture)
    for upper, lower in EYES:
        points = mesh[[*upper, *lower[-2:0:-1]], :2]
        hole = points.mean(axis=0) + HOLE_SCALE * (points - points.mean(axis=0))
        cv2.fillConvexPoly(mask, np.round(hole).astype(np.int32), (255, 255, 255))
    return mask


def swapped(photo: bytes, other_photo: bytes) -> Pixels:
    """The other's picture with this face's texture on its mesh, triangle by triangle."""
    face, picture, mesh = (
        rendering.head_of(photo)[0],
        rendering.picture_of(other_photo),
        mesh_of(other_photo),
    )
    goal = np.concatenate([mesh, rendering.head_of(other_photo)[0].points[MESH_POINTS:]])
    size = np.array(picture.shape[1::-1])
    laid = face.redraw(face.image, goal[face.triangles], np.zeros(2, int), size)
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(mesh[list(FACE_OVAL), :2]).astype(np.int32)], 1)
    core = cv2.erode(inside, np.ones((9, 9), np.uint8)).astype(np.float32)
    share = np.asarray(cv2.GaussianBlur(core, (0, 0), FEATHER_PX))[..., None]
    shade = picture[inside > 0].mean(axis=0) - laid[inside > 0].mean(axis=0)
    mixed = share * np.clip(laid + shade, 0, 255) + (1 - share) * picture
    return np.asarray(np.round(mixed), np.uint8)
