from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from accounts import hooks
        from reports import services

        hooks.erasures["notices and errors"] = services.erase_notices
