"""Single writes that a unique constraint may refuse, where several callers make the same one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet


@contextmanager
def one_write() -> Iterator[None]:
    """Lets the caller go on after the IntegrityError of the one insert or update inside of it.

    Within a transaction this is a savepoint, to which a refused write goes back. Outside of one a
    single statement is whole by itself, and nothing is begun: a transaction of its own would cost
    two more calls to the database.
    """
    if not connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield


def insert_or_get(rows: QuerySet[Any], *, defaults: dict[str, Any], **key: Any) -> tuple[Any, bool]:
    """The row with the unique ``key``, and whether this call wrote it.

    Django's get_or_create asks for the row first. This inserts at once, which is one query less
    where the row is new, and asks where another call was faster.
    """
    try:
        with one_write():
            return rows.create(**key, **defaults), True
    except IntegrityError:
        there = rows.filter(**key).first()
        if there is None:
            raise
        return there, False
