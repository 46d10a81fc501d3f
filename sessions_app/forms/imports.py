"""The forms that take a file to import."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from attendance_project.tables import MOST_BYTES
from sessions_app.models import Course, Session

ENCODINGS = [
    ("", _("Detect automatically")),
    ("utf-8", "UTF-8"),
    ("cp1252", _("Western European (Windows-1252)")),
    ("cp1250", _("Central European (Windows-1250)")),
    ("cp1251", _("Cyrillic (Windows-1251)")),
    ("cp1253", _("Greek (Windows-1253)")),
    ("cp1254", _("Turkish (Windows-1254)")),
    ("cp1255", _("Hebrew (Windows-1255)")),
    ("cp1256", _("Arabic (Windows-1256)")),
    ("cp932", _("Japanese (Shift JIS)")),
    ("cp949", _("Korean (EUC-KR)")),
    ("gb18030", _("Chinese (GB 18030)")),
    ("cp950", _("Traditional Chinese (Big5)")),
    ("cp874", _("Thai (Windows-874)")),
    ("cp1257", _("Baltic (Windows-1257)")),
    ("cp1258", _("Vietnamese (Windows-1258)")),
    ("koi8_r", _("Cyrillic (KOI8-R)")),
    ("cp866", _("Cyrillic (DOS)")),
]


_LISTS = ".csv,.txt,.tsv,.xls,.xlsx,.ods,text/csv"
"""What a browser offers as a list of people or marks."""


def _file(label: Any, accept: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=_("You see the changes before anything is saved."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": accept}),
    )


def _encoding() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Encoding"),
        choices=ENCODINGS,
        required=False,
        help_text=_("Change this only if names with accents look wrong."),
    )


def _course(empty_label: Any, help_text: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=_("Course"),
        queryset=Course.objects.filter(is_active=True).select_related("subject", "class_group"),
        required=False,
        empty_label=empty_label,
        help_text=help_text,
    )


class UploadForm(forms.Form):
    """A file and what to do with it. With a ``user`` only the courses that they run are offered."""

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:
            mine = Course.objects.run_by(user).filter(is_active=True)
            choice: Any = self.fields["course"]
            choice.queryset = mine.select_related("subject", "class_group")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than %(mb)s MB. Split it into several.")
                % {"mb": MOST_BYTES // 2**20}
            )
        return file

    @property
    def options(self) -> dict[str, Any]:
        """The options for reading the file, as plain JSON values. A row that was chosen is its id,
        and none is the empty text."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        for name, field in self.base_fields.items():
            if isinstance(field, forms.ModelChoiceField):
                row = values.get(name)
                values[name] = str(row.pk) if row else ""
        return values


class EnrolmentsForm(UploadForm):
    file = _file(_("CSV file or workbook (XLSX, XLS, ODS)"), f".zip,{_LISTS}")
    encoding = _encoding()
    course = _course(_("As the file says"), _("Choose one if all students in the file attend it."))
    drop_missing = forms.BooleanField(
        label=_("Remove students not in this file"),
        required=False,
        help_text=_("Only from the courses in the file. Existing attendance is kept."),
    )
    move = forms.BooleanField(
        label=_("Move students who change class"),
        required=False,
        help_text=_(
            "Who is on another class of the same subject leaves it. Attendance is kept, and "
            "excuses go along."
        ),
    )


class MarksForm(UploadForm):
    file = _file(_("CSV file or workbook (XLSX, XLS, ODS)"), _LISTS)
    course = _course(_("As the file says"), _("Choose one if all lines are of its sessions."))
    least_minutes = forms.IntegerField(
        label=_("Minutes that count as present"),
        required=False,
        min_value=0,
        max_value=24 * 60,
        help_text=_("For files with times only. Half of the session if left empty."),
    )
    encoding = _encoding()
    session = forms.ModelChoiceField(
        queryset=Session.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        choice: Any = self.fields["session"]
        choice.queryset = Session.objects.run_by(user)
        if self["session"].value():
            del self.fields["course"]


class SessionsForm(UploadForm):
    file = _file(_("CSV file or workbook (XLSX, XLS, ODS)"), _LISTS)
    course = _course(_("As the file says"), _("Choose one if all lines are of its sessions."))
    drop_missing = forms.BooleanField(
        label=_("Cancel planned sessions not in this file"),
        required=False,
        help_text=_("Only upcoming sessions of the courses in the file that a table planned."),
    )
    encoding = _encoding()


class TimetableForm(UploadForm):
    file = _file(_("Calendar file (.ics)"), ".ics,.zip,text/calendar")
    course = _course(
        _("Detect from each event"), _("Choose one if the whole calendar belongs to one course.")
    )
    drop_missing = forms.BooleanField(
        label=_("Cancel planned sessions not in this file"),
        required=False,
        help_text=_("Only upcoming sessions of the courses in the file."),
    )
