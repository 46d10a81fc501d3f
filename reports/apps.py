from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from accounts import hooks
        from accounts.services import Rows
        from reports import services
        from reports.models import AttendanceNotice

        hooks.erasures["notices and errors"] = services.erase_notices
        hooks.merges["notices"] = Rows(AttendanceNotice, is_unique=True)
