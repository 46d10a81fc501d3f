"""A photographed head that turns, smiles and closes its eyes, for simulations and tests only.

The photograph is laid over the mesh's depth. Then the points are moved, and the triangles are drawn
again from the back to the front.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.engines.head_mouth import darkened, jaw_of, smile_of
from verification.engines.images import Floats, Pixels

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
HEAD_RING, STILL_RING = 1.35, 2.1
"""Sizes of the two rings around the face. Hair and ears move with the head; from the second ring on
the background stays where it is."""


EYES = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263)),
)
"""Mesh indices of the upper and the lower lid of each eye, from corner to corner."""
BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
LASH_MARGIN, LASH_GREY = 0.16, 60
"""How far lashes reach beyond the lids, in eye widths, and the grey level of a shut eye's line."""


@dataclass(frozen=True)
class Pose:
    """How the head stands in one frame.

    yaw_degrees     above 0 turns the nose to the right of the frame
    pitch_degrees   above 0 looks up, below 0 down
    roll_degrees    above 0 leans the head to the right of the frame
    eyes_closed     from 0, as photographed, to 1, shut
    smile           from 0, as photographed, to 1, broad
    mouth_open      from 0, as photographed, to 1, wide open
    """

    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    eyes_closed: float = 0.0
    smile: float = 0.0
    roll_degrees: float = 0.0
    mouth_open: float = 0.0


class Head:
    """A photograph with its depth, which can be drawn in any pose within about 45 degrees.

    image       the photograph
    points      the face's mesh and two rings around it, in pixels of the photograph: (n, 3)
    triangles   indices of points: (m, 3)
    """

    def __init__(self, image: Pixels, mesh: Floats) -> None:
        self.image = image
        self._eyes = [(mesh[list(upper), :2], mesh[list(lower), :2]) for upper, lower in EYES]
        self._without_eyes = _without_eyes(image, mesh)
        self.points, self._rigid = _with_rings(mesh)
        self.triangles = _triangulate(self.points[:, :2], image.shape)
        self._centre = np.append(mesh[:, :2].mean(axis=0), np.percentile(mesh[:, 2], 90))

    def draw(self, pose: Pose) -> Pixels:
        """The frame in which the camera sees the head in this pose, as large as the photograph."""
        turned = self._turn(pose)
        corners = turned[self.triangles]
        low = np.maximum(np.floor(corners[..., :2].min(axis=(0, 1))).astype(int) - 1, 0)
        high = np.ceil(corners[..., :2].max(axis=(0, 1))).astype(int) + 2
        high = np.minimum(high, self.image.shape[1::-1])
        drawn = self.image.copy()
        patch = self.redraw(self._texture(pose), corners, low, high)
        drawn[low[1] : high[1], low[0] : high[0]] = patch
        return darkened(drawn, turned, pose.mouth_open) if pose.mouth_open > 0 else drawn

    def _turn(self, pose: Pose) -> Floats:
        yaw, pitch = np.radians(pose.yaw_degrees), np.radians(-pose.pitch_degrees)
        around_y = np.array(
            [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
        )
        around_x = np.array(
            [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        )
        turn = _around_z(pose.roll_degrees) @ around_x @ around_y
        moved = (self._expressed(pose) - self._centre) @ turn.T + self._centre
        moved[:, :2] += pose.shift_px
        share = self._rigid[:, None]
        return np.asarray(share * moved + (1 - share) * self.points, np.float32)

    def _expressed(self, pose: Pose) -> Floats:
        """The points, with the mouth and the chin where the pose has them."""
        if not pose.smile and not pose.mouth_open:
            return self.points
        points = self.points.copy()
        if pose.smile:
            points[:, :2] += pose.smile * smile_of(self.points[:, :2])
        if pose.mouth_open:
            points[:, :2] += pose.mouth_open * jaw_of(self.points[:, :2])
        return points

    def _texture(self, pose: Pose) -> Pixels:
        """The photograph, with the lids as far down as the pose has them."""
        if pose.eyes_closed <= 0:
            return self.image
        covered = np.zeros(self.image.shape[:2], np.uint8)
        edges = []
        for upper, lower in self._eyes:
            edge = upper + pose.eyes_closed * (lower - upper)
            margin_px = LASH_MARGIN * float(np.linalg.norm(upper[-1] - upper[0]))
            lifted = upper - np.array([0, margin_px])
            dropped = edge + np.array([0, margin_px * pose.eyes_closed])
            cv2.fillPoly(covered, [np.concatenate([lifted, dropped[::-1]]).astype(np.int32)], 255)
            edges.append(edge.astype(np.int32))
        share = cv2.GaussianBlur(covered, (0, 0), 1.5)[..., None] / np.float32(255)
        texture = np.asarray(share * self._without_eyes + (1 - share) * self.image, np.uint8)
        return np.asarray(
            cv2.polylines(texture, edges, False, (LASH_GREY,) * 3, 2, cv2.LINE_AA), np.uint8
        )

    def redraw(
        self, texture: Pixels, corners: Floats, low: NDArray[np.int_], high: NDArray[np.int_]
    ) -> Pixels:
        """Draw the texture on triangles that were moved, in the part of the frame from low to high.

        texture     takes the photograph's place and has its points
        corners     where each triangle is drawn: (m, 3, 3)
        low, high   (x, y) in whole pixels; the lower ones belong to the part
        """
        # A map of triangle numbers, filled from the back to the front, says which pixel shows
        # which.
        width, height = high - low
        owner = np.zeros((height, width), np.int32)
        fixed_point = np.round((corners[..., :2] - low) * 16).astype(np.int32)
        for index in np.argsort(-corners[..., 2].mean(axis=1)):
            cv2.fillConvexPoly(owner, fixed_point[index], int(index) + 1, shift=4)
        maps = self._affine_maps(corners - np.append(low, 0))[owner]
        columns = np.arange(width, dtype=np.float32)[None, :]
        rows = np.arange(height, dtype=np.float32)[:, None]
        map_x = maps[..., 0] * columns + maps[..., 1] * rows + maps[..., 2]
        map_y = maps[..., 3] * columns + maps[..., 4] * rows + maps[..., 5]
        outside = owner == 0
        map_x[outside] = np.broadcast_to(columns + low[0], owner.shape)[outside]
        map_y[outside] = np.broadcast_to(rows + low[1], owner.shape)[outside]
        return np.asarray(
            cv2.remap(texture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )

    def _affine_maps(self, corners: Floats) -> Floats:
        """Maps from drawn pixels back to the photograph: (triangles + 1, 6), with row 0 unused."""
        here = np.concatenate([corners[..., :2], np.ones((*corners.shape[:2], 1))], axis=2)
        flat = np.abs(np.linalg.det(here)) < 1e-3
        here[flat] = np.eye(3)
        there = self.points[self.triangles][..., :2]
        solved = np.linalg.solve(here, there).transpose(0, 2, 1).reshape(-1, 6)
        return np.concatenate([np.zeros((1, 6)), solved]).astype(np.float32)


def _without_eyes(image: Pixels, mesh: Floats) -> Pixels:
    """The photograph with skin in the place of eyes, lashes and brows."""
    flat = mesh[:, :2].astype(np.int32)
    skin = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(skin, [flat[list(FACE_OVAL)]], 255)
    for feature in (*(upper + lower[::-1] for upper, lower in EYES), *BROWS):
        cv2.fillConvexPoly(skin, cv2.convexHull(flat[list(feature)]), 0)
    eye_px = float(np.linalg.norm(mesh[EYES[0][0][-1], :2] - mesh[EYES[0][0][0], :2]))
    reach = int(LASH_MARGIN * eye_px) + 2
    share = (cv2.erode(skin, np.ones((reach, reach), np.uint8)) / np.float32(255))[..., None]
    spread = (0, 0), 0.6 * eye_px
    light = cv2.GaussianBlur(np.asarray(image * share, np.float32), *spread)
    weight = cv2.GaussianBlur(share, *spread)[..., None]
    return np.asarray(light / np.maximum(weight, 1e-3), np.uint8)


def _around_z(degrees: float) -> Floats:
    """The turn in the plane of the frame that leans what is upright to its right."""
    roll = np.radians(degrees)
    return np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]], np.float32
    )


def _with_rings(mesh: Floats) -> tuple[Floats, Floats]:
    """The mesh, two rings around it, and how far each point moves with the head (1 or 0)."""
    oval = mesh[list(FACE_OVAL)]
    centre = mesh[:, :2].mean(axis=0)
    rings = []
    for factor, depth in ((HEAD_RING, 1.15), (STILL_RING, 1.3)):
        ring = oval.copy()
        ring[:, :2] = centre + (oval[:, :2] - centre) * factor
        ring[:, 2] = oval[:, 2].max() * depth
        rings.append(ring)
    rigid = np.ones(len(mesh) + 2 * len(oval), np.float32)
    rigid[-len(oval) :] = 0.0
    return np.concatenate([mesh, *rings]), rigid


def _triangulate(points: Floats, shape: tuple[int, ...]) -> NDArray[np.int_]:
    """Delaunay triangles as indices of points: (n, 3)."""
    local = np.asarray(points - points.min(axis=0) + 2, np.float32)
    width, height = np.ceil(local.max(axis=0)).astype(int) + 2
    plane = cv2.Subdiv2D((0, 0, int(width), int(height)))
    vertices: list[list[float]] = local.tolist()
    plane.insert(vertices)
    number = {tuple(vertex): index for index, vertex in enumerate(vertices)}
    corners = np.asarray(plane.getTriangleList()).reshape(-1, 3, 2).tolist()
    triangles = [[number.get(tuple(corner), -1) for corner in triangle] for triangle in corners]
    return np.array([triangle for triangle in triangles if min(triangle) >= 0], int)
