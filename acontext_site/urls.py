"""Where everything is: API, pages, login, admin."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from acontext_site.api import api
from acontext_site.views import bulk, health, icon, messages, unknown

api_urls = [
    path("health", health, name="health"),
    path("api/v1/session/<str:session_id>/messages", messages),
    path("api/v1/session/<str:session_id>/messages/bulk", bulk),
    path("api/v1/", api.urls),
    path("api/<path:anything>", unknown),
]

login_urls = [
    path("login/", auth_views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
]

# A person chooses the language before they log in, too.
language_urls = [path("language/", login_not_required(set_language), name="language")]

urlpatterns = [
    *api_urls,
    *login_urls,
    *language_urls,
    path("favicon.ico", icon),
    path("admin/", admin.site.urls),
    path("", include("sessions.urls")),
    path("", include("tasks.urls")),
]

handler500 = "sessions.views.server_error"
