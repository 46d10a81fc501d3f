import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def vouch_for_all(apps, schema_editor):
    """Names from before count as known. Accounts that nobody confirmed yet gave them themselves."""
    users = apps.get_model("accounts", "User").objects.exclude(email_confirmed_at=None)
    users.filter(name_vouched_at=None).update(name_vouched_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_confirmed_email'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name_vouched_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the institution or an admin answered for the name.', null=True),
        ),
        migrations.RunPython(vouch_for_all, migrations.RunPython.noop),
        migrations.CreateModel(
            name='NameRequest',
            fields=[
                ('old_name', models.CharField(max_length=150)),
                ('new_name', models.CharField(max_length=150)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('was_vouched', models.BooleanField(default=False, editable=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('declined', 'Declined'), ('replaced', 'Replaced by a later request')], default='waiting', max_length=10)),
                ('is_open', models.BooleanField(default=True, editable=False)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.UUIDField(db_column='_id', default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at'],
                'indexes': [models.Index(fields=['user', 'is_open'], name='name_request_user'), models.Index(fields=['is_open', 'asked_at'], name='name_request_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('user',), name='one_open_name_per_user')],
            },
        ),
    ]
