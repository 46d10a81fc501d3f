"""Writes the kinds of excuse with which every institution begins. None of them is counted.

Excuses of before have no kind, and therefore keep what they meant: not counted.
"""

from django.db import migrations

from sessions_app.domain.excuses import STANDARD_KINDS


def write_kinds(apps, schema_editor):
    kinds = apps.get_model("sessions_app", "ExcuseKind").objects.using(schema_editor.connection.alias)
    for code, (pk, name) in STANDARD_KINDS.items():
        kinds.get_or_create(code=code, defaults={"pk": pk, "name": name})


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0015_excuse_spans_and_kinds"),
    ]

    operations = [
        migrations.RunPython(write_kinds, migrations.RunPython.noop),
    ]
