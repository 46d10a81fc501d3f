"""Levels in place of what was asked of the face.

Required becomes Strict, and off becomes Code and room only. Preferred becomes Strict too: it let
nobody in without a face whom the teacher had not confirmed, and Standard would let two of three in.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

LEVELS = [("strict", "Strict"), ("standard", "Standard"), ("room", "Code and room only")]
REQUIREMENTS = [("required", "Required"), ("preferred", "Preferred"), ("off", "Off")]


def write_levels(apps, schema_editor):
    for name in ("Course", "Session"):
        rows = apps.get_model("sessions_app", name).objects.using(schema_editor.connection.alias)
        rows.filter(face="off").update(level="room")


def write_requirements(apps, schema_editor):
    for name in ("Course", "Session"):
        rows = apps.get_model("sessions_app", name).objects.using(schema_editor.connection.alias)
        rows.filter(level="room").update(face="off")


def each(operation, **field):
    return [operation(model_name=name, **field) for name in ("course", "session")]


def level():
    return models.CharField(max_length=10, choices=LEVELS, default="strict")


def one_in():
    return models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
        help_text="Standard asks for the face by lot, one time in so many.",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0035_slots_of_one_second"),
    ]

    operations = [
        *each(migrations.AddField, name="level", field=level()),
        *each(migrations.AddField, name="face_one_in", field=one_in()),
        migrations.RunPython(write_levels, write_requirements),
        *each(migrations.RemoveField, name="face"),
    ]
