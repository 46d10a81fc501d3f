"""Applies a plan: all of it or nothing, with many rows at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance_project import transactions
from attendance_project.refusals import Refusal
from attendance_project.tables import ImportRefused, refuse
from sessions_app.imports import records
from sessions_app.imports.plans import Addition, Deed, Plan, Revision, Step, Write
from sessions_app.models import ImportRecord

AT_ONCE = 500
"""Rows in one write, which is also how often the progress is told."""
_VALUES_AT_ONCE = 100
"""Rows in one write of different values, since the database searches for each row's own."""
_FIELD_WORDS = {
    "class_group": gettext_lazy("class"),
    "code": gettext_lazy("code"),
    "code_key": gettext_lazy("code"),
    "course": gettext_lazy("course"),
    "email": gettext_lazy("e-mail"),
    "id": gettext_lazy("id"),
    "institution_number": gettext_lazy("number"),
    "student": gettext_lazy("student"),
    "subject": gettext_lazy("subject"),
    "teacher": gettext_lazy("teacher"),
}
"""How people call the fields that refer to other rows or have to be unique."""


def obstacle() -> str:
    """Why nothing can be imported into this database, whatever the file, or empty if it can."""
    return refusal.sentence if (refusal := transactions.obstacle()) else ""


def apply(plan: Plan, told: Callable[[int], object] = lambda done: None) -> None:
    """Apply all of it, or nothing and raise ImportRefused.

    ``told`` is called with how many writes are done. It begins at 0 again where the database took
    them back and lets them be tried once more. As the whole file was checked before, only what
    others do meanwhile can stop it.
    """
    if not plan.writes:  # this is harmless on any server
        for tell in plan.afterwards:
            tell()
        return
    batches = list(_batches(plan.writes))
    record = records.fill(plan.record, plan.steps) if plan.record else None

    def write() -> None:
        _write_all(batches, told)
        for follow in plan.following:
            follow()
        if record:
            ImportRecord.objects.bulk_create([record])

    try:
        transactions.run_whole(write)
    except _Overtaken as error:
        raise _changed(str(error), line=error.step.line) from error
    except _Taken as error:
        raise _taken(error.steps) from error
    except Refusal as refusal:
        raise refuse(refusal.sentence, code=refusal.code) from refusal
    for tell in plan.afterwards:
        tell()


class _Overtaken(Exception):
    """What the step changes or refers to is no longer as the plan saw it."""

    def __init__(self, step: Step, sentence: str) -> None:
        super().__init__(sentence)
        self.step = step


class _Taken(Exception):
    """A value that must be unique in one of these steps is another row's by now."""

    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__(str(steps[0].change))
        self.steps = steps


def _batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Groups of steps for one write each. What others refer to still comes first."""
    alike: dict[tuple[type, type], list[Step]] = {}
    for step in steps:
        if step.write:
            alike.setdefault((type(step.write.row), type(step.write)), []).append(step)
    for group in alike.values():
        yield from (group[i : i + AT_ONCE] for i in range(0, len(group), AT_ONCE))


def _write_all(batches: Sequence[list[Step]], told: Callable[[int], object]) -> None:
    added = {_written(step).row.pk for steps in batches for step in steps if _is_new(step)}
    done = 0
    told(done)
    for steps in batches:
        try:
            _write(steps, added)
        except IntegrityError as error:
            raise _Taken(steps) from error
        done += len(steps)
        told(done)


def _write(steps: Sequence[Step], added: set[Any]) -> None:
    if _is_new(steps[0]):
        _add(steps, added)
    elif isinstance(steps[0].write, Deed):
        _act(steps)
    else:
        _revise(steps)


def _act(steps: Sequence[Step]) -> None:
    deeds = [(step, step.write) for step in steps if isinstance(step.write, Deed)]
    model = type(deeds[0][1].row)
    for step, deed in deeds:
        row = model._default_manager.filter(pk=deed.row.pk).first()
        if row is None or not _is_as_seen(row, deed):
            raise _overtaken(step)
        deed.act(row)


def _add(steps: Sequence[Step], added: set[Any]) -> None:
    rows = [_written(step).row for step in steps]
    model = type(rows[0])
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            _check_references(steps, field, added)
    model._default_manager.bulk_create(rows)


def _check_references(
    steps: Sequence[Step], field: "models.ForeignKey[Any, Any]", added: set[Any]
) -> None:
    """Check, since MongoDB would store a row that refers to nothing and SQLite not say which."""
    steps_of = {getattr(_written(step).row, field.attname): step for step in steps}
    wanted = steps_of.keys() - added - {None}
    if not wanted:
        return
    rows = field.remote_field.model._default_manager.filter(pk__in=list(wanted)).order_by()
    for pk in wanted - set(rows.values_list("pk", flat=True)):
        raise _removed(steps_of[pk], field)


def _revise(steps: Sequence[Step]) -> None:
    pairs = [(step, step.write) for step in steps if isinstance(step.write, Revision)]
    model = type(pairs[0][1].row)
    there = model._default_manager.in_bulk([write.row.pk for _, write in pairs])
    for step, write in pairs:
        row = there.get(write.row.pk)
        if row is None or not _is_as_seen(row, write):
            raise _overtaken(step)
        for name, value in write.values.items():
            setattr(row, name, value)
    _store(list(there.values()), [write for _, write in pairs])


def _is_new(step: Step) -> bool:
    return isinstance(step.write, Addition)


def _is_as_seen(row: models.Model, write: Revision | Deed) -> bool:
    names = (*write.values, *write.guards)
    return all(getattr(row, name) == getattr(write.row, name) for name in names)


def _store(rows: list[Any], writes: Sequence[Revision]) -> None:
    manager = type(rows[0])._default_manager
    values = writes[0].values
    if all(write.values == values for write in writes):
        manager.filter(pk__in=[row.pk for row in rows]).update(**values)
    else:
        names = {name for write in writes for name in write.values}
        manager.bulk_update(rows, sorted(names), batch_size=_VALUES_AT_ONCE)


def _removed(step: Step, field: "models.ForeignKey[Any, Any]") -> _Overtaken:
    sentence = _("%(change)s: its %(field)s was removed during the import.")
    return _Overtaken(step, sentence % {"change": step.change, "field": _words([field])})


def _overtaken(step: Step) -> _Overtaken:
    sentence = _("%(change)s: somebody else changed it during the import.")
    return _Overtaken(step, sentence % {"change": step.change})


def _changed(sentence: str, *, line: int = 0) -> ImportRefused:
    return refuse(sentence, line=line, code="changed_meanwhile")


def _taken(steps: Sequence[Step]) -> ImportRefused:
    """Name the first step whose unique values another row has, now that all is taken back."""
    for fields in _unique_together(type(_written(steps[0]).row)):
        if step := _in_the_way(steps, [field.attname for field in fields]):
            sentence = _(
                "%(change)s: another one with the same %(fields)s was created during the import."
            )
            values = {"change": step.change, "fields": _words(fields)}
            return _changed(sentence % values, line=step.line)
    return _changed(
        _("Somebody else created something that is also in the file, during the import.")
    )


def _words(fields: Iterable[Any]) -> str:
    return ", ".join(str(_FIELD_WORDS.get(field.name, field.verbose_name)) for field in fields)


def _in_the_way(steps: Sequence[Step], names: Sequence[str]) -> Step | None:
    model = type(_written(steps[0]).row)
    wanted = {_values(_written(step), names): step for step in steps}
    firsts = list({values[0] for values in wanted})
    rows = model._default_manager.filter(**{f"{names[0]}__in": firsts})
    for pk, *values in rows.values_list("pk", *names):
        step = wanted.get(tuple(values))
        if step and (_is_new(step) or _written(step).row.pk != pk):
            return step
    return None


def _unique_together(model: type[models.Model]) -> list[list[Any]]:
    """The groups of fields whose values no two rows may share."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    several = [[fields[n] for n in c.fields] for c in model._meta.total_unique_constraints]
    return [[field] for field in fields.values() if field.unique] + several


def _values(write: Write, names: Sequence[str]) -> tuple[Any, ...]:
    changed = write.values if isinstance(write, Revision) else {}
    return tuple(changed.get(name, getattr(write.row, name)) for name in names)


def _written(step: Step) -> Write:
    if step.write is None:
        raise ValueError(f"{step.change} writes nothing.")
    return step.write
