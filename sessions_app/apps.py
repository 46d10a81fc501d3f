from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Teaching"

    def ready(self) -> None:
        from accounts import hooks as accounts_hooks
        from sessions_app import hooks, queries

        accounts_hooks.students_of.append(queries.students_taught_by)
        hooks.tasks.append(queries.people_to_approve)
