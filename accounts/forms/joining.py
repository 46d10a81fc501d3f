"""The form with which a teacher or an admin makes their own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.forms.fields import email_field, line, name, number
from accounts.forms.passwords import NewPasswordForm
from accounts.models import Role, normalise_email, normalise_number


class JoinForm(NewPasswordForm):
    """The first visit of a teacher or an admin."""

    email = email_field()
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=150,
        validators=[name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    institution_number = forms.CharField(
        label=_("Staff number"),
        max_length=40,
        validators=[number],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    department = forms.CharField(
        label=_("Department"), max_length=100, validators=[line], required=False
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(Role.TEACHER.value, _("Teacher")), (Role.ADMIN.value, _("Admin"))],
        initial=Role.TEACHER.value,
        widget=forms.RadioSelect,
    )
    invitation = forms.CharField(
        label=_("Invitation code"),
        max_length=100,
        required=False,
        help_text=_(
            "With a code you can log in at once. Without one, an admin has to approve your "
            "account first."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["role", "full_name", "email", "institution_number", "department", "invitation"]

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def clean_institution_number(self) -> str:
        return normalise_number(self.cleaned_data["institution_number"])

    def new_account(self) -> services.NewAccount:
        given = self.cleaned_data
        return services.NewAccount(
            email=given["email"],
            password=given["new_password"],
            full_name=given["full_name"],
            institution_number=given["institution_number"],
            department=given["department"],
        )
