"""What the API answers of the attendance of one student or teacher."""

from rest_framework import serializers

from reports.api.serializers.rows import (
    AllowanceSerializer,
    CountsSerializer,
    CourseNamesSerializer,
    RowSerializer,
    SessionSummarySerializer,
)
from reports.domain.counting import CountedAs
from reports.queries import students, teachers

NOTHING_RECORDED = "Empty where nothing is recorded."
COUNTED_AS = (
    "status: as its status. late_absence: a late that counts as an absence. elsewhere: another "
    "session of its offering counts in its place. waiting: not decided yet. nothing: counts "
    "nowhere."
)
EXCUSED_AS = (
    "What an excuse will make of a session to come, unless the student comes: excused, or present "
    "or absent where its kind counts so."
)
STREAK = "Absences in a row up to now; an excused one neither ends nor adds."


class CourseFilterSerializer(serializers.Serializer):
    course = serializers.UUIDField(required=False)


# --- a student ------------------------------------------------------------------------


class StudentSessionTodaySerializer(RowSerializer):
    check_in = serializers.ChoiceField(
        ["review", "refused"],
        allow_null=True,
        help_text="What became of a check-in that recorded nothing: it waits for the teacher, "
        "or it was refused.",
    )

    class Meta:
        dataclass = students.StudentSessionToday
        flat = {"session": SessionSummarySerializer}
        extra_kwargs = {
            "status": {"help_text": NOTHING_RECORDED},
            "excused_as": {"help_text": EXCUSED_AS},
            "excuse_kind": {"help_text": "The name of that excuse's kind, or empty."},
        }


class StudentTodaySerializer(RowSerializer):
    sessions = StudentSessionTodaySerializer(many=True)
    total = CountsSerializer()

    class Meta:
        dataclass = students.StudentToday


class StudentSessionSerializer(RowSerializer):
    """A session of a student's, with what is recorded of it."""

    counted_as = serializers.ChoiceField([one.value for one in CountedAs], help_text=COUNTED_AS)

    class Meta:
        dataclass = students.RecordedSession
        ref_name = "StudentSession"
        flat = {"session": SessionSummarySerializer}
        extra_kwargs = {
            "status": {"help_text": NOTHING_RECORDED},
            "counts": {"help_text": "Whether it counts for the rate by now."},
            "offering": {"help_text": "A student needs one of a course's sessions of the same."},
            "source": {"help_text": "How it came to be recorded."},
            "excused_as": {"help_text": EXCUSED_AS},
            "excuse_kind": {"help_text": "The name of the excuse's kind, or empty."},
        }


class StudentTotalSerializer(RowSerializer):
    __doc__ = CountsSerializer.__doc__

    class Meta:
        dataclass = students.StudentTotal
        flat = {"tally": CountsSerializer}
        extra_kwargs = {"absence_streak": {"help_text": STREAK}}


class StudentCourseSerializer(RowSerializer):
    __doc__ = CountsSerializer.__doc__

    class Meta:
        dataclass = students.StudentCourse
        flat = {
            "tally": CountsSerializer,
            "course": CourseNamesSerializer,
            "allowance": AllowanceSerializer,
        }
        extra_kwargs = {"absence_streak": {"help_text": STREAK}}


class StudentStatisticsSerializer(RowSerializer):
    courses = StudentCourseSerializer(many=True)
    total = StudentTotalSerializer()

    class Meta:
        dataclass = students.StudentStatistics


# --- a teacher ------------------------------------------------------------------------


class TeacherSessionTodaySerializer(RowSerializer):
    __doc__ = CountsSerializer.__doc__

    class Meta:
        dataclass = teachers.TeacherSessionToday
        flat = {"tally": CountsSerializer, "session": SessionSummarySerializer}


class TeacherTodaySerializer(RowSerializer):
    sessions = TeacherSessionTodaySerializer(many=True)
    total = CountsSerializer()

    class Meta:
        dataclass = teachers.TeacherToday


class TeacherTotalSerializer(RowSerializer):
    __doc__ = CountsSerializer.__doc__

    class Meta:
        dataclass = teachers.TeacherTotal
        flat = {"tally": CountsSerializer}


class TeacherCourseSerializer(RowSerializer):
    __doc__ = CountsSerializer.__doc__

    class Meta:
        dataclass = teachers.TeacherCourse
        flat = {"taught": TeacherTotalSerializer, "course": CourseNamesSerializer}


class TeacherStatisticsSerializer(RowSerializer):
    courses = TeacherCourseSerializer(many=True)
    total = TeacherTotalSerializer()

    class Meta:
        dataclass = teachers.TeacherStatistics
