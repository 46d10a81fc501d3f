from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verification"

    def ready(self) -> None:
        from accounts import hooks as people_hooks
        from accounts.services import Rows
        from attendance_project import health, starting
        from sessions_app import hooks
        from verification import (
            checks,  # the import registers the system checks
            models,
            queries,
            services,
        )
        from verification.engines.chosen import load_engine

        starting.preparations.append(load_engine)
        health.checks["weights"] = checks.has_weights
        people_hooks.acts["erase_face"] = people_hooks.Act(
            _("Withdraw your consent and erase all that was made from your face."),
            lambda student, details, now: services.erase_face(student, by=student, now=now),
            is_asked_for=True,
        )
        people_hooks.merges["faces"] = services.Faces()
        people_hooks.merges["attempts"] = Rows(models.CheckInAttempt, is_unique=True)
        people_hooks.merges["evidence"] = Rows(models.EvidenceRecord)
        people_hooks.merges["decisions"] = Rows(models.CheckInDecision)
        people_hooks.merges["warnings"] = services.Warnings(models.Warning, is_unique=True)
        people_hooks.merges["strikes"] = Rows(models.StrikeNotice, is_unique=True)
        people_hooks.merges["spared checks"] = services.SparedChecks(models.SparedCheck)
        people_hooks.merges["face lots"] = Rows(models.FaceLot, is_unique=True)
        people_hooks.merges["face accesses"] = Rows(models.TemplateAccess)
        hooks.on_closing.append(services.settle_expired)
        hooks.on_enrolling.append(services.compare_on_enrolling)
        people_hooks.signs.append(queries.signs_of)
        hooks.register_extras.append(queries.register_extras)
        hooks.undoable.append(queries.undoable_verdicts)
        hooks.to_dos.append(queries.to_dos)
        people_hooks.erasures["face and check-ins"] = services.erase_check_ins
        people_hooks.purges["face calls"] = lambda now: services.purge_calls(now=now)
        people_hooks.purges["enrolment challenges"] = lambda now: services.purge_challenges(now=now)
