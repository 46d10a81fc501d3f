from django.db import migrations, models


def confirm_all(apps, schema_editor):
    """Accounts from before count as confirmed, and keep their numbers."""
    users = apps.get_model("accounts", "User").objects.filter(email_confirmed_at=None)
    users.update(email_confirmed_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_reserved_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_confirmed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its owner proved the address, or an admin answered for it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="claimed_number",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="The number that counts for nobody until the address is confirmed.",
                max_length=40,
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["claimed_number"], name="user_claimed_number"),
        ),
        migrations.RunPython(confirm_all, migrations.RunPython.noop),
    ]
