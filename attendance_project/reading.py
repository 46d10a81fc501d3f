"""Reading rows where only one is looked for."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def only_row(rows: QuerySet[M, Any]) -> M | None:
    """The row of a query that finds one row or none, or None.

    ``first()`` would put the rows in an order. For that, Django compares all columns that it reads,
    which is a quarter of the time of a query with joins.
    """
    return next(iter(rows.order_by()[:1]), None)
