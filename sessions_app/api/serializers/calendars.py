"""The shapes of calendars by address."""

from rest_framework import serializers

from sessions_app.models import CalendarSubscription, Course

_CHOSEN = ["course", "drop_missing", "applies_itself"]
_READ = ["created_at", "read_at", "trouble", "unsure"]


class CalendarChangeSerializer(serializers.ModelSerializer):
    """What of a calendar can be changed. For another address one subscribes anew."""

    course = serializers.PrimaryKeyRelatedField(
        queryset=Course.objects.all(), allow_null=True, required=False
    )

    class Meta:
        model = CalendarSubscription
        fields = _CHOSEN


class CalendarSerializer(CalendarChangeSerializer):
    """``waiting`` says in words what the last reading would change, ``trouble`` why it failed."""

    waiting = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = CalendarSubscription
        fields = ["id", "address", *_CHOSEN, *_READ, "waiting"]
        read_only_fields = _READ


class ReadingSerializer(serializers.Serializer):
    """What came of one reading."""

    applied = serializers.IntegerField()
    waiting = serializers.IntegerField()
    trouble = serializers.CharField(allow_blank=True)
    calendar = CalendarSerializer()
