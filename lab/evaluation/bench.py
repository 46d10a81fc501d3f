"""How long verifications take, each pipeline in a process of its own and all in turn.

Taking turns spreads the rest of the machine's load over all pipelines alike, and a process of
its own tells how much memory each pipeline needs. Nothing that imports NumPy may be imported at
the top, because the number of threads must be set before that.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Protocol

from verification.domain.challenge import Challenge

PEER = "face_recognition"
QUICK_PEER = "face_recognition, not upsampled"
"""The peer for programs that find HOG too slow: they do not enlarge the picture, and miss small
faces."""
PEERS = (PEER, QUICK_PEER)
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

ON = " on "
"""What stands between the names of an engine and of the runtime of its networks."""

Burst = list[tuple[float, bytes]]


@dataclass(frozen=True)
class Look:
    """One picture of a live film as the engine was given it.

    eyes    whether the eyes are measured
    rest    how many pictures until then show the person at rest, where the film begins; else 0
    """

    frame: bytes
    at_s: float
    eyes: bool
    rest: int = 0


@dataclass(frozen=True)
class Film:
    """A live film, and its prompts as they were shown."""

    looks: tuple[Look, ...]
    challenge: Challenge


@dataclass(frozen=True)
class Load:
    """What every pipeline is given.

    reference       the enrolled picture
    picture         the picture to verify
    bursts          by their number of frames
    challenge       the challenge that the bursts answer
    film            a live film, for the pipelines that measure one
    """

    reference: bytes
    picture: bytes
    bursts: dict[int, Burst]
    challenge: Challenge
    film: Film

    def of_pictures(self) -> Load:
        """The same without bursts and a film, for workers that are timed with pictures only."""
        return replace(self, bursts={}, film=replace(self.film, looks=()))


@dataclass(frozen=True)
class Duration:
    """How long one call took, in ms of this process's CPU and of the wall clock."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True)
class Throughput:
    """How many verifications a worker makes in a second, by the wall clock and by its CPU time.

    The first number falls with the other load of the machine, the second hardly does.
    """

    per_second: float
    per_cpu_second: float


@dataclass(frozen=True)
class Memory:
    """How many MB a process holds after the verifications, and after the bursts as well.

    Both are None where the system does not tell.
    """

    picture_mb: float | None
    bursts_mb: float | None


class Pipeline(Protocol):
    """One way to recognise a face. It has been given the reference."""

    def verify(self, picture: bytes) -> float | None:
        """Decode, detect, embed and compare. Returns a score, or None without a face."""
        ...

    def verify_burst(self, burst: Burst, challenge: Challenge) -> float | None:
        """Verify a burst, with everything that the pipeline does to one."""
        ...

    def verify_film(self, film: Film) -> float | None:
        """Verify a live film in the same way. Nothing is done where `measures_films` says no."""
        ...


class _EnginePipeline:
    def __init__(self, name: str, reference: bytes) -> None:
        from verification.engines import get_engine
        from verification.engines.runtimes import RUNTIMES

        engine, _, runtime = name.partition(ON)
        self._engine = get_engine(engine, runtime or RUNTIMES[0])
        template = self._engine.describe(reference)
        if template is None:
            raise ValueError(f"{name} finds no face in the reference")
        self._reference = template

    def verify(self, picture: bytes) -> float | None:
        template = self._engine.describe(picture)
        return None if template is None else self._engine.compare(self._reference, template)

    def verify_burst(self, burst: Burst, challenge: Challenge) -> float | None:
        frames, times_s = [frame for _, frame in burst], [at_s for at_s, _ in burst]
        measured = self._engine.measure_burst(frames, times_s, self._reference, challenge)
        return measured.comparison_score

    def verify_film(self, film: Film) -> float | None:
        measuring = self._engine.begin_film(self._reference)
        for look in film.looks:
            measuring.look(look.frame, look.at_s, eyes=look.eyes)
            if look.rest:
                measuring.rest(look.rest)
        return measuring.finish(film.challenge).comparison_score


class _PeerPipeline:
    """Encodes every frame, as such programs do with a camera's frames, and counts the matches."""

    def __init__(self, name: str, reference: bytes) -> None:
        from lab.evaluation import peer

        self._peer = peer.FaceRecognition(peer.UPSAMPLED if name == PEER else 0)
        encodings = self._peer.encodings(reference)
        if not encodings:
            raise ValueError(f"{name} finds no face in the reference")
        self._reference = encodings[0]

    def verify(self, picture: bytes) -> float | None:
        matches = self._peer.matches(self._reference, picture)
        return float(any(matches)) if matches else None

    def verify_burst(self, burst: Burst, challenge: Challenge) -> float | None:
        found = [self.verify(frame) for _, frame in burst]
        scores = [score for score in found if score is not None]
        return sum(scores) / len(scores) if scores else None

    def verify_film(self, film: Film) -> float | None:
        return None


class Worker:
    """A pipeline in a process of its own, with one thread. Whoever makes one closes it."""

    def __init__(self, name: str, load: Load) -> None:
        self._process = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_one_thread
        )
        self.name = name
        self._begin = self._process.submit(_begin, name, load)

    def ready(self) -> Memory:
        """Wait until the pipeline is loaded and warm.

        Raises WeightsMissing, ImportError, and ValueError where it does not recognise the person.
        """
        return self._begin.result()

    def time_picture(self) -> Duration:
        """Time one verification."""
        return self._process.submit(_time_picture).result()

    def time_burst(self, frames: int) -> Duration:
        """Time one burst of that many frames."""
        return self._process.submit(_time_burst, frames).result()

    def time_film(self) -> Duration:
        """Time one live film."""
        return self._process.submit(_time_film).result()

    def close(self) -> None:
        """End the worker's process."""
        self._process.shutdown(cancel_futures=True)

    def throughput_in(self, seconds: float) -> Callable[[], Throughput]:
        """Begin to verify for so long. Call what is returned to wait for the result."""
        return self._process.submit(_throughput, seconds).result


@dataclass(frozen=True)
class Figures:
    """What was measured of one pipeline.

    bursts          by the number of frames
    films           of the live film, none where the pipeline measures no films
    throughputs     by the number of workers that ran at once
    """

    name: str
    memory: Memory
    picture: Sequence[Duration]
    bursts: Mapping[int, Sequence[Duration]]
    films: Sequence[Duration]
    throughputs: Mapping[int, Throughput]


@dataclass(frozen=True)
class Repetitions:
    """How often, and for how long, each thing is measured."""

    runs: int
    burst_runs: int
    seconds: float
    worker_counts: Sequence[int] = (1, 2)


def measure(
    names: Sequence[str], load: Load, repetitions: Repetitions, tick: Callable[[], object]
) -> list[Figures]:
    """Each pipeline's figures, in the order of `names`; `tick` is called `ticks` times.

    Raises what `Worker.ready` raises.
    """
    with ExitStack() as opened:
        workers = [opened.enter_context(closing(Worker(name, load))) for name in names]
        memory = {worker.name: worker.ready() for worker in workers}
        pictures = _in_turn(workers, repetitions.runs, Worker.time_picture, tick)
        bursts = {
            frames: _in_turn(workers, repetitions.burst_runs, _burst_of(frames), tick)
            for frames in load.bursts
        }
        filming = [worker for worker in workers if measures_films(worker.name)]
        films = _in_turn(filming, repetitions.burst_runs, Worker.time_film, tick)
        throughputs = {
            worker.name: _throughputs(worker, load, repetitions, tick) for worker in workers
        }
    return [
        Figures(
            name=name,
            memory=memory[name],
            picture=pictures[name],
            bursts={frames: times[name] for frames, times in bursts.items()},
            films=films.get(name, ()),
            throughputs=throughputs[name],
        )
        for name in names
    ]


def measures_films(name: str) -> bool:
    """Whether the pipeline measures live films. Those of face_recognition would encode each of 40
    pictures, as they do with bursts, for whole seconds and to say the same as the bursts."""
    return name not in PEERS


def ticks(names: Sequence[str], load: Load, repetitions: Repetitions) -> int:
    """How often `measure` ticks."""
    each = (
        repetitions.runs
        + repetitions.burst_runs * len(load.bursts)
        + len(repetitions.worker_counts)
    )
    return each * len(names) + repetitions.burst_runs * sum(map(measures_films, names))


def _burst_of(frames: int) -> Callable[[Worker], Duration]:
    return lambda worker: worker.time_burst(frames)


def _in_turn(
    workers: Sequence[Worker],
    runs: int,
    time_once: Callable[[Worker], Duration],
    tick: Callable[[], object],
) -> dict[str, list[Duration]]:
    times: dict[str, list[Duration]] = {worker.name: [] for worker in workers}
    for _ in range(runs):
        for worker in workers:
            times[worker.name].append(time_once(worker))
            tick()
    return times


def _throughputs(
    first: Worker, load: Load, repetitions: Repetitions, tick: Callable[[], object]
) -> dict[int, Throughput]:
    with ExitStack() as opened:
        more = max(repetitions.worker_counts) - 1
        workers, pictures = [first], load.of_pictures()
        workers += [
            opened.enter_context(closing(Worker(first.name, pictures))) for _ in range(more)
        ]
        for worker in workers:
            worker.ready()
        throughputs = {}
        for count in repetitions.worker_counts:
            throughputs[count] = _mean_throughput(workers[:count], repetitions.seconds)
            tick()
    return throughputs


def _mean_throughput(workers: Sequence[Worker], seconds: float) -> Throughput:
    waiting = [worker.throughput_in(seconds) for worker in workers]
    throughputs = [rate() for rate in waiting]
    return Throughput(
        fmean(rate.per_second for rate in throughputs),
        fmean(rate.per_cpu_second for rate in throughputs),
    )


def _one_thread() -> None:
    os.environ |= dict.fromkeys(THREAD_VARIABLES, "1")


@dataclass(frozen=True)
class _Ready:
    pipeline: Pipeline
    load: Load


_ready: list[_Ready] = []
"""The pipeline of a worker's process: one, or none before `_begin`."""


def _begin(name: str, load: Load) -> Memory:
    make = _PeerPipeline if name in PEERS else _EnginePipeline
    pipeline: Pipeline = make(name, load.reference)
    if pipeline.verify(load.picture) is None:
        raise ValueError(f"{name} finds no face in the picture")
    resident = resident_mb()
    for burst in load.bursts.values():
        pipeline.verify_burst(burst, load.challenge)
    if load.film.looks:
        pipeline.verify_film(load.film)
    _ready[:] = [_Ready(pipeline, load)]
    return Memory(resident, resident_mb())


def _time_picture() -> Duration:
    return _timed(lambda: _ready[0].pipeline.verify(_ready[0].load.picture))


def _time_burst(frames: int) -> Duration:
    pipeline, load = _ready[0].pipeline, _ready[0].load
    return _timed(lambda: pipeline.verify_burst(load.bursts[frames], load.challenge))


def _time_film() -> Duration:
    return _timed(lambda: _ready[0].pipeline.verify_film(_ready[0].load.film))


def _timed(call: Callable[[], object]) -> Duration:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    call()
    return Duration(
        cpu_ms=1000 * (time.process_time() - cpu_s), wall_ms=1000 * (time.perf_counter() - wall_s)
    )


def _throughput(seconds: float) -> Throughput:
    began, cpu_began, count = time.perf_counter(), time.process_time(), 0
    while (passed := time.perf_counter() - began) < seconds:
        _time_picture()
        count += 1
    return Throughput(count / passed, count / (time.process_time() - cpu_began))


def resident_mb() -> float | None:
    """The memory of this process in MB of 10^6 bytes, or None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def as_picture(photograph: bytes, width: int = 640, height: int = 480) -> bytes:
    """Cut the photograph to its upper middle, where faces are: a camera's JPEG of that size."""
    from PIL import Image, ImageOps

    out = BytesIO()
    whole = Image.open(BytesIO(photograph)).convert("RGB")
    ImageOps.fit(whole, (width, height), centering=(0.5, 0.2)).save(out, "JPEG", quality=80)
    return out.getvalue()
