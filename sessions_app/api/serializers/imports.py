"""The shapes of imports that were carried out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.imports import records
from sessions_app.imports.plans import RowKind
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


class ImportChangesSerializer(ImportRecordSerializer):
    counts = serializers.SerializerMethodField()
    changes = serializers.ListField(child=serializers.DictField(), read_only=True)
    stayed = StayedSerializer(many=True, read_only=True, allow_null=True)

    class Meta(ImportRecordSerializer.Meta):
        fields = [*ImportRecordSerializer.Meta.fields, "counts", "changes", "stayed"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_counts(self, record: ImportRecord) -> dict[str, Any]:
        return dict(records.counts(record))
