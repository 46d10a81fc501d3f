"""How often two honest phones are taken for one, and which copies of a trace are found.

Several kinds of phones are drawn, and compared by the server's own rule. What honest phones may
have in common is drawn as well: the same advertisements heard at the same moments, and a swing that
both feel, as when somebody walks between them and the beacon.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from beacon.protocol import SLOT_S
from lab.evaluation.radio import FADING_DB, LISTENS_S, RECEIVED_PER_S
from verification.domain.policy import Policy
from verification.domain.traces import Reading, Trace, is_copy

COPIES, SEED = 1_000, 20261129
SENT_PER_S = 8.0
_BEGINS_S = 1_800_000_000.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of honest phone.

    pairs     how many pairs of it are drawn: fewer where a pair takes longer to compare
    heard     how many of the advertisements of `LISTENS_S` it hears
    fading_db the standard deviation of one reading, in dB
    shared    the part of the variance that both phones feel alike
    together  whether both hear the very same advertisements
    """

    name: str
    pairs: int
    heard: int
    fading_db: float = FADING_DB
    shared: float = 0.0
    together: bool = False


_FEW, _ALL = Policy().bt_min_samples, int(SENT_PER_S * LISTENS_S)
_SOME = int(RECEIVED_PER_S * LISTENS_S)
KINDS = (
    Kind(name=f"{_SOME} advertisements of {_ALL}", pairs=10_000, heard=_SOME),
    Kind(name="all of them", pairs=1_000, heard=_ALL),
    Kind(name="all of them, half of the variance shared", pairs=1_000, heard=_ALL, shared=0.5),
    Kind(name=f"as few as count, {_FEW}", pairs=50_000, heard=_FEW),
    Kind(name=f"the same {_FEW}", pairs=50_000, heard=_FEW, together=True),
    Kind(
        name=f"the same {_FEW}, half of the variance shared",
        pairs=50_000,
        heard=_FEW,
        together=True,
        shared=0.5,
    ),
    Kind(
        name=f"the same {_FEW}, where phones lie still (1 dB)",
        pairs=50_000,
        heard=_FEW,
        together=True,
        fading_db=1.0,
    ),
)

Change = Callable[[Trace, random.Random], Trace]


@dataclass(frozen=True)
class Row:
    """How many of so many pairs of traces were taken for copies."""

    name: str
    pairs: int
    taken: int


def honest_rows(one_in: int = 1) -> Iterator[Row]:
    """For each kind of phone, pairs of honest ones that were taken for copies.

    ``one_in`` says of how many of a kind's pairs one is drawn.
    """
    for kind in KINDS:
        rng, pairs = random.Random(f"{SEED} {kind.name}"), kind.pairs // one_in
        taken = sum(_taken(*_two_in_a_room(kind, rng)) for _ in range(pairs))
        yield Row(kind.name, pairs, taken)


def copy_rows(copies: int = COPIES) -> Iterator[Row]:
    """For each way to change a friend's trace, how many of the copies were found."""
    for name, change in CHANGES.items():
        rng = random.Random(f"{SEED} {name}")
        originals = [_two_in_a_room(KINDS[0], rng)[0] for _ in range(copies)]
        taken = sum(_taken(original, change(original, rng)) for original in originals)
        yield Row(name, copies, taken)


def _taken(one: Trace, other: Trace) -> bool:
    return is_copy(one, other, readings_min=Policy().bt_min_samples)


def _two_in_a_room(kind: Kind, rng: random.Random) -> tuple[Trace, Trace]:
    swing = [rng.gauss(0.0, kind.fading_db) for _ in range(_ALL)]
    mine, others = (rng.sample(range(_ALL), kind.heard) for _ in range(2))
    theirs = mine if kind.together else others
    return _heard(kind, mine, swing, rng), _heard(kind, theirs, swing, rng)


def _heard(
    kind: Kind, advertisements: Sequence[int], swing: Sequence[float], rng: random.Random
) -> Trace:
    """What a phone reports: whole dBm, and times to a hundredth of a second before it sends."""
    mean_dbm, sends_s = rng.uniform(-80, -50), rng.uniform(0.0, 1.0)
    own, common = (1 - kind.shared) ** 0.5, kind.shared**0.5
    readings = []
    for n in sorted(advertisements):
        at_s = n / SENT_PER_S
        strength = mean_dbm + own * rng.gauss(0.0, kind.fading_db) + common * swing[n]
        slot = int((_BEGINS_S + at_s) // SLOT_S)
        readings.append(Reading(slot, float(round(strength)), round(at_s + sends_s, 2)))
    return Trace(tuple(readings))


# --- copies ---------------------------------------------------------------------------


def _each(change: Callable[[Reading, random.Random], Reading]) -> Change:
    return lambda trace, rng: Trace(tuple(change(reading, rng) for reading in trace.readings))


def _louder(reading: Reading, rng: random.Random) -> Reading:
    return reading._replace(rssi_dbm=reading.rssi_dbm - 4.0)


def _rough(reading: Reading, rng: random.Random) -> Reading:
    return reading._replace(rssi_dbm=reading.rssi_dbm + rng.uniform(-0.5, 0.5))


def _untimed(reading: Reading, rng: random.Random) -> Reading:
    return reading._replace(at_s=None)


def _one_in_ten_changed(trace: Trace, rng: random.Random) -> Trace:
    readings = list(trace.readings)
    for place in rng.sample(range(len(readings)), len(readings) // 10):
        changed = readings[place].rssi_dbm + rng.choice((-1, 1)) * rng.uniform(3.0, 12.0)
        readings[place] = readings[place]._replace(rssi_dbm=changed)
    return Trace(tuple(readings))


def _cut_short(trace: Trace, rng: random.Random) -> Trace:
    """The last readings only, as few as are accepted."""
    return Trace(trace.readings[-Policy().bt_min_samples :])


def _thinned(trace: Trace, rng: random.Random) -> Trace:
    left = sorted(rng.sample(range(len(trace.readings)), int(0.7 * len(trace.readings))))
    return Trace(tuple(trace.readings[place] for place in left))


CHANGES: dict[str, Change] = {
    "verbatim": lambda trace, rng: trace,
    "4 dB weaker": _each(_louder),
    "one value in ten changed by 3 to 12 dB": _one_in_ten_changed,
    "each value changed by up to half a dB": _each(_rough),
    "without times, one value in ten changed": lambda trace, rng: _one_in_ten_changed(
        _each(_untimed)(trace, rng), rng
    ),
    "cut short to as few as are accepted": _cut_short,
    "three readings in ten left out": _thinned,
}


def as_markdown(honest: Sequence[Row], copies: Sequence[Row]) -> str:
    """The two tables as they stand in docs/bluetooth.md."""
    lines = ["| Two honest phones that hear | pairs | taken for copies |", "|---|---|---|"]
    lines += [f"| {row.name} | {row.pairs:,} | {row.taken} |" for row in honest]
    lines += ["", "| A copy | copies | found |", "|---|---|---|"]
    lines += [
        f"| {row.name} | {row.pairs:,} | {100 * row.taken / row.pairs:.1f} % |" for row in copies
    ]
    return "\n".join(lines)
