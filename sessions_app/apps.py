from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Teaching"

    def ready(self) -> None:
        from accounts import hooks
        from sessions_app import queries

        hooks.students_of.append(queries.students_taught_by)
