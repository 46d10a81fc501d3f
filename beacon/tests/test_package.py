"""The beacon as a package of its own."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from beacon.__main__ import REFUSED, _parser

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGE = tomllib.loads((ROOT / "beacon" / "pyproject.toml").read_text())
UNIT = (ROOT / "beacon" / "attendance-beacon.service").read_text()


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Install by pip, offline, from a copy, since building leaves files behind."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    shutil.copytree(ROOT / "beacon", source / "beacon")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--target", str(target))
    subprocess.run([*pip, *offline, str(source / "beacon")], check=True)
    return target


def test_it_holds_the_program_and_no_tests(installed):
    files = {path.name for path in (installed / "beacon").iterdir()} - {"__pycache__"}
    assert files == {path.name for path in (ROOT / "beacon").glob("*.py")}


def test_it_needs_neither_django_nor_the_server_s_code(installed):
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import beacon.__main__, beacon.programme\n"
        f"assert beacon.__file__.startswith({str(installed)!r})\n"
        "ours = ('django', 'rest_framework', 'accounts', 'sessions_app', 'verification')\n"
        "print([name for name in ours if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=installed
    )
    assert run.stdout.strip() == "[]"


def test_it_is_pinned_as_it_is_tested():
    wanted = [*PACKAGE["project"]["dependencies"], *PACKAGE["build-system"]["requires"]]
    wanted += PACKAGE["project"]["optional-dependencies"]["bumble"]
    tested = "".join((ROOT / f"requirements{s}.txt").read_text() for s in ("", "-lab", "-dev"))
    for requirement in wanted:
        pin = requirement.partition(";")[0]
        assert re.fullmatch(r"[a-z-]+==[0-9.]+", pin)
        assert re.search(rf"^{re.escape(pin)}\s", tested, re.MULTILINE), pin


def test_the_systemd_unit_starts_it_rightly():
    command = re.search(r"^ExecStart=\S+ (.*)$", UNIT, re.MULTILINE)[1]
    options = _parser().parse_args(command.replace("${SERVER}", "https://s.test").split())
    assert options.room
    assert options.token_file.name == "token"
    assert f"RestartPreventExitStatus={REFUSED}" in UNIT
