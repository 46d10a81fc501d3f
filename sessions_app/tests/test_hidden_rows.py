"""What a workbook hides: a filter's rows are left out and named, the rest is read and named."""

import io

import pytest
from openpyxl import Workbook

from sessions_app.models import Enrolment
from sessions_app.tests.import_files import EXISTING, plan
from sessions_app.tests.test_import_rosters import notes_of, numbers
from sessions_app.tests.test_import_workbooks import NAMES, document, row

PEOPLE = [(f"S{n}", f"p{n}@x.example", f"Person {'ABCDEFGH'[n - 10]}") for n in range(10, 18)]


def book(*, names=NAMES, people=PEOPLE, title="List") -> Workbook:
    made = Workbook()
    made.active.title = title
    for cells in (names, *people):
        made.active.append(list(cells))
    return made


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_rows_that_a_filter_hides_are_left_out_and_named(db):
    made = book()
    made.active.auto_filter.ref = "A1:C9"
    made.active.auto_filter.add_filter_column(0, ["S10", "S11", "S15", "S17"])
    for line in (4, 5, 6, 8):
        made.active.row_dimensions[line].hidden = True
    told = notes_of(saved(made))
    assert "by a filter or by hand: rows 4–6, 8, 4 in all." in told
    assert numbers() == {"S10", "S11", "S15", "S17"}


def test_a_hidden_row_beyond_empty_ones_is_counted_right(db):
    made = book(people=PEOPLE[:2])
    later = {8: ("S20", "q@x.example", "Quinn"), 9: ("S21", "r@x.example", "Rae")}
    for line, cells in later.items():
        for at, value in enumerate(cells, 1):
            made.active.cell(line, at, value)
    made.active.row_dimensions[8].hidden = True
    assert "by hand: row 8." in notes_of(saved(made))
    assert numbers() == {"S10", "S11", "S21"}


def test_an_empty_row_that_is_hidden_says_nothing(db):
    made = book()
    made.active.row_dimensions[400].hidden = True
    assert "hides" not in notes_of(saved(made))


def test_rows_of_a_group_that_is_folded_up_are_read_and_named(db):
    made = book()
    made.active.row_dimensions.group(3, 5, outline_level=1, hidden=True)
    told = notes_of(saved(made))
    assert "Read, although they are in groups that are folded up: rows 3–5." in told
    assert len(numbers()) == len(PEOPLE)


def test_a_hidden_line_with_the_names_of_columns_is_read(db):
    made = book()
    made.active.row_dimensions[1].hidden = True
    assert "hides" not in notes_of(saved(made))
    assert len(numbers()) == len(PEOPLE)


def test_hidden_columns_are_read_and_named(db):
    made = book()
    made.active.column_dimensions["B"].hidden = True
    made.active.column_dimensions["F"].hidden = True
    told = notes_of(saved(made))
    assert "Read, although the sheet hides it: column B." in told
    assert numbers() == {number for number, _email, _name in PEOPLE}


def test_a_hidden_sheet_is_read_only_where_no_other_has_names(db):
    made = book(names=[*NAMES, "subject_code"], title="Old")
    made.active.sheet_state = "hidden"
    shown = made.create_sheet("Now")
    for cells in (["student_number", "student_email", "student_name"], PEOPLE[0]):
        shown.append(list(cells))
    told = notes_of(saved(made))
    assert "Only the sheet “Now” was read. The others were not: “Old”." in told
    assert numbers() == {"S10"}


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_that_is_read_is_named(db, state):
    made = book()
    made.create_sheet("Cover").append(["Welcome"])
    made.active.sheet_state = state
    made.active = 1
    assert "The sheet “List” is hidden in the workbook, and was read." in notes_of(saved(made))
    assert len(numbers()) == len(PEOPLE)


def test_who_is_hidden_is_shown_as_withdrawn_before_it_is_done(db, course, student, classmate):
    made = book(
        names=[*EXISTING, "student_number"],
        people=[(*EXISTING.values(), person.institution_number) for person in (student, classmate)],
    )
    made.active.row_dimensions[3].hidden = True
    planned = plan(saved(made), drop_missing=True)
    (dropped,) = planned.changes("dropped")
    assert classmate.institution_number in str(dropped)
    assert any("rows" in note or "row 3" in note for note in planned.notes)
    assert Enrolment.objects.filter(is_active=True).count() == 2


def test_an_open_document_is_read_in_the_same_way(db):
    people = [row(*cells, more='table:visibility="filter"') for cells in PEOPLE[:2]]
    folded = row(*PEOPLE[2], more='table:visibility="collapse"')
    group = f'<table:table-row-group table:display="false">{folded}</table:table-row-group>'
    column = '<table:table-column table:visibility="collapse"/>'
    columns = f"<table:table-column/>{column}"
    told = notes_of(document(columns, row(*NAMES), *people, group, row(*PEOPLE[3])))
    assert "by a filter or by hand: rows 2–3, 2 in all." in told
    assert "Read, although it is in a group that is folded up: row 4." in told
    assert "Read, although the sheet hides it: column B." in told
    assert numbers() == {"S12", "S13"}


def test_a_hidden_sheet_of_an_open_document_is_named(db):
    styles = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    told = notes_of(document(row(*NAMES), row(*PEOPLE[0]), styles=styles, style="ta1"))
    assert "The sheet “List” is hidden in the workbook, and was read." in told
