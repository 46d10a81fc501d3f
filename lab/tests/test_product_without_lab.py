"""The product stands alone: without the lab, without what only the lab needs, without its fake.

Each test starts an interpreter with the settings of a real server, because modules that this
process has imported already would hide what is missing.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

SERVER = "from attendance_project.asgi import application"
WITHOUT_THE_LAB = """
import importlib.util, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"lab", "phone", "httpx", "rich"}:
            raise ModuleNotFoundError(name)
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "lab" else find(name, *rest)
sys.meta_path.insert(0, Absent())
"""
WITHOUT_OPENVINO = """
import importlib.util, sys
sys.modules["openvino"] = None
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "openvino" else find(name, *rest)
"""
FIRST_PAGE = """
from django.core.management import call_command
from django.test import Client
call_command("check")
assert Client().get("/login/", headers={"host": "localhost"}).status_code == 200
assert not {name for name in sys.modules if name.partition(".")[0] in {"lab", "httpx", "rich"}}
"""


def _run(code: str, folder, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the code in an interpreter of its own, with a server's settings. Data go to `folder`."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=given | {"MONGODB_URL": "", "VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_server_starts_and_answers_without_the_lab_and_its_packages(tmp_path):
    done = _run(WITHOUT_THE_LAB + SERVER + FIRST_PAGE, tmp_path)
    assert done.returncode == 0, done.stderr


def test_blocked_packages_are_really_absent_in_that_test(tmp_path):
    for name in ("lab", "httpx", "rich"):
        done = _run(f"{WITHOUT_THE_LAB}\nimport {name}", tmp_path)
        assert "ModuleNotFoundError" in done.stderr, name


def test_server_refuses_to_start_with_the_fake_engine(tmp_path):
    done = _run(SERVER, tmp_path, FACE_ENGINE="fake")
    assert done.returncode != 0
    assert "FACE_ENGINE=fake is for tests only" in done.stderr


def test_server_refuses_to_start_with_a_runtime_that_it_does_not_know(tmp_path):
    done = _run(SERVER, tmp_path, FACE_RUNTIME="crystal-ball")
    assert done.returncode != 0
    assert "FACE_RUNTIME" in done.stderr
    assert "Must be one of: opencv, openvino" in done.stderr


def test_server_refuses_to_start_without_its_runtime_and_says_what_to_install(tmp_path):
    done = _run(WITHOUT_OPENVINO + SERVER, tmp_path, FACE_RUNTIME="openvino")
    assert done.returncode != 0
    assert "pip install --no-deps -r requirements-openvino.txt" in done.stderr


def test_server_of_the_other_runtime_starts_without_openvino(tmp_path):
    done = _run(WITHOUT_OPENVINO + SERVER, tmp_path, FACE_RUNTIME="opencv")
    assert done.returncode == 0, done.stderr


def test_server_in_debug_may_use_the_fake_engine(tmp_path):
    done = _run(SERVER, tmp_path, FACE_ENGINE="fake", DEBUG="1")
    assert done.returncode == 0, done.stderr


def test_deployment_check_refuses_the_fake_engine(tmp_path):
    check = (
        "import sys; sys.argv = ['manage.py', 'check', '--deploy']; import manage; manage.main()"
    )
    done = _run(check, tmp_path, FACE_ENGINE="fake")
    assert done.returncode != 0
    assert "verification.E003" in done.stderr
    assert "Set FACE_ENGINE to opencv, dlib or fused" in done.stderr


def test_fake_engine_is_not_to_be_had_on_a_server(tmp_path):
    """The lab does not register it there, so nothing can measure with it in another way either."""
    ask = "from verification.engines import get_engine; get_engine('fake')"
    done = _run(f"{SERVER}\n{ask}", tmp_path)
    assert "no face engine is called 'fake'" in done.stderr
