"""``manage.py doctor``: say what is wrong with the installation, and how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import doctor


class Command(BaseCommand):
    help = (
        "Look at secrets, settings, disk, database, faces, jobs and a check-in on trial. Say in a "
        "line each what is wrong and what to do. The status is 1 where there is a fault."
    )
    # A failed system check would end the command before it has said anything.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for line in doctor.examine():
            self.stdout.write(str(line))
            faults += not line.is_well
        if faults:
            raise CommandError(f"Faults: {faults}. Mend them, then run this again.")
