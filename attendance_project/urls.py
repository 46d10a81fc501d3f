"""The site's addresses, and the view of each."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularSwaggerSplitView

from attendance_project.description import DescriptionView
from attendance_project.health import VIEWS
from attendance_project.security_txt import security_txt

api: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("sessions_app.api.urls")),
    path("", include("verification.api.urls")),
    path("", include("reports.api.urls")),
    path("schema", DescriptionView.as_view(), name="api-schema"),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api_docs.html"),
        name="api-docs",
    ),
]

# The texts of static/js. A browser keeps them for an hour, separately for each language (Vary).
texts = cache_control(max_age=3600)(JavaScriptCatalog.as_view(packages=["sessions_app"]))

urlpatterns = [
    # HealthMiddleware answers these two before any other middleware.
    *(path(address.removeprefix("/"), view) for address, view in VIEWS.items()),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("texts.js", texts, name="javascript-catalog"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("sessions_app.urls")),
    path("", include("verification.urls")),
    path("", include("reports.urls")),
]

handler400 = "attendance_project.error_pages.bad_request"
handler403 = "attendance_project.error_pages.forbidden"
handler404 = "attendance_project.error_pages.not_found"
handler500 = "attendance_project.error_pages.server_error"
