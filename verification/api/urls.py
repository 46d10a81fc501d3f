"""API routes of this app, under /api/v1/."""

from django.urls import path

from verification.api.views import check_in, faces, reviews

urlpatterns = [
    path("qr/scan", check_in.ScanCodeView.as_view(), name="qr-scan"),
    path("bluetooth/check", check_in.CheckBluetoothView.as_view(), name="bluetooth-check"),
    path("sound/check", check_in.CheckSoundView.as_view(), name="sound-check"),
    path("face/verify", check_in.VerifyFaceView.as_view(), name="face-verify"),
    path("passkey/check", check_in.CheckPasskeyView.as_view(), name="passkey-check"),
    path("attendance/attempts", check_in.OpenAttemptView.as_view(), name="attempt-open"),
    path("attendance/mark", check_in.MarkAttendanceView.as_view(), name="attendance-mark"),
    path("attendance/check-in", check_in.CheckInView.as_view(), name="attendance-check-in"),
    path("face", faces.FaceView.as_view(), name="face"),
    path("face/consent", faces.FaceConsentView.as_view(), name="face-consent"),
    path("face/enroll/challenge", faces.BeginEnrolmentView.as_view(), name="face-enroll-challenge"),
    path("face/enroll", faces.EnrolFaceView.as_view(), name="face-enroll"),
    path("face/not-me", faces.DisownFaceView.as_view(), name="face-not-me"),
    path("face/accesses", faces.FaceAccessesView.as_view(), name="face-accesses"),
    path("face/waiting", faces.WaitingFacesView.as_view(), name="face-waiting"),
    path("face/waiting/<uuid:template_id>", faces.AnswerFaceView.as_view(), name="face-decide"),
    path("face/look-alikes", faces.LookAlikesView.as_view(), name="look-alikes"),
    path(
        "face/look-alikes/<uuid:pair_id>", faces.AnswerLookAlikeView.as_view(), name="pair-answer"
    ),
    path("attendance/reviews", reviews.WaitingReviewsView.as_view(), name="reviews"),
    path(
        "attendance/reviews/<uuid:decision_id>",
        reviews.AnswerReviewView.as_view(),
        name="review-answer",
    ),
    path("warnings", reviews.WarningsView.as_view(), name="warnings"),
    path("warnings/<uuid:warning_id>/appeal", reviews.AppealWarningView.as_view(), name="appeal"),
    path(
        "warnings/<uuid:warning_id>/verdict",
        reviews.AnswerWarningView.as_view(),
        name="warning-verdict",
    ),
    path("warned-users", reviews.WarnedUsersView.as_view(), name="warned-users"),
]
