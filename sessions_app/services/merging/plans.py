"""Keeps what a merge will move, so that it can be moved back."""

from accounts.models import AccountMerge


def keep_plan(merge: AccountMerge) -> None:
    """Store what will be moved before it is, so that it can be moved back."""
    AccountMerge.objects.filter(pk=merge.pk).update(moved=merge.moved)
