"""A chart as data. static/js/charts.js draws it, and a template writes the same data as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from attendance_project.days import when
from reports.domain.rates import Tally

Number = int | float | None


@dataclass(frozen=True)
class ChartSeries:
    """One line or one set of bars. ``colour`` is the name of a colour in the stylesheet."""

    name: str
    values: list[Number]
    colour: str = "chart"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All that the script and the table need of a chart.

    ``pk`` is unique on its page. ``axis`` is the heading of the labels. ``links`` has the address
    to which a label leads, where it leads anywhere. ``top`` is the highest value of the scale.
    """

    pk: str
    title: str
    kind: str
    axis: str
    labels: list[str]
    series: list[ChartSeries]
    unit: str = ""
    top: int | None = None
    links: Mapping[str, str] | None = None

    @property
    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "labels": self.labels,
            "unit": self.unit,
            "top": self.top,
            "series": [
                {"name": s.name, "values": s.values, "colour": s.colour} for s in self.series
            ],
        }

    @property
    def rows(self) -> Iterable[tuple[str, str | None, list[Number]]]:
        links = self.links or {}
        for number, label in enumerate(self.labels):
            yield label, links.get(label), [series.values[number] for series in self.series]


def rate_chart(
    tallies: Mapping[str, Tally],
    *,
    pk: str,
    title: str,
    axis: str,
    rate: str,
    links: Mapping[str, str] | None = None,
) -> Chart:
    """Draw the attendance rate of each label, with a gap where nothing has counted yet."""
    return Chart(
        pk=pk,
        title=title,
        kind="line",
        axis=axis,
        labels=list(tallies),
        series=[ChartSeries(rate, [tally.rate_percent for tally in tallies.values()])],
        unit="%",
        top=100,
        links=links,
    )


def day_chart(tallies: Mapping[str, Tally]) -> Chart:
    """Draw the attendance rate of each day. The days are given in ISO 8601."""
    days = {when(day, "day"): tally for day, tally in tallies.items()}
    title = _("Attendance per day")
    return rate_chart(days, pk="by-day", title=title, axis=_("Day"), rate=_("Rate %"))


def week_chart(tallies: Mapping[str, Tally]) -> Chart:
    """Draw the attendance rate of each week."""
    return rate_chart(
        tallies, pk="by-week", title=_("Attendance per week"), axis=_("Week"), rate=_("Rate %")
    )
