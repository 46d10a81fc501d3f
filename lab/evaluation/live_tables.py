"""What became of live films, as tables for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles

from rich.table import Table

from lab.evaluation.error_rates import Proportion
from lab.evaluation.live_films import ATTACKS, BURST, HONEST, Outcome
from lab.evaluation.printing import counted, percent
from verification.domain.reasons import Effect

Found = Mapping[str, Sequence[Outcome]]


def people_table(found: Found) -> Table:
    """How honest people fared, with a column for each kind of them."""
    kinds = [kind for kind in HONEST if found.get(kind)]
    table = Table(title="Live films of honest people, 95 % intervals in brackets")
    table.add_column("")
    for kind in kinds:
        table.add_column(kind, justify="right", overflow="fold")
    rows = [_people_cells(found[kind], found[BURST]) for kind in kinds]
    for label in rows[0]:
        table.add_row(label, *(cells[label] for cells in rows))
    return table


def _people_cells(films: Sequence[Outcome], bursts: Sequence[Outcome]) -> dict[str, str]:
    passed = Proportion(sum(film.passed for film in films), len(films))
    unbegun = sum(film.effect is None for film in films)
    seconds = [film.seconds for film in films if film.effect is not None]
    responses_s = [each for film in films for each in film.responses_s]
    cpu_ms, burst_ms = (median(each.cpu_ms for each in some) for some in (films, bursts))
    return {
        "Passed, of single tries": counted(passed),
        "Films that never began": f"{unbegun:,}",
        "Seconds, median (95 of 100)": _middle_and_p95(seconds),
        "Seconds from a prompt to its move": _middle_and_p95(responses_s),
        "Pictures, median": f"{median(film.pictures for film in films):.0f}",
        "Engine's CPU ms, median": f"{cpu_ms:,.0f}",
        "The same of a burst": f"{burst_ms:,.0f}",
        "Film / burst": f"{cpu_ms / burst_ms:.2f}" if burst_ms else "-",
    }


def _middle_and_p95(values: Sequence[float]) -> str:
    if len(values) < 2:
        return "-"
    return f"{median(values):.1f} ({quantiles(values, n=20)[-1]:.1f})"


def attacks_table(engine: str, found: Found) -> Table:
    """What became of each kind of attack, with a row for each."""
    table = Table(title=f"Live films judged by {engine}, 95 % intervals in brackets")
    table.add_column("Shown to the camera, or sent in place of a film")
    for heading in ("Refused", "To the teacher", "Never began", "Let pass"):
        table.add_column(heading, justify="right")
    for kind in (*HONEST, *ATTACKS):
        if found.get(kind):
            table.add_row(kind, *_fates(found[kind]))
    return table


def _fates(films: Sequence[Outcome]) -> Iterator[str]:
    for effect in (Effect.REFUSE, Effect.REVIEW, None):
        yield str(sum(film.effect is effect for film in films))
    yield counted(Proportion(sum(film.passed for film in films), len(films)))


def reason_lines(found: Found) -> Iterator[str]:
    """Why honest people were refused, and attacks."""
    for kind, films in found.items():
        reasons = Counter(reason for film in films for reason in film.reasons)
        if reasons:
            words = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
            yield f"{kind}: {words}"


def fit_line(fit: Proportion, chance: float) -> str:
    """How often a film that was made before fits another draw."""
    shown = percent(fit.value, fit.interval)
    return (
        f"Films made for another draw that fit: {shown}, {fit.count}/{fit.total}; "
        f"by the draws alone {100 * chance:.1f} %"
    )
