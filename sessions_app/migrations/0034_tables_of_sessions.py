"""Gives imports of tables of sessions a kind of their own.

They were kept as timetables. A calendar has no file of these kinds, and was kept with a source.
"""

from django.db import migrations, models

_TABLES = (".csv", ".txt", ".tsv", ".xls", ".xlsx", ".ods")


def name_rightly(apps, schema_editor):
    rows = apps.get_model("sessions_app", "ImportRecord").objects
    for name in _TABLES:
        found = rows.filter(kind="timetable", source="", file_name__iendswith=name)
        found.update(kind="sessions")


def name_as_before(apps, schema_editor):
    apps.get_model("sessions_app", "ImportRecord").objects.filter(kind="sessions").update(
        kind="timetable"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0033_status_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("enrolments", "People and courses"),
                    ("timetable", "Timetable"),
                    ("sessions", "Table of sessions"),
                    ("marks", "Marks"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(name_rightly, name_as_before),
    ]
