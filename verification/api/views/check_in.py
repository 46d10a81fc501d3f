"""The phone's way through a check-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import device_of, proof_in
from accounts.api.views.base import viewer
from accounts.queries import address_of
from attendance_project import clock
from attendance_project.api_views import validated
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Session
from verification import services
from verification.api import presenting
from verification.api.schema import ERRORS
from verification.api.serializers.check_in import (
    BluetoothSerializer,
    CheckInSerializer,
    FaceVerifySerializer,
    MarkSerializer,
    OpenAttemptSerializer,
    PasskeySerializer,
    ScanSerializer,
    SoundSerializer,
)
from verification.api.serializers.outcomes import (
    AttemptSerializer,
    OutcomeSerializer,
    StepSerializer,
)
from verification.api.views.base import FaceThrottle, PhoneView
from verification.domain.reasons import Reason
from verification.models import CheckInAttempt
from verification.services import kept
from verification.services.steps.reading_codes import session_named_by


def _caller(request: Request, now: datetime) -> services.Caller:
    jkt = request.auth["cnf"]["jkt"]  # type: ignore[index]  # HasDeviceKey saw to it
    return services.identify(
        viewer(request),
        jkt=jkt,
        now=now,
        network=address_of(request),
        device=device_of(request),
    )


def _answer(
    caller: services.Caller, step: services.StepResult, data: dict[str, Any], now: datetime
) -> Response:
    """How the step went, with the decision where the phone asked to finish and nothing is left."""
    if data["finish"]:
        step = services.finish(caller, step, now=now)
    return Response(presenting.step_of(step, now))


class OpenAttemptView(PhoneView):
    """Start a check-in ahead of the scan, to have a challenge for a check-in in one request.

    Codes that were read already go along where there are any. If the network goes after that, they
    show that the phone was in the room.
    """

    @extend_schema(
        request=OpenAttemptSerializer,
        responses={201: AttemptSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(OpenAttemptSerializer, request)
        visible = Session.objects.visible_to(viewer(request))
        session = get_object_or_404(visible, pk=data["session"])
        caller = _caller(request, now)
        attempt = services.open_ahead(caller, session=session, nonce=data["nonce"], now=now)
        in_time = services.note_codes_ahead(caller, attempt, data["tokens"], now=now)
        challenge = services.give_challenge(attempt, now=now)
        opened = presenting.attempt_of(attempt, challenge, now) | {"codes_in_time": in_time}
        return Response(opened, status=201)


class ScanCodeView(PhoneView):
    """Send the codes that the camera saw. Opens an attempt, unless one is named."""

    @extend_schema(request=ScanSerializer, responses={200: StepSerializer, **ERRORS})
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(ScanSerializer, request)
        caller = _caller(request, now)
        attempt = _attempt_to_scan_for(caller, data, now)
        if attempt is None:
            return Response(presenting.nothing_found(Reason.CODE_UNREADABLE))
        scanned = services.ScannedCodes(tokens=data["tokens"], short_code=data["short_code"])
        step = services.scan(caller, attempt, scanned, nonce=data["nonce"], now=now)
        return _answer(caller, step, data, now)


def _attempt_to_scan_for(
    caller: services.Caller, data: dict[str, Any], now: datetime
) -> CheckInAttempt | None:
    """The named attempt, or a new one at the session that is named or that the code names."""
    if data["attempt"] is not None:
        return services.attempt_for(caller, data["attempt"])
    session = (
        Session.objects.visible_to(caller.user).filter(pk=data["session"]).first()
        if data["session"] is not None
        else session_named_by(data["tokens"], student=caller.user)
    )
    if session is None and data["session"] is not None:
        raise Refusal(
            "not_found",
            _("This session does not exist. Scan the code on the screen."),
            Kind.NOT_FOUND,
        )
    if session is None:
        return None
    return services.open_attempt(caller, session=session, nonce=data["nonce"], now=now)


class CheckBluetoothView(PhoneView):
    """Send what was heard of the room's beacon, and what it answered to `beacon_nonce`."""

    @extend_schema(
        request=BluetoothSerializer,
        responses={200: StepSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(BluetoothSerializer, request)
        caller = _caller(request, now)
        attempt = services.attempt_for(caller, data["attempt"], to_decide=data["finish"])
        step = services.hear_beacon(
            caller, attempt, _radio_report(data), nonce=data["nonce"], now=now
        )
        return _answer(caller, step, data, now)


class CheckSoundView(PhoneView):
    """Send what was decoded of the room's sound, on phones that cannot do Bluetooth.

    Fresh sound takes the place of Bluetooth where that is preferred. Where it is required the
    teacher looks, since a call carries sound out of the room.
    """

    @extend_schema(
        request=SoundSerializer,
        responses={200: StepSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(SoundSerializer, request)
        caller = _caller(request, now)
        attempt = services.attempt_for(caller, data["attempt"], to_decide=data["finish"])
        step = services.hear_sound(caller, attempt, data["heard"], nonce=data["nonce"], now=now)
        return _answer(caller, step, data, now)


class VerifyFaceView(PhoneView):
    """Send the burst that was taken while the challenge's prompts were shown."""

    parser_classes = [MultiPartParser]
    throttle_classes = [FaceThrottle]

    @extend_schema(
        request={"multipart/form-data": FaceVerifySerializer},
        responses={200: StepSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(FaceVerifySerializer, request)
        caller = _caller(request, now)
        attempt = services.attempt_for(caller, data["attempt"], to_decide=data["finish"])
        step = services.verify_face(caller, attempt, _capture(data), nonce=data["nonce"], now=now)
        return _answer(caller, step, data, now)


class CheckPasskeyView(PhoneView):
    """Send a passkey's answer to the `passkey` options of a scan, where Standard asks for no face.

    Without a `credential` the student shows the face instead, and the answer has its challenge.
    """

    @extend_schema(request=PasskeySerializer, responses={200: StepSerializer, **ERRORS})
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(PasskeySerializer, request)
        caller = _caller(request, now)
        attempt = services.attempt_for(caller, data["attempt"], to_decide=data["finish"])
        credential = data["credential"]
        if credential is None:
            step = services.face_instead(caller, attempt, now=now)
        else:
            step = services.confirm_with_passkey(
                caller, attempt, credential, nonce=data["nonce"], now=now
            )
        return _answer(caller, step, data, now)


class MarkAttendanceView(PhoneView):
    """Ask for the decision on everything that the attempt has."""

    @extend_schema(
        request=MarkSerializer,
        responses={200: OutcomeSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(MarkSerializer, request)
        caller = _caller(request, now)
        attempt = services.attempt_for(caller, data["attempt"], to_decide=True)
        decision = services.decide_attempt(
            caller, attempt, now=now, without_face=data["without_face"]
        )
        return Response(presenting.decision_of(decision))


class CheckInView(PhoneView):
    """A whole check-in in one multipart request, for networks that are bad.

    Where there was no network at all, keep it and send it within ten minutes with `gathered`, the
    phone's signed statement on when it saw the codes (docs/phone-client.md). It then goes to the
    teacher for review, although the codes are long off the screen by then and the session may
    have closed. After 30 s codes alone are refused (`code_alone`): the attempt needs codes that
    had come in time, by `/qr/scan` or when it was opened, or the beacon's answer to its nonce.
    """

    parser_classes = [MultiPartParser]
    throttle_classes = [FaceThrottle]

    @extend_schema(
        request={"multipart/form-data": CheckInSerializer},
        responses={200: OutcomeSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        now = clock.now()
        data = validated(CheckInSerializer, request)
        caller = _caller(request, now)
        attempt = _attempt_to_scan_for(caller, {"session": None, **data}, now)
        if attempt is None:
            raise Refusal(
                "code_unreadable",
                _("No code of an open session was sent. Scan the code on the screen again."),
                Kind.INVALID,
            )
        _gather(caller, attempt, data, _statement(request, caller, data), now)
        decision = services.decide_attempt(
            caller, attempt, now=now, without_face=data["without_face"]
        )
        return Response(presenting.decision_of(decision))


def _gather(
    caller: services.Caller,
    attempt: CheckInAttempt,
    data: dict[str, Any],
    statement: kept.Statement | None,
    now: datetime,
) -> None:
    """Every step in turn; one that ends the attempt leaves the rest unasked.

    A burst may have arrived by itself before, and its answer been lost: that one counts.
    """
    nonce = data["nonce"]
    if services.is_decided(attempt):
        return  # a repeat
    scanned = services.ScannedCodes(tokens=data["tokens"], in_one_request=True, statement=statement)
    step = services.scan(caller, attempt, scanned, nonce=nonce, now=now)
    if step.decision is not None:
        return
    if data.get("sightings") or data.get("answers"):
        report = _radio_report(data)
        services.hear_beacon(caller, attempt, report, nonce=nonce, now=now, span=step.span)
    if data.get("heard"):
        services.hear_sound(caller, attempt, data["heard"], nonce=nonce, now=now, span=step.span)
    if data.get("frames") and not services.has_burst(attempt, data["challenge"]):
        capture = _capture(data)
        services.verify_face(caller, attempt, capture, nonce=nonce, now=now, span=step.span)


def _statement(
    request: Request, caller: services.Caller, data: dict[str, Any]
) -> kept.Statement | None:
    """What the phone says of when it gathered this, if it says anything."""
    proof = proof_in(request) if data["gathered"] else None
    if proof is None:
        return None
    return kept.read_statement(
        data["gathered"],
        caller=caller,
        nonce=data["nonce"],
        tokens=data["tokens"],
        frames=data.get("frames") or (),
        sent_at=proof.iat,
    )


def _radio_report(data: dict[str, Any]) -> services.RadioReport:
    return services.RadioReport(
        data.get("sightings") or (), data.get("answers") or (), data.get("sent_at")
    )


def _capture(data: dict[str, Any]) -> services.FaceCapture:
    return services.FaceCapture(data["frames"], data["times_s"], data["challenge"])
