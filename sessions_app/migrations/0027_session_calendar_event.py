from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0026_counting'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='calendar_event',
            field=models.CharField(blank=True, db_index=True, default='', editable=False, max_length=40),
        ),
    ]
