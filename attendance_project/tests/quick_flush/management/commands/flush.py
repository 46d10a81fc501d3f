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


class Command(DjangosFlush):
    def handle(self, **options: Any) -> None:
        if options["interactive"]:
            raise CommandError("This is for tests. Empty a database with the real settings.")
        connection = connections[options["database"]]
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        filled = _filled(connection, sorted(set(tables) - KEPT))
        flush = connection.ops.sql_flush(no_style(), filled, allow_cascade=False)
        connection.ops.execute_sql_flush(flush)
        _write_kinds(options["database"])


def _write_kinds(database: str) -> None:
    """Write the kinds of excuse again, which a migration writes and tests may change."""
    rows = [ExcuseKind(pk=pk, code=code, name=name) for code, (pk, name) in STANDARD_KINDS.items()]
    ExcuseKind.objects.using(database).bulk_create(rows)


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
