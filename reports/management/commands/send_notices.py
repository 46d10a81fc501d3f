"""``manage.py send_notices`` tells students of low attendance. It is meant for a daily job."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance_project import clock
from reports import services
from reports.queries.low_attendance import DueNotice, LowAttendance


class Command(BaseCommand):
    help = "Mail students whose attendance is low, each at most once a week."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Say who would be told; mail nobody."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        sent, failed = 0, 0
        for notice in services.due_notices(now=now):
            self.stdout.write(_line(notice))
            if options["dry_run"]:
                continue
            try:
                sent += services.send_notice(notice, now=now)
            except OSError as error:  # smtplib and the network raise it
                failed += 1
                self.stderr.write(f"  not sent: {error}")
        self.stdout.write("Nobody was mailed." if options["dry_run"] else f"Notices sent: {sent}")
        if failed:
            raise CommandError(
                f"Notices that could not be sent: {failed}. The next run tries again."
            )


def _line(notice: DueNotice) -> str:
    courses = "; ".join(
        f"{low.course.subject.code} {low.tally.rate_percent} %, {_days(low)}"
        for low in notice.about
    )
    return f"{notice.student.institution_number} {notice.student.full_name}: {courses}"


def _days(low: LowAttendance) -> str:
    late = f", late {', '.join(low.late_on)}" if low.late_on else ""
    return f"absent {', '.join(low.absent_on) or '-'}{late}"
