"""``python -m lab.audit PIP_AUDIT NPM``: ask which of our packages have known weaknesses.

Each of the two services is asked, and what it said is printed in words. The status is 0 only where
both answered for every package and knew of none: a service that cannot be reached says nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Said:
    """What a service said: of how many packages it knows, which it does not know, and the
    weaknesses. ``trouble`` is why it said nothing at all, or empty."""

    service: str
    asked: int = 0
    unknown: list[str] = field(default_factory=list)
    weaknesses: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def is_clean(self) -> bool:
        return not (self.trouble or self.unknown or self.weaknesses)


def main(pip_audit: str, npm: str) -> int:
    python = [pip_audit, "--requirement", "constraints.txt", "--no-deps", "--disable-pip"]
    said = [
        of_pip_audit(*_run([*python, "--format", "json", "--progress-spinner", "off"])),
        of_npm(*_run([npm, "audit", "--json"])),
    ]
    for each in said:
        print(in_words(each))
    return 0 if all(each.is_clean for each in said) else 1


def of_pip_audit(out: str, errors: str) -> Said:
    """What pip-audit printed, as JSON and beside it."""
    rows = _json(out).get("dependencies")
    if rows is None:
        return Said("pip-audit", trouble=_last_line(errors or out))
    return Said(
        "pip-audit",
        asked=len(rows),
        unknown=[row["name"] for row in rows if "skip_reason" in row],
        weaknesses=[
            f"{row['name']} {row['version']}: {found['id']}"
            for row in rows
            for found in row.get("vulns", [])
        ],
    )


def of_npm(out: str, errors: str) -> Said:
    """What npm audit printed, as JSON and beside it."""
    report = _json(out)
    if "vulnerabilities" not in report:
        return Said("npm audit", trouble=report.get("message") or _last_line(errors or out))
    found = report["vulnerabilities"]
    return Said(
        "npm audit",
        asked=report["metadata"]["dependencies"]["total"],
        weaknesses=[f"{name}: {row['severity']}" for name, row in found.items()],
    )


def in_words(said: Said) -> str:
    """The lines that a person reads."""
    if said.trouble:
        return f"{said.service}: the service could not be asked: {said.trouble}"
    known = said.asked - len(said.unknown)
    lines = [f"{said.service}: {known} packages checked, {len(said.weaknesses)} known weaknesses"]
    lines += [f"  {weakness}" for weakness in said.weaknesses]
    if said.unknown:
        lines.append(
            f"  the service does not know {len(said.unknown)} packages, so that nothing is said "
            f"of them: {', '.join(said.unknown[:5])} …"
        )
    return "\n".join(lines)


def _run(command: Sequence[str]) -> tuple[str, str]:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        return "", str(error)
    return done.stdout, done.stderr


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
