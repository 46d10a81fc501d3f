"""Merges a student's or teacher's second account into the one that they keep, and undoes it for 30
days.

What follows is said by each app in ``hooks.merges``. The merge's row is written first, and what
will be moved stands in it before anything is moved. The same merge again therefore finishes what a
crash left, and so does the same undoing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import AccountMerge, ErasureRequest, Role, User
from accounts.services.confirming import require_confirmed
from accounts.services.erasure import NOWHERE
from accounts.services.mails import send_later
from accounts.services.switching import switch_off, switch_on
from accounts.services.tokens import revoke_tokens
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

UNDO_WITHIN = timedelta(days=30)


def merge_accounts(kept: User, merged: User, *, by: User | None, now: datetime) -> AccountMerge:
    """Move all that counts from one account to the other, and switch the emptied one off.

    Marks, attendance, excuses, enrolments, check-ins, warnings, phones, passkeys, faces and consent
    follow, and of a teacher what they teach. Where both accounts have attendance at one session,
    the better one counts afterwards: present before late, late before excused, excused before
    absent. Both people's addresses are told. Raises same_account, roles_differ, account_off,
    not_approved, email_not_confirmed, account_erased, erasure_open, already_merged.
    """
    kept.refresh_from_db()
    merged.refresh_from_db()
    check_merge(kept, merged)
    merge = _begun(kept, merged, by, now)
    switch_off(merged, now=now)
    revoke_tokens(merged, now=now)
    for name, follower in hooks.merges.items():
        if name not in merge.moved:
            merge.moved[name] = follower.plan(merge)
            AccountMerge.objects.filter(pk=merge.pk).update(moved=merge.moved)
        follower.move(merge, merge.moved[name], now)
    if AccountMerge.objects.filter(pk=merge.pk, done_at=None).update(done_at=now):
        _tell(merge, "accounts/mail/merged.txt", _("Your two accounts were merged"))
    merge.refresh_from_db()
    return merge


def undo_merge(merge: AccountMerge, *, by: User | None, now: datetime) -> AccountMerge:
    """Move everything back that was moved, and switch the account on again if it was on.

    What came since then stays with the kept account. Raises undo_too_late, undo_later_first,
    account_erased, erasure_open, merge_undone.
    """
    _check_undo(merge, now)
    rows = AccountMerge.objects.filter(pk=merge.pk)
    rows.filter(undone_at=None).update(undone_at=now, undone_by=by)
    merge.refresh_from_db()
    for name, follower in reversed(hooks.merges.items()):
        if name in merge.moved:
            follower.move_back(merge, merge.moved[name], now)
    if merge.was_active:
        switch_on(merge.merged, now=now)
    if rows.filter(is_standing=True).update(is_standing=False):
        _tell(merge, "accounts/mail/unmerged.txt", _("Your two accounts are separate again"))
    merge.refresh_from_db()
    return merge


def is_undoable(merge: AccountMerge, now: datetime) -> bool:
    """Whether the merge stands, and its time for undoing is not over. What was begun in time may be
    finished later."""
    return merge.is_standing and (merge.undone_at is not None or now < merge.at + UNDO_WITHIN)


def check_merge(kept: User, merged: User) -> None:
    """Check whether two accounts may be merged. Raises what ``merge_accounts`` raises."""
    if kept.pk == merged.pk:
        raise _refused("same_account", _("These are one and the same account. Choose two."))
    if kept.role != merged.role or kept.role not in (Role.STUDENT, Role.TEACHER):
        sentence = _("Only two accounts of students, or two of teachers, can be merged.")
        raise _refused("roles_differ", sentence)
    if not kept.is_active:
        sentence = _("The account to keep is switched off. Switch it on, or keep the other one.")
        raise _refused("account_off", sentence)
    if not kept.is_approved:
        sentence = _("The account to keep waits for approval. Approve it, or keep the other one.")
        raise _refused("not_approved", sentence)
    require_confirmed([kept])
    _check_not_erased(kept, merged)


def check_may_switch_on(person: User) -> None:
    """Raises already_merged for an account that was merged into another: undoing that switches it
    on, with what it had."""
    if AccountMerge.objects.filter(merged=person, is_standing=True).exists():
        raise _refused("already_merged", _("This account was merged. Undo the merge instead."))


def _check_not_erased(*people: User) -> None:
    if any(person.email.endswith(f"@{NOWHERE}") for person in people):
        raise _refused("account_erased", _("One of these accounts was erased."))
    if ErasureRequest.objects.filter(user_id__in=[p.pk for p in people], is_open=True).exists():
        sentence = _("One of these students asked to be erased. Carry that out first.")
        raise _refused("erasure_open", sentence)


def _begun(kept: User, merged: User, by: User | None, now: datetime) -> AccountMerge:
    """The row of this merge: a new one, or that of one that was cut short."""
    row = AccountMerge(kept=kept, merged=merged, was_active=merged.is_active, by=by, at=now)
    try:
        with one_write():
            row.save(force_insert=True)
        return row
    except IntegrityError:
        standing = AccountMerge.objects.get(merged_id=merged.pk, is_standing=True)
    if standing.kept_id != kept.pk or standing.done_at or standing.undone_at:
        raise _refused("already_merged", _("This account was merged already. Undo that first."))
    return standing


def _check_undo(merge: AccountMerge, now: datetime) -> None:
    if not merge.is_standing:
        raise _refused("merge_undone", _("This merge was undone already."))
    if not is_undoable(merge, now):
        sentence = _("A merge can be undone within 30 days. This one is older.")
        raise _refused("undo_too_late", sentence)
    later = AccountMerge.objects.filter(merged_id=merge.kept_id, is_standing=True)
    if later.exists():
        sentence = _("The account that was kept has been merged itself. Undo that merge first.")
        raise _refused("undo_later_first", sentence)
    _check_not_erased(merge.kept, merge.merged)


def _refused(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, Kind.CONFLICT)


def _tell(merge: AccountMerge, template: str, subject: str) -> None:
    """Tell both addresses, each by the name of its own account: where a merge was a mistake, they
    are two people."""
    send_later(
        EmailMessage(subject, _mail(template, merge, person), to=[person.email])
        for person in sorted((merge.kept, merge.merged), key=lambda person: person.email)
    )


def _mail(template: str, merge: AccountMerge, person: User) -> str:
    context = {"merge": merge, "person": person, "days": UNDO_WITHIN.days}
    return render_to_string(template, context)
