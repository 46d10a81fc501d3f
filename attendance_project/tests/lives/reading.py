"""What everybody reads after each act, compared with what the model says."""

from typing import Any

from hypothesis.stateful import invariant

from attendance_project.tests.lives import facts, figures, shown
from attendance_project.tests.lives.played import COURSES, Played
from attendance_project.tests.lives.spare import Outlook
from sessions_app import models as teaching


class Reading(Played):
    @invariant()
    def each_session_is_in_the_state_of_its_lesson(self) -> None:
        rows = teaching.Session.objects.filter(pk__in=self.sessions).order_by()
        states = dict(rows.values_list("pk", "state"))
        assert [states[pk] for pk in self.sessions] == [each.state for each in self.life.lessons]

    @invariant()
    def who_is_on_a_course_is_who_the_model_says(self) -> None:
        on = teaching.Enrolment.objects.filter(course__in=self.courses.values(), is_active=True)
        who = {student.pk: person for person, student in enumerate(self.students)}
        which = {course.pk: name for name, course in self.courses.items()}
        pairs = on.order_by().values_list("student_id", "course_id")
        stored = {(who[student], which[course]) for student, course in pairs}
        places = self.life.on_course
        assert stored == {place for place in places if self.life.is_enrolled(*place)}

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        numbers = {pk: number for number, pk in enumerate(self.sessions)}
        rows = teaching.Attendance.objects.filter(session_id__in=self.sessions).order_by()
        who = {student.pk: person for person, student in enumerate(self.students)}
        closed = set(self._lessons(facts.CLOSED))
        stored = {
            (who[student], numbers[session]): status
            for student, session, status in rows.values_list("student_id", "session_id", "status")
            if numbers[session] in closed
        }
        life = self.life
        wanted = {(p, n): life.status(p, n) for p in life.people for n in closed}
        assert stored == {key: status for key, status in wanted.items() if status}

    def everybody_reads(self) -> None:
        for name in COURSES:
            self._read_course(name)
        for person in self.life.people:
            if not self.life.is_merged(person):
                self._read_student(person)

    def _read_course(self, name: str) -> None:
        life, course = self.life, self.courses[name]
        wanted, wanted_cells = {}, {}
        for person in life.people:
            by_lesson = figures.statuses(life, person, name)
            if life.is_enrolled(person, name) or by_lesson:
                number = self.students[person].institution_number
                wanted[number] = figures.figures(life, person, name)
                wanted_cells[number] = self._cells(person, name)
        told, by_session = shown.report(course, self.teacher)
        known = {number: each for number, each in told.items() if number in wanted}
        assert known == wanted
        assert {number: by_session[number] for number in wanted} == wanted_cells
        assert not any(by_session[number] for number in told.keys() - wanted.keys())
        assert {n: f for n, f in shown.file(course, self.teacher).items() if n in wanted} == wanted
        listed, of_class = shown.on_list(course, self.teacher), shown.of_class(course, self.teacher)
        assert listed["at_risk"] == sum(each.at_risk for each in wanted.values())
        for kind in shown.COUNTS:
            total = sum(getattr(each, kind) for each in wanted.values())
            assert (listed[kind], of_class[kind]) == (total, total)

    def _cells(self, person: int, course: str) -> dict[Any, str]:
        """What the report shows of each closed lesson, where it shows anything."""
        recorded = figures.statuses(self.life, person, course)
        cells = {}
        for number, said in figures.counted_as(self.life, person, course).items():
            status = recorded[number]
            is_shown = said == figures.COUNTS or (
                said != figures.LATE_ABSENCE and status in (facts.PRESENT, facts.LATE)
            )
            cells[self.sessions[number]] = status if is_shown else said
        return {pk: cell for pk, cell in cells.items() if cell != figures.WAITING}

    def _read_student(self, person: int) -> None:
        life, student = self.life, self._student(person)
        on = [
            name
            for name in COURSES
            if (person, name) in life.on_course or figures.statuses(life, person, name)
        ]
        wanted = {
            str(self.courses[c].pk): (
                figures.figures(life, person, c),
                Outlook(life, person, c, self.now).spare(),
            )
            for c in on
        }
        held = {
            str(self.sessions[number]): (life.status(person, number), said)
            for name in COURSES
            for number, said in figures.counted_as(life, person, name).items()
        }
        viewers = [self.teacher] * bool(on) + [student] * life.is_on(person)
        for viewer in viewers:
            assert shown.by_api(student, viewer) == wanted
            assert shown.sessions_by_api(student, viewer) == held
        if on:
            assert shown.page(student, self.teacher) == wanted

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.everybody_reads()
