"""``manage.py merge_accounts``: merge a person's second account into the one that they keep."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import AccountMerge, User, normalise_email, normalise_number
from attendance_project import clock
from attendance_project.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Merge two accounts of one student, or of one teacher. Marks, warnings, phones, faces, "
        "enrolments and excuses, or what a teacher teaches, follow to the account that is kept. "
        "The other one is switched off. Of two marks for one session the better counts. It can "
        "be undone for 30 days; after a crash, run it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keep", help="number or e-mail of the account to keep")
        parser.add_argument("merge", help="number or e-mail of the account to merge into it")
        parser.add_argument("--undo", action="store_true", help="undo the merge of these two")
        parser.add_argument("--dry-run", action="store_true", help="only say if it can be done")

    def handle(self, *args: Any, keep: str, merge: str, **options: Any) -> None:
        kept, merged = _person(keep), _person(merge)
        try:
            if options["dry_run"]:
                services.check_merge(kept, merged)
                self.stdout.write(f"{merged} can be merged into {kept}. Nothing was changed.")
            elif options["undo"]:
                services.undo_merge(_standing(kept, merged), by=None, now=clock.now())
                self.stdout.write(f"Undone: {merged} and {kept} are separate again.")
            else:
                services.merge_accounts(kept, merged, by=None, now=clock.now())
                self.stdout.write(f"Merged: {merged} into {kept}.")
        except Refusal as error:
            raise CommandError(f"{error.sentence} ({error.code})") from error


def _person(known: str) -> User:
    if "@" in known:
        person = User.objects.filter(email=normalise_email(known)).first()
    else:
        person = User.objects.filter(institution_number=normalise_number(known)).first()
    if person is None:
        raise CommandError(f"Nobody has the number or e-mail {known}.")
    return person


def _standing(kept: User, merged: User) -> AccountMerge:
    rows = AccountMerge.objects.filter(kept=kept, merged=merged).order_by("-at")
    found = rows.first()
    if found is None:
        raise CommandError(f"{merged} was not merged into {kept}.")
    return found
