"""Writes the hosts of addresses as ``normalise_email`` now does: bücher.example, not xn--...

An address whose other spelling somebody has already stays as it is: an admin merges the two.
"""

from django.db import IntegrityError, migrations, transaction

from attendance_project.spellings import plain_address

MODELS = ("User", "RosterEntry", "Invitation")


def write_readable(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("accounts", name)
        for pk, email in list(model.objects.filter(email__contains="xn--").values_list("pk", "email")):
            readable = plain_address(email)
            if name != "Invitation" and model.objects.filter(email=readable).exists():
                continue
            try:
                with transaction.atomic():
                    model.objects.filter(pk=pk).update(email=readable)
            except IntegrityError:
                continue


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_plainer_labels"),
    ]

    operations = [
        migrations.RunPython(write_readable, migrations.RunPython.noop),
    ]
