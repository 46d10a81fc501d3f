"""The database: whether it answers, is new enough, has its tables, takes rows, and has our time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.sessions.models import Session as WebLogIn
from django.db import NotSupportedError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from attendance_project import clock, health, transactions
from reports.doctor.lines import Line, fault, ok, warning

SETUP = "Run: manage.py setup_database"
MOST_APART = timedelta(seconds=2)
"""How far two clocks may be apart before somebody should look: a code is shown for one second."""
FAR_APART = timedelta(seconds=30)
"""A code is dead long before, and signatures of phones are refused soon after."""


def reached() -> Iterator[Line]:
    """The database answers at all. Without it the other checks of it are left out."""
    try:
        connection.ensure_connection()
        if connection.vendor == "mongodb":
            _hello()
    except Exception as error:  # each driver has its own errors
        words = f"It does not answer ({type(error).__name__})."
        yield fault("database", words, "Look at MONGODB_URL or SQLITE_PATH, and start its server.")


def version() -> Iterator[Line]:
    """It is no older than what Django and the MongoDB backend support."""
    found = ".".join(str(part) for part in connection.get_database_version())
    named = f"{connection.display_name} {found}"
    try:
        connection.check_database_version_supported()
    except NotSupportedError:
        yield fault(
            "database", f"{named} is too old.", "Install a version that docs/databases.md names."
        )
    else:
        yield ok("database", f"{named} answers.")


def replica_set() -> Iterator[Line]:
    """A MongoDB server is a replica set, since others have no transactions."""
    if connection.vendor != "mongodb":
        return
    if transactions.obstacle() is None:
        yield ok("replica set", "The server has transactions.")
    else:
        words = "The server is no replica set, so imports refuse to write."
        step = "Start mongod with --replSet rs0 and run rs.initiate() once (docs/databases.md)."
        yield fault("replica set", words, step)


def migrations() -> Iterator[Line]:
    """Every migration was applied."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        words = f"{len(waiting)} changes of the tables were not made yet."
        yield fault("migrations", words, SETUP)
    else:
        yield ok("migrations", "All tables are up to date.")


def writing() -> Iterator[Line]:
    """The database takes a row. The row is a web log-in that is over, and it is removed at once."""
    row = WebLogIn(session_key=f"doctor{uuid4().hex}"[:40], expire_date=clock.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            row.delete()
    except Exception as error:
        words = f"It takes no row ({type(error).__name__})."
        yield fault("writing", words, "Look at the rights of its user or file, at locks and disk.")
    else:
        yield ok("writing", "A row was written and removed.")


def clocks() -> Iterator[Line]:
    """This machine's time is the database's, and is later than the last change of the tables."""
    apart = _apart()
    step = "Let the machine set its clock by NTP, for example: timedatectl set-ntp true"
    if not health.has_clock():
        words = f"It is {clock.now():%Y-%m-%d %H:%M} UTC here, before the tables were last changed."
        yield fault("clock", words, step)
    elif apart is None:
        yield ok("clock", f"It is {clock.now():%Y-%m-%d %H:%M:%S} UTC. No other clock was asked.")
    elif apart > MOST_APART:
        say = fault if apart > FAR_APART else warning
        words = f"This machine's and the database's clocks are {apart.total_seconds():.0f} s apart."
        yield say("clock", words, step)
    else:
        yield ok("clock", "It is the database's time.")


def _apart() -> timedelta | None:
    """How far the clocks are apart, or None where the database has this machine's clock."""
    if connection.vendor != "mongodb":
        return None
    began_at = clock.now()
    theirs: datetime = _hello()["localTime"].replace(tzinfo=UTC)
    middle = began_at + (clock.now() - began_at) / 2
    return abs(theirs - middle)


def _hello() -> dict[str, Any]:
    answer: dict[str, Any] = connection.connection.admin.command("hello")
    return answer
