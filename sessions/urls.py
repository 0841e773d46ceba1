"""Addresses of the pages about a project and of single messages."""

from django.urls import path

from sessions import views

app_name = "sessions"

project_urls = [
    path("connect/", views.connect, name="connect"),
    path("projects/choose/", views.choose_project, name="choose_project"),
    path("projects/<uuid:pk>/keys/", views.make_key, name="make_key"),
    path("projects/<uuid:pk>/samples/", views.load_samples, name="load_samples"),
]

urlpatterns = [
    *project_urls,
    path("theme/", views.choose_theme, name="theme"),
    path("sessions/<uuid:pk>/messages/<int:seq>/raw/", views.raw_message, name="raw_message"),
    path("sessions/<uuid:pk>/assets/<slug:sha256>/", views.asset, name="asset"),
]
