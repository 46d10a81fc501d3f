"""What the API answers to an admin who asks for all about one student."""

from rest_framework import serializers

from reports.api.serializers.rows import CourseNamesSerializer, RowSerializer
from reports.api.serializers.statistics import StudentStatisticsSerializer
from reports.queries import profiles


class ProfilePersonSerializer(RowSerializer):
    email = serializers.EmailField()

    class Meta:
        dataclass = profiles.ProfilePerson


class ProfileEnrolmentSerializer(RowSerializer):
    class Meta:
        dataclass = profiles.ProfileEnrolment
        flat = {"course": CourseNamesSerializer}


class ProfileWarningSerializer(RowSerializer):
    class Meta:
        dataclass = profiles.ProfileWarning


class StudentProfileSerializer(RowSerializer):
    person = ProfilePersonSerializer()
    enrolments = ProfileEnrolmentSerializer(many=True)
    attendance = StudentStatisticsSerializer()
    warnings = ProfileWarningSerializer(many=True, help_text="The latest 50.")

    class Meta:
        dataclass = profiles.StudentProfile
        extra_kwargs = {
            "warnings_count": {"help_text": "How many there are; the rest has a call of its own."}
        }
