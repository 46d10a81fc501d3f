"""API routes of this app, under /api/v1/."""

from django.urls import path

from verification.api.views import check_in, faces, reviews

urlpatterns = [
    path("qr/scan", check_in.ScanCode.as_view(), name="qr-scan"),
    path("bluetooth/check", check_in.CheckBluetooth.as_view(), name="bluetooth-check"),
    path("sound/check", check_in.CheckSound.as_view(), name="sound-check"),
    path("face/verify", check_in.VerifyFace.as_view(), name="face-verify"),
    path("attendance/attempts", check_in.OpenAttempt.as_view(), name="attempt-open"),
    path("attendance/mark", check_in.MarkAttendance.as_view(), name="attendance-mark"),
    path("attendance/check-in", check_in.CheckIn.as_view(), name="attendance-check-in"),
    path("face", faces.Face.as_view(), name="face"),
    path("face/consent", faces.FaceConsent.as_view(), name="face-consent"),
    path("face/enroll", faces.EnrolFace.as_view(), name="face-enroll"),
    path("face/not-me", faces.DisownFace.as_view(), name="face-not-me"),
    path("face/accesses", faces.FaceAccesses.as_view(), name="face-accesses"),
    path("face/waiting", faces.WaitingFaces.as_view(), name="face-waiting"),
    path("face/waiting/<uuid:template_id>", faces.DecideFace.as_view(), name="face-decide"),
    path("attendance/reviews", reviews.WaitingReviews.as_view(), name="reviews"),
    path(
        "attendance/reviews/<uuid:decision_id>",
        reviews.AnswerReview.as_view(),
        name="review-answer",
    ),
    path("warnings", reviews.Warnings.as_view(), name="warnings"),
    path("warnings/<uuid:warning_id>/appeal", reviews.AppealWarning.as_view(), name="appeal"),
    path(
        "warnings/<uuid:warning_id>/verdict",
        reviews.DecideWarning.as_view(),
        name="warning-verdict",
    ),
    path("warned-users", reviews.WarnedUsers.as_view(), name="warned-users"),
]
