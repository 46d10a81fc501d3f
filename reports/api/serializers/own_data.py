"""What the API answers to a student who asks for all that is kept about them."""

from rest_framework import serializers

from accounts.api.serializers.erasure import ErasureSerializer
from accounts.api.serializers.names import NameRequestSerializer
from reports.api.serializers.profiles import ProfileEnrolmentSerializer, ProfilePersonSerializer
from reports.api.serializers.rows import RowSerializer
from reports.api.serializers.statistics import (
    StudentSessionSerializer,
    StudentStatisticsSerializer,
)
from reports.queries import own_data
from verification.api.serializers.faces import AccessSerializer, EnrolledFaceSerializer


class OwnMarkSerializer(RowSerializer):
    """Each time that an attendance was set: the attendance is what came of them."""

    class Meta:
        dataclass = own_data.OwnMark
        extra_kwargs = {"by": {"help_text": "Who signed for it; empty: the system."}}


class OwnNoticeSerializer(RowSerializer):
    courses = serializers.JSONField()

    class Meta:
        dataclass = own_data.OwnNotice


class OwnFaceSerializer(RowSerializer):
    """Where enrolments stand and who touched them, and nothing of the face."""

    enrolments = EnrolledFaceSerializer(many=True)
    accesses = AccessSerializer(many=True)

    class Meta:
        dataclass = own_data.OwnFace


class OwnDataSerializer(RowSerializer):
    account = ProfilePersonSerializer()
    courses = ProfileEnrolmentSerializer(many=True)
    statistics = StudentStatisticsSerializer()
    attendance = StudentSessionSerializer(many=True)
    marks = OwnMarkSerializer(many=True)
    notices = OwnNoticeSerializer(many=True)
    face = OwnFaceSerializer()
    erasure_requests = ErasureSerializer(many=True)
    name_requests = NameRequestSerializer(many=True)

    class Meta:
        dataclass = own_data.OwnData
