from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People, tokens, devices"

    def ready(self) -> None:
        from accounts.api import schema  # noqa: F401  # the import registers it
