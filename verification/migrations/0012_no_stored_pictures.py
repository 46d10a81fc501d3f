"""Erases the pictures of enrolments that were stored until now, and the table that held them."""

from typing import Any

from django.db import migrations
from django.utils import timezone


def erase_pictures(apps: Any, schema_editor: Any) -> None:
    """Delete the rows, and tell each student in the log of their face."""
    frames = apps.get_model("verification", "EnrolmentFrame").objects.order_by()
    access = apps.get_model("verification", "TemplateAccess")
    students = set(frames.values_list("student_id", flat=True))
    frames.all().delete()
    now = timezone.now()
    access.objects.bulk_create(
        [access(student_id=pk, purpose="frames_deleted", at=now) for pk in students]
    )


class Migration(migrations.Migration):
    dependencies = [("verification", "0011_enrolment_challenges")]

    operations = [
        migrations.RunPython(erase_pictures, migrations.RunPython.noop),
        migrations.DeleteModel(name="EnrolmentFrame"),
    ]
