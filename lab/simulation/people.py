"""The class of 30: accounts, phones that remember their keys, and enrolled faces."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

from lab.simulation.browser import Browser
from lab.simulation.filming import ActedFilm
from phone import enrolment
from phone.api import API, Blocked, Connections
from phone.client import Phone
from phone.key import DeviceKey

NAMES = (
    *("Aarav Mehta", "Beatriz Lopes", "Chen Wei", "Divya Nair", "Elif Kaya", "Farah Haddad"),
    *("Grace Okoye", "Hugo Martin", "Ines Costa", "Jonas Weber", "Kavya Rao", "Liam Walsh"),
    *("Mei Tanaka", "Noor Ali", "Oskar Lind", "Priya Shah", "Quentin Roy", "Rosa Vidal"),
    *("Samir Aziz", "Tara Singh", "Umar Farouk", "Vera Novak", "Wanjiru Kamau", "Xenia Popa"),
    *("Yusuf Demir", "Zoe Clarke", "Anika Berg", "Bilal Khan", "Clara Fontaine", "Dmitri Orlov"),
)
WITHOUT_FACE = {"Noor Ali": "decline", "Clara Fontaine": "never enrolled"}
AT_ONCE, FILMED_AT_ONCE, TRIES = 4, 8, 8
NOT_ON_THE_COURSE = "Tara Singh"
FEW_PHOTOGRAPHS = "A few public photographs stand for the whole class, so faces look alike."
"""The note with which look-alikes are approved."""


@dataclass
class Student:
    """A person of the class, and the phone in their pocket."""

    name: str
    email: str
    number: str
    photographs: Sequence[bytes]
    phone: Phone
    rng: random.Random
    id: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def at_enrolment(self) -> bytes:
        return self.photographs[0]

    @property
    def today(self) -> bytes:
        """Another photograph of the same person, where there is one."""
        return self.photographs[-1]


class Keyring:
    """The private keys of the phones between two runs, since a real phone keeps its key.

    They are stored by server. A key that is known at one address is used at the next as well: the
    same site at another port then knows the phone, and any other site has never seen it.
    """

    def __init__(self, path: Path, server: str) -> None:
        self._path, self._server = path, server
        self._all: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
        self._keys = self._all.setdefault(server, {})

    def key_of(self, email: str) -> DeviceKey:
        known = next((keys[email] for keys in self._known() if email in keys), None)
        key = DeviceKey.from_pem(known) if known else DeviceKey()
        self._keys[email] = key.to_pem()
        return key

    def _known(self) -> list[dict[str, str]]:
        return [self._keys, *self._all.values()]

    def save(self) -> None:
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._all, file)
        fresh.replace(self._path)


class School:
    """Brings the class to where a term begins: registered, on the course, faces approved."""

    def __init__(
        self,
        *,
        connections: Connections,
        desk: Browser,
        admin: Browser,
        password: str,
        keyring: Keyring,
        faces: Mapping[str, Sequence[bytes]],
        seed: int,
    ) -> None:
        self.connections, self.desk, self.admin = connections, desk, admin
        self.password = password
        self.keyring, self.faces, self.seed = keyring, faces, seed

    def gather(self, course_ids: Sequence[str], tick: Callable[[str], None]) -> list[Student]:
        """Every student, logged in. What an earlier run has done already stays as it is."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            students = list(pool.map(self._admit, range(len(NAMES)), NAMES, repeat(tick)))
        self.keyring.save()
        on_course = [s.number for s in students if s.name != NOT_ON_THE_COURSE]
        for course_id in course_ids:
            self.desk.post(f"/courses/{course_id}/enrolments", {"institution_numbers": on_course})
        with ThreadPoolExecutor(FILMED_AT_ONCE) as pool:
            list(pool.map(self._see_to_face, students, repeat(tick)))
        self._approve_faces({student.id for student in students})
        return students

    def _admit(self, index: int, name: str, tick: Callable[[str], None]) -> Student:
        tick(name)
        number = f"DEMO-{index + 1:03d}"
        email = f"{name.lower().replace(' ', '.')}@students.demo.test"
        phone = Phone(self.connections, self.keyring.key_of(email))
        self._register(phone, name, email, number)
        login = phone.log_in(email, self.password)
        # The class reads no mail, so that an admin answers for its addresses.
        self.admin.post(f"/accounts/{login['user']['id']}/confirm")
        known = login["device"] and login["device"]["status"] == "active"
        if not known and name != NOT_ON_THE_COURSE:
            self.desk.post(f"/devices/{login['device']['id']}/approve")
        identity = sorted(self.faces)[index % len(self.faces)]
        rng = random.Random(self.seed * 1000 + index)
        photographs = self.faces[identity]
        return Student(name, email, number, photographs, phone, rng, id=login["user"]["id"])

    def _register(self, phone: Phone, name: str, email: str, number: str) -> None:
        body = {
            "email": email,
            "password": self.password,
            "full_name": name,
            "institution_number": number,
        }
        answer = phone.client.post(API + "/register/student", json=body)
        if answer.status_code not in (201, 409):  # 409: registered in an earlier run
            raise Blocked(answer.status_code, "cannot_register", answer.text[:300])

    def _see_to_face(self, student: Student, tick: Callable[[str], None]) -> None:
        tick(student.name)
        if student.name == NOT_ON_THE_COURSE:  # a face is enrolled only by who is on a course
            return
        status = student.phone.get("/face")
        wish = WITHOUT_FACE.get(student.name)
        if wish == "decline" and status["consent"] != "declined":
            student.phone.post("/face/consent", {"action": "decline"})
        if wish or any(face["status"] == "approved" for face in status["faces"]):
            return
        camera = ActedFilm(student.at_enrolment, student.rng)
        for _ in range(TRIES):
            answer = enrolment.enrol(student.phone, camera, status["current_version"])
            if answer["status"] == "waiting":
                return
        raise Blocked(200, "not_enrolled", f"{student.name}: {answer['message']}")

    def _approve_faces(self, student_ids: set[str]) -> None:
        for face in self.desk.all("/face/waiting"):
            if face["student"] in student_ids:
                verdict = {"verdict": "approve", "note": FEW_PHOTOGRAPHS}
                self.desk.post(f"/face/waiting/{face['id']}", verdict)
