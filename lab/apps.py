from django.apps import AppConfig
from django.conf import settings


class LabConfig(AppConfig):
    name = "lab"
    verbose_name = "Lab"

    def ready(self) -> None:
        from verification import engines

        if settings.FACE_ENGINE_MAY_BE_FAKE:
            # Imported here: it needs OpenCV, for which other commands must not wait.
            from lab.fake_engine import CALIBRATION, FakeEngine

            engines.register(FakeEngine.name, FakeEngine, CALIBRATION)
