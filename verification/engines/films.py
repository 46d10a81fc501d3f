"""A live film as it comes: each picture is measured when it is received, the face at the end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import Lock
from weakref import WeakSet

from verification.domain.challenge import Challenge
from verification.domain.live_moves import MOVES
from verification.domain.measurements import FrameMeasurement
from verification.engines import recognising, sampling
from verification.engines.base import BurstMeasurement, EngineBusy, Template, UnreadableImage
from verification.engines.camera_signs import measure_camera
from verification.engines.images import Floats, read_image, reduced
from verification.engines.network_sets import NetworkPool, NetworkSet
from verification.engines.picture_measures import measurement, planar_fits
from verification.engines.sights import Sight, sight_after

SIDE_PX = 480
"""The longest side of a picture of a film. The page sends 360x480; larger ones are reduced."""
DETECT_EVERY = 8
"""The detector is asked at every eighth picture, once a second, and where the face was lost."""
KEPT_BEFORE = 12
"""How many pictures are kept while a good face is looked for: those of the person at rest are the
last eight at most."""
KEPT = 240
"""The most pictures that are kept of a film, of half a megabyte each. Whoever needs eight seconds
for each move is filmed in 200, most people in 40."""
KEPT_SHARE, KEPT_TOGETHER = 90, 700
"""A film may have so many pictures in any case, and more while all films of the process together
have fewer than that, which is 350 MB."""
WAIT_S, FINISH_WAIT_S = 2.0, 15.0
"""How long a picture waits for a set of networks, and how long the whole film waits for one."""

_films: WeakSet[MeasuringFilm] = WeakSet()
"""The films of this process that are not over."""
_counting = Lock()


class MeasuringFilm:
    """Implements FilmMeasuring with the networks of a pool, which it borrows for each picture."""

    def __init__(self, pool: NetworkPool, reference: Template | None) -> None:
        self._pool, self._reference = pool, reference
        self._files: list[bytes] = []
        self._sights: list[Sight] = []
        self._measured: list[FrameMeasurement] = []
        self._vectors: dict[float, Floats] = {}
        self._count = 0
        self._start: Floats | None = None
        self._has_rest = False
        with _counting:
            _films.add(self)

    def look(self, frame: bytes, at_s: float, *, eyes: bool) -> FrameMeasurement:
        """See FilmMeasuring."""
        self._make_room()
        pixels = reduced(read_image(frame), SIDE_PX)
        previous = self._sights[-1] if self._sights else None
        if previous is not None and pixels.shape != previous.pixels.shape:
            raise UnreadableImage("the pictures of a film have one size")
        with self._pool.lend(wait_s=WAIT_S) as lent:
            follow = None if self._count % DETECT_EVERY == 0 else previous
            sight = replace(sight_after(lent.networks, pixels, follow), at_s=at_s)
            measured = self._measure(lent, sight, previous, eyes=eyes)
        self._count += 1
        self._files.append(frame)
        self._sights.append(sight)
        self._measured.append(measured)
        return measured

    def _make_room(self) -> None:
        """Forget the oldest picture before the person was seen at rest, and none afterwards. Raises
        EngineBusy where there is no room for more."""
        if not self._has_rest:
            self._keep_last(KEPT_BEFORE - 1)
            return
        with _counting:
            own, together = len(self._sights), sum(len(film._sights) for film in _films)
        if own >= KEPT or (own >= KEPT_SHARE and together >= KEPT_TOGETHER):
            raise EngineBusy

    def _keep_last(self, count: int) -> None:
        for rows in (self._files, self._sights, self._measured):
            del rows[: max(len(rows) - count, 0)]

    def _measure(
        self, lent: NetworkSet, sight: Sight, previous: Sight | None, *, eyes: bool
    ) -> FrameMeasurement:
        """Measure the picture. The first face that is seen is what later ones are compared with."""
        if sight.mesh is None:
            return FrameMeasurement(sight.at_s, sight.faces)
        if self._start is None:
            self._start = sight.mesh
        measured = measurement(sight, previous, self._start)
        if not eyes:
            return measured
        openness = lent.networks.eye_openness(sight.pixels, sight.mesh)
        return replace(measured, eye_openness=round(openness, 4))

    def rest(self, count: int) -> None:
        """See FilmMeasuring."""
        self._keep_last(count)
        self._has_rest = True
        self._start = self._sights[-1].mesh

    def recognise_ahead(self, challenge: Challenge) -> None:
        """See FilmMeasuring. Where all networks are lent, it is left for the end."""
        straight = sampling.between(self._sights, challenge)
        if len(challenge.prompts) < MOVES:
            straight = straight[:1]  # the other one lies before the last prompt
        with suppress(EngineBusy), self._pool.lend(wait_s=0.0) as lent:
            for sight in (*straight, *self._moving(challenge)):
                self._vector(lent, sight)

    def _moving(self, challenge: Challenge) -> list[Sight]:
        return sampling.moving(self._sights, self._measured, challenge, blink_frames=1)

    def _vector(self, lent: NetworkSet, sight: Sight) -> Floats:
        """The face of that picture, recognised once."""
        if sight.at_s not in self._vectors:
            self._vectors[sight.at_s] = recognising.embed(lent, sight)
        return self._vectors[sight.at_s]

    def finish(self, challenge: Challenge) -> BurstMeasurement:
        """See FilmMeasuring."""
        seen, measured = list(self._sights), list(self._measured)
        with self._pool.lend(wait_s=FINISH_WAIT_S) as lent:
            straight = [self._vector(lent, s) for s in sampling.between(seen, challenge)]
            moving = [self._vector(lent, s) for s in self._moving(challenge)]
            others = [recognising.embed_face(lent, *other) for other in sampling.others(seen)]
            passive = recognising.passive_score(lent.passive, seen)
            embedder = lent.embedder
        boxes = [None if sight.face is None else sight.face.box for sight in seen]
        times_s = [sight.at_s for sight in seen]
        pictures = [sight.pixels for sight in seen]
        return BurstMeasurement(
            frames=self._with_fits(seen, measured),
            comparison_score=recognising.comparison(embedder, straight, self._reference),
            lowest_self_score=recognising.lowest_score(embedder, straight + moving),
            moves_score=recognising.comparison(embedder, moving, self._reference),
            others_score=recognising.comparison(embedder, others, self._reference, of_all=max),
            faces_max=max((sight.faces for sight in seen), default=0),
            frames_without_face=sum(sight.faces == 0 for sight in seen),
            camera=measure_camera(self._files, pictures, times_s, boxes),
            passive_score=passive,
        )

    def _with_fits(
        self, seen: list[Sight], measured: list[FrameMeasurement]
    ) -> tuple[FrameMeasurement, ...]:
        """The measurements, with how flat the pictures are that changed most."""
        rest = next((sight for sight in seen if sight.mesh is not None), None)
        if rest is None or rest.mesh is None:
            return tuple(measured)
        fits = planar_fits(seen, rest.pixels, rest.mesh)
        return tuple(replace(frame, planar_fit=fits.get(frame.at_s)) for frame in measured)
