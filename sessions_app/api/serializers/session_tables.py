"""The shapes of importing a table of sessions: a file in, and what it changes out."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from attendance_project.api_fields import BoundedListField
from attendance_project.tables import MOST_BYTES
from sessions_app.forms.imports import ENCODINGS
from sessions_app.imports import Action, UnusedKind
from sessions_app.imports.plans import RowKind


class SessionTableSerializer(serializers.Serializer):
    """``columns`` has a text NAME=COLUMN for each column of the file whose name is not known, and
    ``choices`` a text TITLE=COURSE for each title that is not sure: the ``text`` of an unused line
    and the id of the course that it means. TITLE= leaves its lines out. What was chosen is
    remembered, once it is carried out, for the next table with these columns."""

    file = serializers.FileField(max_length=255)
    course = serializers.UUIDField(required=False, help_text="All lines are of this course.")
    columns = BoundedListField(
        child=serializers.CharField(max_length=300), required=False, max_length=100
    )
    choices = BoundedListField(
        child=serializers.CharField(max_length=1100), required=False, max_length=300
    )
    encoding = serializers.ChoiceField(
        choices=[name for name, _label in ENCODINGS if name],
        required=False,
        help_text="Found out if not given.",
    )
    drop_missing = serializers.BooleanField(
        default=False, help_text="Cancel planned sessions that are not in the file."
    )
    digest = serializers.CharField(
        required=False,
        max_length=64,
        help_text="That of the changes that were looked at. Without it nothing is written.",
    )

    def validate_file(self, file: Any) -> Any:
        if file.size > MOST_BYTES:
            told = _("The file is larger than %(mb)s MB. Split it into several.")
            raise serializers.ValidationError(told % {"mb": MOST_BYTES // 2**20})
        return file


class TableChangeSerializer(serializers.Serializer):
    action = serializers.ChoiceField(choices=Action.choices)
    kind = serializers.ChoiceField(choices=RowKind.choices)
    name = serializers.CharField()
    detail = serializers.CharField(source="told")


class UnusedLineSerializer(serializers.Serializer):
    """A line that makes no session, and why. ``choices`` are the courses that it may mean, and
    ``text`` is its whole title, by which one of them is chosen."""

    line = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    why = serializers.CharField()
    kind = serializers.ChoiceField(choices=UnusedKind.choices)
    choices = serializers.ListField(child=serializers.UUIDField())


class TablePlanSerializer(serializers.Serializer):
    """What the file changes. ``import_id`` is that of the import, once it was carried out."""

    digest = serializers.CharField()
    changes = TableChangeSerializer(many=True)
    unused = UnusedLineSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    overlaps = serializers.ListField(child=serializers.CharField())
    import_id = serializers.UUIDField(allow_null=True)
