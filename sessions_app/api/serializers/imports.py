"""The shapes of imports that were carried out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.imports import Action, records
from sessions_app.imports.plans import RowKind
from sessions_app.imports.record_names import named
from sessions_app.imports.staying import Stays
from sessions_app.models import ImportRecord


class ImportRecordSerializer(serializers.ModelSerializer):
    by_name = serializers.CharField(source="by.full_name", read_only=True, default="")

    class Meta:
        model = ImportRecord
        fields = [
            *("id", "kind", "source", "file_name", "digest", "by", "by_name", "at"),
            *("taken_back_at", "taken_back_by"),
        ]
        read_only_fields = fields


class StayedSerializer(serializers.Serializer):
    """How many rows of a kind stayed when an import was taken back, and why."""

    kind = serializers.ChoiceField(choices=RowKind.choices)
    why = serializers.ChoiceField(choices=Stays.choices)
    number = serializers.IntegerField()


class ImportChangeSerializer(serializers.Serializer):
    """A change of an import. A mark has the ids of its session and, as far as that is kept, of its
    student. ``name`` is what the row is called, and is empty where that is not known any more or
    not yours to read. ``is_deleted`` says that the row was deleted since. ``before`` and ``after``
    have the values that were changed, where they are kept."""

    action = serializers.ChoiceField(choices=Action.choices)
    kind = serializers.ChoiceField(choices=RowKind.choices)
    id = serializers.CharField(source="kept.id")
    student = serializers.UUIDField(source="kept.student", allow_null=True, default=None)
    name = serializers.CharField()
    detail = serializers.CharField()
    is_deleted = serializers.BooleanField()
    before = serializers.DictField(source="kept.before", default=dict)
    after = serializers.DictField(source="kept.after", default=dict)


class ImportChangesSerializer(ImportRecordSerializer):
    """``context["request"]`` is by whom the names are read."""

    counts = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    stayed = StayedSerializer(many=True, read_only=True, allow_null=True)

    class Meta(ImportRecordSerializer.Meta):
        fields = [*ImportRecordSerializer.Meta.fields, "counts", "changes", "stayed"]
        read_only_fields = fields

    @extend_schema_field(ImportChangeSerializer(many=True))
    def get_changes(self, record: ImportRecord) -> Any:
        changes = named(record, record.changes, to=self.context["request"].user)
        return ImportChangeSerializer(changes, many=True).data

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_counts(self, record: ImportRecord) -> dict[str, Any]:
        return dict(records.counts(record))
