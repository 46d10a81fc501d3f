"""Django's own apps with this project's primary key, so that they run on MongoDB too."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig

_KEY = "attendance_project.fields.UUIDAutoField"


class PortableAdminConfig(AdminConfig):
    default_auto_field = _KEY


class PortableAuthConfig(AuthConfig):
    default_auto_field = _KEY


class PortableContentTypesConfig(ContentTypesConfig):
    default_auto_field = _KEY
