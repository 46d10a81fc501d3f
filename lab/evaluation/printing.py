"""Figures as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median

from rich.table import Table

from lab.evaluation.bench import Duration, Figures
from lab.evaluation.calibration import CalibrationTable
from lab.evaluation.drawn_attacks import Fate
from lab.evaluation.enrolments import TRIES, Enrolments
from lab.evaluation.error_rates import DetectionErrors, Interval, Proportion
from lab.evaluation.faces import EngineReport, Rate, TarAtFar
from lab.evaluation.presentations import Kind

FEW = "*"
"""The mark of a figure that rests on few comparisons."""


def percent(value: float | None, interval: Interval | None) -> str:
    """A share and its 95 % interval, or a dash where there is none."""
    if value is None or interval is None:
        return "-"
    return f"{100 * value:.2f} % ({100 * interval.low:.2f} to {100 * interval.high:.2f})"


def counted(proportion: Proportion) -> str:
    """A share, its interval and the counts behind it."""
    if not proportion.total:
        return "-"
    shown = percent(proportion.value, proportion.interval)
    return f"{shown}, {proportion.count}/{proportion.total}"


def faces_table(reports: Sequence[EngineReport]) -> Table:
    """The table of the engines, with a column for each."""
    table = Table(title="Comparison of faces, 95 % intervals in brackets")
    table.add_column("")
    for report in reports:
        table.add_column(report.engine, justify="right", overflow="fold")
    rows = [_cells(report) for report in reports]
    for label in rows[0]:
        table.add_row(label, *(cells[label] for cells in rows))
    return table


def _cells(report: EngineReport) -> dict[str, str]:
    right, error = report.accuracy.right, report.accuracy.standard_error
    return {
        "Genuine pairs": f"{report.genuine:,}",
        "Impostor pairs": f"{report.impostor:,}",
        "Accuracy": percent(right.value, right.interval),
        "Standard error of the folds' mean": "-" if error is None else f"{100 * error:.2f} %",
        "Best threshold": f"{report.threshold:.4f}",
        "EER": _rate(report.eer),
        **{f"TAR at FAR {tar.far:g}": _tar(tar) for tar in report.tars},
        **{f"  threshold at FAR {tar.far:g}": f"{tar.threshold:.4f}" for tar in report.tars},
        "Pictures": f"{report.gallery.pictures:,}",
        "No face found": f"{len(report.gallery.faceless):,}",
        "Unreadable": f"{len(report.gallery.unreadable):,}",
        "Genuine pairs without a face": f"{report.pairs_without_face[0]:,}",
        "Impostor pairs without a face": f"{report.pairs_without_face[1]:,}",
    }


def _rate(rate: Rate) -> str:
    return percent(rate.value, rate.interval)


def _tar(tar: TarAtFar) -> str:
    return ("" if tar.is_well_supported else FEW) + _rate(tar.tar)


def faces_notes(reports: Sequence[EngineReport]) -> Iterator[str]:
    """What a reader has to know to read the table rightly."""
    if reports[0].is_cross_validated:
        yield "Accuracy: each fold is decided by the threshold that does best on the others."
    else:
        yield "Accuracy: at the threshold that does best on these same pairs, so a little high."
    yield "Intervals: EER and TAR by drawing people with replacement, the others by Wilson."
    yield "A pair without a face counts as a non-match, which is wrong of one person's pictures."
    if not all(tar.is_well_supported for report in reports for tar in report.tars):
        yield f"{FEW} fewer than ten impostor pairs lie above the threshold: take more pairs."
    for report in reports:
        if report.gallery.unreadable:
            yield f"Unreadable: {', '.join(report.gallery.unreadable[:10])}"


def calibration_lines(calibration: CalibrationTable, data: str, day: date) -> Iterator[str]:
    """The table as Python code, with how it was measured. `data` names the folder of pictures."""
    drawn = "all" if calibration.pictures == calibration.available else "drawn at random"
    yield f"# {calibration.engine}, {day.isoformat()}, {data}:"
    yield f"# {calibration.comparisons:,} comparisons of different people;"
    yield (
        f"# {calibration.pictures:,} pictures of {calibration.subjects:,} people, "
        f"{drawn} of {calibration.available:,} with a face"
    )
    yield "points=("
    for point in calibration.points:
        row = f"    ({point.fmr:.0e}, {point.score:.4f}),"
        yield f"{row}  # {point.above:,} at or above; FNMR {counted(point.fnmr)}"
    yield ")"
    if not calibration.points:
        yield "# Too few comparisons for any row: each needs ten at or above its score."


def presentations_table(engine: str, bona_fide: Kind, attacks: Sequence[Kind]) -> Table:
    """The table of the detectors, with a row for each.

    A row has the BPCER, then the APCER of each kind of attack and the highest of them.
    """
    table = Table(title=f"Attack detection by {engine}, 95 % intervals in brackets")
    table.add_column("Detector")
    table.add_column(f"BPCER\n{_presented(bona_fide)}", justify="right")
    for attack in attacks:
        table.add_column(f"APCER {attack.name}\n{_presented(attack)}", justify="right")
    table.add_column("Highest\nAPCER", justify="right")
    for name in bona_fide.errors:
        errors = [attack.errors[name] for attack in attacks]
        cells = [_wrong(bona_fide.errors[name]), *map(_wrong, errors)]
        table.add_row(name, *cells, _highest_apcer(errors))
    return table


def _presented(kind: Kind) -> str:
    return f"{kind.presentations:,} bursts, {kind.films:,} film{'s' * (kind.films != 1)}"


def _wrong(errors: DetectionErrors) -> str:
    silent = f"\n{errors.unanswered:,} unanswered" if errors.unanswered else ""
    return counted(errors.wrong) + silent


def _highest_apcer(errors: Sequence[DetectionErrors]) -> str:
    shares = [each.wrong.value for each in errors if each.wrong.value is not None]
    return f"{100 * max(shares):.2f} %" if shares else "-"


def presentations_notes(kinds: Sequence[Kind]) -> Iterator[str]:
    """What a reader has to know to read the table rightly."""
    yield "APCER: attacks let pass. BPCER: people taken for attacks. Neither counts unanswered."
    yield "Moves are not judged: a film follows no challenge. In a check-in they come on top."
    yield "Bursts of one film show one person and one scene: they weigh less than their number."
    for kind in kinds:
        if kind.too_short:
            yield f"{kind.name or 'Bona fide'}: {kind.too_short:,} films are shorter than a burst."


def fates_table(engine: str, fates: Sequence[Fate]) -> Table:
    """The table of what became of honest people and of drawn attacks, with a row for each kind."""
    table = Table(title=f"Drawn bursts judged by {engine}, 95 % intervals in brackets")
    table.add_column("Shown, or sent in place of a film")
    for heading in ("Refused", "To the teacher"):
        table.add_column(heading, justify="right")
    for fate in fates:
        table.add_row(fate.kind, counted(fate.refused), counted(fate.to_teacher))
    return table


def enrolment_lines(found: Enrolments, *, people: int) -> Iterator[str]:
    """What became of honest people who enrolled a face, in lines."""
    yield f"Films refused: {counted(found.refused)}"
    yield f"Of those from one face, seen from the front: {counted(found.plain)}"
    yield f"Refused {TRIES} times in a row: {counted(found.given_up)}"
    yield f"Drawn from photographs of {people:,} people."
    for reason, count in found.reasons.most_common():
        yield f"  {count:,} {reason}"


def bench_table(figures: Sequence[Figures], peers: Sequence[str]) -> Table:
    """A column for each pipeline. At the end stands its CPU time as a share of each peer's."""
    table = Table(title="Recognising a face, one thread a process")
    table.add_column("")
    for each in figures:
        table.add_column(each.name, justify="right", overflow="fold")
    rows = [_bench_cells(each) for each in figures]
    for label in rows[0]:
        table.add_row(label, *(cells.get(label, "-") for cells in rows))
    for peer in (each for each in figures if each.name in peers):
        table.add_section()
        for label, value in _cpu_ms(peer).items():
            shares = [f"{_cpu_ms(each)[label] / value:.2f}" for each in figures]
            table.add_row(f"{label}: CPU / that of {peer.name}", *shares)
    return table


def networks_table(found: Mapping[str, Mapping[str, Sequence[float]]]) -> Table:
    """CPU ms of each network alone: by its name, and by the name of the runtime."""
    table = Table(title="Each network alone, CPU ms of one picture: median (best)")
    table.add_column("")
    runtimes = list(next(iter(found.values())))
    for runtime in runtimes:
        table.add_column(runtime, justify="right")
    for name, times in found.items():
        table.add_row(name, *(f"{median(times[r]):.2f} ({min(times[r]):.2f})" for r in runtimes))
    return table


def _bench_cells(figures: Figures) -> dict[str, str]:
    cells = {}
    for label, times in _timed(figures).items():
        cpu, wall = [each.cpu_ms for each in times], [each.wall_ms for each in times]
        cells[f"{label}: CPU ms, median (best)"] = f"{median(cpu):,.1f} ({min(cpu):,.1f})"
        cells[f"{label}: wall ms, median"] = f"{median(wall):,.1f}"
    for workers, throughput in figures.throughputs.items():
        at_once = f"{workers} process{'es' * (workers > 1)}"
        cells[f"Verifications a second and core, {at_once}"] = f"{throughput.per_second:.1f}"
        cells[f"Verifications a CPU second, {at_once}"] = f"{throughput.per_cpu_second:.1f}"
    held = {
        "verifications": figures.memory.picture_mb,
        "bursts and a film": figures.memory.bursts_mb,
    }
    for after, memory in held.items():
        cells[f"Resident MB after {after}"] = "-" if memory is None else f"{memory:,.0f}"
    return cells


def _timed(figures: Figures) -> dict[str, Sequence[Duration]]:
    bursts = {f"Burst of {frames}": times for frames, times in figures.bursts.items()}
    films = {"Live film": figures.films} if figures.films else {}
    return {"Verification": figures.picture, **bursts, **films}


def _cpu_ms(figures: Figures) -> dict[str, float]:
    return {
        label: median(each.cpu_ms for each in times) for label, times in _timed(figures).items()
    }
