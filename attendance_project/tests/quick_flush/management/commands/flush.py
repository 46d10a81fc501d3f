"""``manage.py flush``: empty the database between tests.

Django's own also deletes content types and permissions, which ``post_migrate`` then writes again:
three quarters of a test's time on MongoDB (``cProfile`` of sessions_app's access test).
"""

from typing import Any

from django.core.management import CommandError
from django.core.management.color import no_style
from django.core.management.commands.flush import Command as DjangosFlush
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sessions_app.domain.excuses import STANDARD_KINDS
from sessions_app.models import ExcuseKind

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Tables that ``migrate`` fills and no test changes."""
KINDS = ExcuseKind._meta.db_table
"""The table of the kinds of excuse, which a migration fills and tests may change."""


class Command(DjangosFlush):
    def handle(self, **options: Any) -> None:
        if options["interactive"]:
            raise CommandError("This is for tests. Empty a database with the real settings.")
        connection = connections[options["database"]]
        tables = set(connection.introspection.django_table_names(include_views=False))
        _empty(connection, _filled(connection, sorted(tables - KEPT - {KINDS})))
        _write_kinds(connection)


def _empty(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    """Delete all rows of the tables, on MongoDB by one call for each.

    Django's flush would ask there before each whether its size has a limit, which none has here.
    """
    if connection.vendor == "mongodb":
        for table in tables:
            connection.database[table].delete_many({})  # type: ignore[attr-defined]
        return
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def _write_kinds(connection: BaseDatabaseWrapper) -> None:
    """Write the kinds of excuse again where a test changed them."""
    kinds = ExcuseKind.objects.using(connection.alias)
    rows = [ExcuseKind(pk=pk, code=code, name=name) for code, (pk, name) in STANDARD_KINDS.items()]
    if set(map(_values, kinds)) != set(map(_values, rows)):
        _empty(connection, [KINDS])
        kinds.bulk_create(rows)


def _values(kind: ExcuseKind) -> tuple[Any, ...]:
    return tuple(getattr(kind, field.attname) for field in kind._meta.concrete_fields)


def _filled(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """The tables that have rows: most tests write to few, and MongoDB is asked once for all."""
    if connection.vendor != "mongodb":
        return tables
    first, *others = (_name_if_filled(table) for table in tables)
    others = [
        {"$unionWith": {"coll": table, "pipeline": pipeline}}
        for table, pipeline in zip(tables[1:], others, strict=True)
    ]
    rows = connection.database[tables[0]].aggregate([*first, *others])  # type: ignore[attr-defined]
    return [row["table"] for row in rows]


def _name_if_filled(table: str) -> list[dict[str, Any]]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "table": {"$literal": table}}}]
