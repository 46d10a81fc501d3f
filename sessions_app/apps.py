from django.apps import AppConfig

_READ_FILES = (
    "attendance_project.tables.reading",
    "sessions_app.imports.enrolments",
    "sessions_app.imports.holidays",
    "sessions_app.imports.marks",
    "sessions_app.imports.reckoning",
)
"""The modules whose functions read files in a process of their own."""


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Teaching"

    def ready(self) -> None:
        from accounts import hooks as accounts_hooks
        from accounts.services import Rows
        from attendance_project import starting
        from attendance_project.own_process import calls
        from sessions_app import hooks, queries, services
        from sessions_app.models import CalendarSubscription, Excuse, Guest

        accounts_hooks.students_of.append(queries.students_taught_by)
        accounts_hooks.classmates.append(queries.classmates_of)
        accounts_hooks.erasures["words in the register"] = services.erase_words
        accounts_hooks.erasures["waiting files"] = services.erase_waiting_files
        accounts_hooks.purges["waiting files"] = services.purge_waiting_files
        accounts_hooks.merges["enrolments"] = services.Enrolments()
        accounts_hooks.merges["marks"] = services.Marks()
        accounts_hooks.merges["excuses"] = services.Excuses(Excuse)
        accounts_hooks.merges["teaching"] = services.Teaching()
        accounts_hooks.merges["calendars"] = Rows(CalendarSubscription, "owner_id", is_unique=True)
        accounts_hooks.merges["choices"] = services.Choices()
        accounts_hooks.merges["guests"] = Rows(Guest, "enrolled_as_id")
        starting.preparations.append(lambda: calls.prepare(*_READ_FILES))
        hooks.to_dos += [
            queries.people_to_approve,
            queries.people_to_erase,
            queries.names_to_approve,
            queries.sessions_to_explain,
        ]
