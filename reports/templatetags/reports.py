"""Filters of the report templates, beyond those of Django."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from reports.words import evidence_words

register = template.Library()


@register.filter
def percent(rate: float | None) -> str:
    """Write a rate as ``66.7 %``, or as a dash where nothing has counted yet."""
    return "–" if rate is None else f"{number_format(rate, 1)}\u00a0%"


register.filter(evidence_words)


@register.filter
def hours(number: float) -> str:
    """Write hours with as many decimals as they have, two at most: ``8``, ``10.5``, ``0.83``."""
    decimals = len(f"{number:.2f}".rstrip("0").partition(".")[2])
    return number_format(number, decimals)


@register.filter
def matrix_cells(statuses: Iterable[str]) -> SafeString:
    """Write a table cell for each status. There are five kinds of cells and thousands of each, so
    each kind is rendered once."""
    language = get_language() or ""
    cells = "".join([_cell(status, language) for status in statuses])
    return mark_safe(cells)  # noqa: S308  # the template engine has escaped all parts


@lru_cache(maxsize=200)
def _cell(status: str, language: str) -> str:
    return render_to_string("reports/_cell.html", {"status": status}).strip()
