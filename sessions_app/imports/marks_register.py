"""Finds the person whom a line of marks means, among those on a session's register."""

from collections import defaultdict

from accounts.models import User
from attendance_project.spellings import code_key
from attendance_project.tables import Row
from sessions_app import queries
from sessions_app.imports.beside_names import numbers_beside, share_a_word
from sessions_app.imports.marks_lines import WITH_ALL
from sessions_app.models import Session


class Register:
    """The people on a session's register, by what a file may know of them."""

    def __init__(self, session: Session) -> None:
        people = list(queries.on_register(session))
        self.by_number = {person.institution_number: person for person in people}
        self.by_number_key = {code_key(p.institution_number): p for p in people}
        self.by_email = {person.email: person for person in people}
        names: dict[str, list[User]] = defaultdict(list)
        for person in people:
            names[code_key(person.full_name)].append(person)
        self.by_name = {name: same[0] for name, same in names.items() if len(same) == 1}

    def find(self, row: Row) -> User | None:
        """Who the row means: by number, else by address, else by a name that only one has."""
        cells = row.cells
        if number := cells.get("student_number", ""):
            return self.by_number.get(number)
        if person := self.by_email.get(cells.get("student_email", "")):
            return person
        named = self.by_name.get(code_key(cells.get("student_name", "")))
        return named or self._beside_name(cells.get(WITH_ALL, ""))

    def _beside_name(self, text: str) -> User | None:
        """The person whose number stands beside their name, as in “20240012 Ann Berg”. A number
        alone is not enough there, since a name may have any."""
        numbers = numbers_beside(text, self.by_number_key) if text else []
        person = self.by_number_key[numbers[0]] if len(numbers) == 1 else None
        return person if person and share_a_word(text, person.full_name) else None
