import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0027_session_calendar_event'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrecord',
            name='stayed',
            field=models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='What stayed when it was taken back: kind, why, and how many.', null=True),
        ),
    ]
