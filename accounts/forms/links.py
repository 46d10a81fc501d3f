"""The forms of a link in a mail that carries out one act."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import password_field
from accounts.forms.passwords import LinkForm


class MailedLinkForm(LinkForm):
    """What stands behind the ``#`` of such a link, which is longer than that of a new password."""

    code = forms.CharField(
        label=_("Code"),
        max_length=4000,  # the act and its details stand in it
        help_text=_("The part of the link after the sign #, or the whole link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": ""}),
    )


class LinkPasswordForm(forms.Form):
    """The password of the account, where the link proves a mailbox."""

    current_password = password_field(_("Password"), "current-password")
