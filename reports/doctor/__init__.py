"""What `manage.py doctor` looks at: whether an installation can serve, and how to mend what cannot.

Each check is a function that yields lines. None changes anything, but for one row that is written
and removed to see that the database takes rows.
"""

from collections.abc import Callable, Iterator

from reports.doctor import check_in, database, faces, jobs, machine, server
from reports.doctor.lines import Line, fault

Check = Callable[[], Iterator[Line]]

WITHOUT_A_DATABASE: tuple[Check, ...] = (
    server.secrets,
    server.debug,
    server.https,
    server.hosts,
    server.mail,
    machine.private_files,
    machine.disk,
    faces.weights_and_engine,
    faces.keys,
    check_in.trial,
)
ON_THE_DATABASE: tuple[tuple[Check, ...], ...] = (
    (database.reached,),
    (database.version, database.migrations),
    (
        database.replica_set,
        database.writing,
        database.clocks,
        faces.stored_faces,
        jobs.overdue,
    ),
)
"""Each stage needs the one before: without tables there is nothing to ask."""


def examine() -> Iterator[Line]:
    """All lines. A check that breaks is a fault, and stops none of its stage."""
    for check in WITHOUT_A_DATABASE:
        yield from _lines_of(check)
    for stage in ON_THE_DATABASE:
        lines = [line for check in stage for line in _lines_of(check)]
        yield from lines
        if not all(line.is_well for line in lines):
            return


def _lines_of(check: Check) -> Iterator[Line]:
    try:
        yield from check()
    except Exception as error:
        name = check.__name__.replace("_", " ")
        yield fault(
            name,
            f"The check itself failed: {type(error).__name__}.",
            "Mend the faults named above, run this again, and report it if this one stays.",
        )
