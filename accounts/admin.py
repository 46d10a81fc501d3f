"""Django's admin pages about people."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import services
from accounts.forms.fields import name
from accounts.forms.logging_in import LogInForm
from accounts.models import (
    AccountMerge,
    ConsentEvent,
    Device,
    DeviceStatus,
    ErasureRequest,
    FailedLogin,
    Invitation,
    Passkey,
    RefreshToken,
    Role,
    RosterEntry,
    SpentProof,
    User,
    normalise_email,
    normalise_number,
)
from attendance_project import clock, page_refusals
from attendance_project.admin import PortableAdmin, ReadOnlyAdmin
from attendance_project.refusals import Refusal
from attendance_project.spellings import visible

admin.site.unregister(Group)  # roles decide here, so groups would mean nothing


class AdminLogInForm(LogInForm):
    """The log-in page of Django's admin site: the same limit on guesses, and for admins only."""

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_staff:
            raise ValidationError(
                _("This page is for admins. Log in as an admin, or go to the start page.")
            )


_log_in = admin.site.login


def log_in_to_admin(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
    """The log-in page of the admin site, with the status of a refusal and how long to wait."""
    page = _log_in(request, extra_context)
    form = (getattr(page, "context_data", None) or {}).get("form")
    refusal = getattr(form, "refusal", None)
    return page_refusals.with_status(page, refusal) if refusal else page


admin.site.login = log_in_to_admin  # type: ignore[method-assign]
admin.site.login_form = AdminLogInForm
admin.site.site_header = admin.site.site_title = "Attendance"
admin.site.index_title = "Administration"


class _OneSpelling(forms.ModelForm):
    def clean_full_name(self) -> str:
        given: str = self.cleaned_data["full_name"]
        if given:
            name(given)
        return visible(given)

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def clean_institution_number(self) -> str:
        return normalise_number(self.cleaned_data["institution_number"])


class NewUserForm(_OneSpelling, BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name", "institution_number", "department", "role")


class ChangedUserForm(_OneSpelling, UserChangeForm):
    class Meta:
        model = User
        fields = (*NewUserForm.Meta.fields, "password", "is_active")

    def clean_is_active(self) -> bool:
        """A merged account is switched on by undoing the merge, on this page as on others."""
        switched_on: bool = self.cleaned_data["is_active"]
        if switched_on and "is_active" in self.changed_data:
            try:
                services.check_may_switch_on(self.instance)
            except Refusal as refusal:
                raise ValidationError(refusal.sentence) from refusal
        return switched_on


@admin.register(User)
class AccountAdmin(PortableAdmin, UserAdmin):
    form = ChangedUserForm
    add_form = NewUserForm
    list_display = ("full_name", "institution_number", "email", "role", "is_active", "is_approved")
    list_filter = ("role", "is_active", "is_approved")
    search_fields = ("full_name", "email", "institution_number")
    ordering = ("full_name", "email")
    filter_horizontal = ()
    actions = ("approve_teachers",)
    readonly_fields = (
        *("is_approved", "approved_by", "last_login", "created_at"),
        *("email_confirmed_at", "claimed_number"),
    )
    fieldsets = (
        (None, {"fields": ("email", "email_confirmed_at", "password")}),
        ("Person", {"fields": ("full_name", "institution_number", "claimed_number", "department")}),
        ("Access", {"fields": ("role", "is_active", "is_approved", "approved_by")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Since admins cannot change their own role, there is always one admin.
        own = ("role", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.pk == request.user.pk:
            return False
        return super().has_delete_permission(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset.exclude(pk=request.user.pk))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_superuser = obj.role == Role.ADMIN
        if not change:
            obj.is_approved, obj.approved_by = True, request.user  # type: ignore[assignment]
            obj.email_confirmed_at = clock.now()  # the admin answers for the address
        elif "is_active" in form.changed_data:
            for name, value in services.switching(obj, on=obj.is_active, now=clock.now()).items():
                setattr(obj, name, value)
        if change and "email" in form.changed_data:
            services.reserve_email(obj, form.initial["email"], now=clock.now())
        super().save_model(request, obj, form, change)
        if {"role", "is_active", "password"} & set(form.changed_data):
            services.revoke_tokens(obj, now=clock.now())

    @admin.action(description="Approve teachers")
    def approve_teachers(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        approved = 0
        for account in queryset.filter(role=Role.TEACHER, is_approved=False):
            try:
                services.approve_account(account, by=request.user)  # type: ignore[arg-type]
            except Refusal as error:
                self.message_user(request, error.sentence, messages.WARNING)
            else:
                approved += 1
        self.message_user(request, f"{approved} approved.", messages.SUCCESS)


@admin.register(RosterEntry)
class RosterEntryAdmin(PortableAdmin):
    list_display = ("institution_number", "email", "full_name")
    search_fields = ("institution_number", "email", "full_name")

    class form(_OneSpelling):  # ModelAdmin reads this name
        class Meta:
            model = RosterEntry
            fields = ("email", "institution_number", "full_name")


@admin.register(Invitation)
class InvitationAdmin(PortableAdmin):
    list_display = ("role", "email", "created_by", "created_at", "expires_at", "used_at", "used_by")
    list_filter = ("role",)
    list_select_related = ("created_by", "used_by")
    search_fields = ("email",)
    fields = ("role", "email")

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [(r.value, r.label) for r in (Role.TEACHER, Role.ADMIN)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        made, code = services.create_invitation(
            role=Role(obj.role),
            email=obj.email,
            by=request.user,  # type: ignore[arg-type]  # only admins come here
            now=clock.now(),
        )
        obj.pk, obj.expires_at = made.pk, made.expires_at
        self.message_user(request, f"The code, shown only now: {code}", messages.WARNING)


@admin.register(Device)
class DeviceAdmin(PortableAdmin):
    list_display = (
        *("user", "name", "status", "registered_at", "activates_at"),
        *("confirmed_by", "approved_by"),
    )
    list_filter = ("status",)
    list_select_related = ("user", "approved_by")
    search_fields = ("user__full_name", "user__email", "user__institution_number", "name", "jkt")
    actions = ("approve", "revoke")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description="Approve waiting phones", permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        approved = 0
        for device in queryset.filter(status=DeviceStatus.PENDING):
            try:
                services.approve_device(device, by=request.user, now=clock.now())  # type: ignore[arg-type]
            except Refusal as error:
                self.message_user(request, f"{device}: {error.sentence}", messages.WARNING)
            else:
                approved += 1
        self.message_user(request, f"{approved} approved.", messages.SUCCESS)

    @admin.action(description="Revoke phones", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        for device in queryset.select_related("user"):
            services.revoke_device(device, now=clock.now())
        self.message_user(request, "Revoked.", messages.SUCCESS)


@admin.register(Passkey)
class PasskeyAdmin(ReadOnlyAdmin):
    """Deleting a passkey helps a person whose phone is lost: they can make another one."""

    list_display = ("user", "name", "trust", "backed_up", "created_at", "last_used_at")
    list_filter = ("trust",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__institution_number", "name")
    exclude = ("public_key",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


@admin.register(RefreshToken)
class RefreshTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "issued_at", "expires_at", "spent_at", "revoked_at")
    list_filter = ("revoked_at",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__institution_number", "jkt")


@admin.register(SpentProof)
class SpentProofAdmin(ReadOnlyAdmin):
    list_display = ("digest", "expires_at")
    search_fields = ("digest",)


@admin.register(FailedLogin)
class FailedLoginAdmin(ReadOnlyAdmin):
    """Deleting rows lets a person try again at once."""

    list_display = ("account", "at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    list_display = ("user", "purpose", "version", "action", "at")
    list_filter = ("action", "purpose")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__full_name", "user__institution_number")


@admin.register(AccountMerge)
class AccountMergeAdmin(ReadOnlyAdmin):
    """Accounts are merged, and separated again, on the pages of people or by a command."""

    list_display = ("kept", "merged", "by", "at", "done_at", "undone_at", "undone_by")
    list_select_related = ("kept", "merged", "by", "undone_by")
    search_fields = ("kept__institution_number", "merged__institution_number", "kept__full_name")


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ReadOnlyAdmin):
    """`manage.py erase_person NUMBER` carries the requests out."""

    list_display = ("user", "state", "asked_at", "closed_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("user__institution_number", "user__full_name")
