from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verification"

    def ready(self) -> None:
        from accounts import hooks as people_hooks
        from sessions_app import hooks
        from verification import (
            checks,  # noqa: F401  (the import registers the system checks)
            queries,
            services,
        )

        hooks.on_closing.append(services.settle_expired)
        hooks.register_extras.append(queries.register_extras)
        hooks.undoable.append(queries.undoable_verdicts)
        hooks.to_dos.append(queries.to_dos)
        people_hooks.erasures["face and check-ins"] = services.erase_check_ins
        people_hooks.purges["kept pictures"] = lambda now: services.purge_frames(now=now)
