"""Recognises faces in chosen frames, and compares them with a reference and with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import numpy as np

from verification.engines import sampling
from verification.engines.base import Template
from verification.engines.embedders import Embedder
from verification.engines.images import Floats, Pixels
from verification.engines.network_sets import NetworkSet
from verification.engines.networks import Face
from verification.engines.passive import PassiveDetector, median_score
from verification.engines.sights import Sight

PASSIVE_FRAMES = 7
"""How many frontal frames passive attack detection sees: single ones err (engines/passive.py)."""


def embed(lent: NetworkSet, sight: Sight) -> Floats:
    """Embed the face by the mesh's landmarks where it was followed, which are as good as the
    detector's (LFW fold 1: accuracy 99.5 % with either, or with one of each)."""
    if sight.face is None:
        raise ValueError("a frame without a face has no embedding")
    return embed_face(lent, sight.pixels, sight.face)


def embed_face(lent: NetworkSet, pixels: Pixels, face: Face) -> Floats:
    return lent.embedder.embed(pixels, face)


def score(embedder: Embedder, a: Floats, b: Floats) -> float:
    return float(embedder.scores(a[None], b[None])[0, 0])


def comparison(
    embedder: Embedder,
    vectors: list[Floats],
    reference: Template | None,
    *,
    of_all: Callable[[Iterable[float]], float] = min,
) -> float | None:
    """The lowest of the scores with the reference, or what else ``of_all`` makes of them."""
    if reference is None or not vectors:
        return None
    target = np.asarray(reference.vector, np.float32)
    return of_all(score(embedder, vector, target) for vector in vectors)


def lowest_score(embedder: Embedder, vectors: list[Floats]) -> float | None:
    return min((score(embedder, a, b) for a, b in combinations(vectors, 2)), default=None)


def passive_score(passive: PassiveDetector | None, seen: list[Sight]) -> float | None:
    if passive is None:
        return None
    straight = sampling.straightest(seen, PASSIVE_FRAMES)
    return median_score(passive, [(s.pixels, s.face.box) for s in straight if s.face is not None])
