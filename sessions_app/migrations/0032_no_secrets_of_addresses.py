"""Takes the paths of private addresses out of what was kept of calendars.

Records, sessions and remembered choices of before held whole addresses, and whoever knows one can
read the calendar. They get the same short name as newer ones, so that a calendar is known again.
"""

import re
from hashlib import sha256
from urllib.parse import urlsplit

from django.db import migrations, models

_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def short(text):
    if not _ADDRESS.match(text):
        return text
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        host = ""
    digest = sha256(text.encode(errors="replace")).hexdigest()[:8]
    return f"{host} ({digest})" if host else f"({digest})"


def shorten(apps, schema_editor):
    _shorten_records(apps.get_model("sessions_app", "ImportRecord").objects)
    _shorten_sessions(apps.get_model("sessions_app", "Session").objects)
    _shorten_mappings(apps.get_model("sessions_app", "CalendarMapping").objects)


def _shorten_records(rows):
    for pk, source, file_name in rows.values_list("pk", "source", "file_name"):
        name = short(source)
        # The file's name was the end of the same address, so that it may begin anywhere in it.
        file = name if name != source else short(file_name)
        if (name, file) != (source, file_name):
            rows.filter(pk=pk).update(source=name, file_name=file)


def _shorten_sessions(rows):
    for pk, imported in rows.values_list("pk", "imported").order_by():
        origin = (imported or {}).get("origin")
        if origin and short(origin) != origin:
            rows.filter(pk=pk).update(imported=imported | {"origin": short(origin)})


def _shorten_mappings(rows):
    for row in rows.all():
        name = short(row.source)
        if name == row.source:
            continue
        if rows.filter(owner=row.owner, source=name, text=row.text).exists():
            row.delete()  # the same was chosen again since
        else:
            rows.filter(pk=row.pk).update(source=name)


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0031_recording_taken_back"),
    ]

    operations = [
        migrations.AlterField(
            model_name="calendarmapping",
            name="source",
            field=models.CharField(
                help_text="The calendar's own name, its file's, or its host's.",
                max_length=500,
            ),
        ),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
