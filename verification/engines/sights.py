"""Looks at the frames of a burst. A face that was found once is followed from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verification.engines import landmarks
from verification.engines.cpu_limit import CpuLimit
from verification.engines.images import Floats, Pixels
from verification.engines.networks import MESH_VISIBILITY_MIN, Face, Networks

DETECT_EVERY = 3
"""The detector is asked at every third frame, since it takes twice as long as following a face
(docs/faces.md). A second face that stays for a second is in at least one of these frames."""


@dataclass(frozen=True)
class Sight:
    """A frame with what was found in it. Face and mesh are empty without a face.

    visibility  log-odds that the mesh lies on a whole face
    others      further faces that the detector saw, the widest first
    detected    False where the face was followed from the frame before, so that `faces` is 1
    """

    at_s: float
    pixels: Pixels
    faces: int
    face: Face | None = None
    mesh: Floats | None = None
    visibility: float = 0.0
    others: tuple[Face, ...] = ()
    detected: bool = True

    @property
    def yaw(self) -> float:
        """The yaw as landmarks.yaw measures it, 0 without a face."""
        return 0.0 if self.mesh is None else landmarks.yaw(self.mesh)


def look(
    networks: Networks,
    pictures: Sequence[Pixels],
    times_s: Sequence[float],
    *,
    every: int,
    limit: CpuLimit,
) -> list[Sight]:
    """A sight for each picture. The detector is asked at every nth, and where the face was lost.

    Raises TooCostlyImage where the limit is reached.
    """
    sights: list[Sight] = []
    for number, (pixels, at_s) in enumerate(zip(pictures, times_s, strict=True)):
        limit.require()
        previous = sights[-1] if sights and number % every else None
        sights.append(replace(sight_after(networks, pixels, previous), at_s=at_s))
    return sights


def sight_after(networks: Networks, pixels: Pixels, previous: Sight | None) -> Sight:
    """Look at the frame as if at time 0. The face is followed from the previous sight, and the
    detector is asked where there is none or the face was lost."""
    if previous is not None and previous.mesh is not None:
        followed = _follow(networks, pixels, previous.mesh)
        if followed is not None:
            return followed
    return detect(networks, pixels)


def _follow(networks: Networks, pixels: Pixels, mesh: Floats) -> Sight | None:
    now, visibility = networks.mesh_and_visibility(pixels, Face.from_mesh(mesh))
    if visibility < MESH_VISIBILITY_MIN:
        return None
    face = Face.from_mesh(now)
    return Sight(0.0, pixels, 1, face=face, mesh=now, visibility=visibility, detected=False)


def detect(networks: Networks, pixels: Pixels) -> Sight:
    """Look at the frame by itself, as if at time 0."""
    found = networks.faces(pixels)
    if not found:
        return Sight(0.0, pixels, faces=0)
    mesh, visibility = networks.mesh_and_visibility(pixels, found[0])
    if visibility < MESH_VISIBILITY_MIN:
        return Sight(0.0, pixels, faces=0)
    return Sight(
        0.0,
        pixels,
        len(found),
        face=found[0],
        mesh=mesh,
        visibility=visibility,
        others=tuple(found[1:]),
    )
