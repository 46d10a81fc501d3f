"""What the API answers of the institution as a whole."""

from reports.api.serializers.rows import CountsSerializer, RowSerializer
from reports.queries import overview


class TodaySerializer(RowSerializer):
    attendance_today = CountsSerializer()

    class Meta:
        dataclass = overview.Today


class InstitutionSerializer(RowSerializer):
    attendance_30_days = CountsSerializer()

    class Meta:
        dataclass = overview.Institution
        flat = {"today": TodaySerializer}
