from datetime import UTC, datetime

from django.db import migrations, models


def finish_closed(apps, schema_editor):
    """Sessions that were closed before this column are done."""
    sessions = apps.get_model("sessions_app", "Session")
    sessions.objects.filter(state="closed").update(finished_at=datetime.now(UTC))


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0019_calendar_subscription'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='finished_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When everything that follows from its closing was done.', null=True),
        ),
        migrations.RunPython(finish_closed, migrations.RunPython.noop),
    ]
