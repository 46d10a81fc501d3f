from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People, tokens, devices"

    def ready(self) -> None:
        from accounts import hooks, queries, services
        from accounts.api import schema  # noqa: F401  # the import registers it
        from accounts.models import ConsentEvent, Device, Passkey
        from attendance_project import private_files

        connection_created.connect(private_files.on_connection)
        hooks.merges["phones"] = services.Devices(Device, "user_id")
        hooks.merges["passkeys"] = services.Rows(Passkey, "user_id")
        hooks.acts.update(services.ACTS)
        hooks.signs.append(queries.number_disputes)
        hooks.merges["consent"] = services.Rows(ConsentEvent, "user_id")
