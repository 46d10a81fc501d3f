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


class StudentProfileSerializer(RowSerializer):
    person = ProfilePersonSerializer()
    enrolments = ProfileEnrolmentSerializer(many=True)
    attendance = StudentStatisticsSerializer()

    class Meta:
        dataclass = profiles.StudentProfile
