"""Addresses of the pages about a project and of single messages."""

from django.urls import path

from sessions import saved_views_pages, views
from sessions.settings_pages import extraction, keys, people, project

app_name = "sessions"

project_urls = [
    path("connect/", views.connect, name="connect"),
    path("projects/choose/", views.choose_project, name="choose_project"),
    path("projects/<uuid:pk>/keys/", views.make_key, name="make_key"),
    path("projects/<uuid:pk>/samples/", views.load_samples, name="load_samples"),
]

settings_urls = [
    path("settings/", extraction.extraction, name="settings"),
    path("settings/keys/", keys.keys, name="settings_keys"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/project/", project.project, name="settings_project"),
    path("projects/new/", project.make_project, name="make_project"),
    path("projects/<uuid:pk>/extraction/", extraction.save_extraction, name="save_extraction"),
    path("projects/<uuid:pk>/keys/add/", keys.add_key, name="add_key"),
    path("projects/<uuid:pk>/keys/<uuid:key>/rotate/", keys.rotate_key, name="rotate_key"),
    path("projects/<uuid:pk>/keys/<uuid:key>/revoke/", keys.revoke_key, name="revoke_key"),
    path("projects/<uuid:pk>/people/", people.add_member, name="add_member"),
    path("projects/<uuid:pk>/people/<int:member>/role/", people.set_role, name="set_role"),
    path("projects/<uuid:pk>/people/<int:member>/remove/", people.remove_member, name="remove_member"),
    path("projects/<uuid:pk>/rename/", project.rename_project, name="rename_project"),
    path("projects/<uuid:pk>/retention/", project.set_retention, name="set_retention"),
    path("projects/<uuid:pk>/sessions/delete/", project.delete_all_sessions, name="delete_all_sessions"),
    path("projects/<uuid:pk>/delete/", project.delete_project, name="delete_project"),
]

view_urls = [
    path("projects/<uuid:pk>/views/", saved_views_pages.save, name="save_view"),
    path("projects/<uuid:pk>/views/put-back/", saved_views_pages.put_back, name="put_back_view"),
    path("views/<int:pk>/delete/", saved_views_pages.delete, name="delete_view"),
]

urlpatterns = [
    *project_urls,
    *view_urls,
    *settings_urls,
    path("theme/", views.choose_theme, name="theme"),
    path("sessions/<uuid:pk>/messages/<int:seq>/raw/", views.raw_message, name="raw_message"),
    path("sessions/<uuid:pk>/messages/<int:seq>/files/<slug:place>/", views.inline_file, name="inline_file"),
    path("sessions/<uuid:pk>/assets/<slug:sha256>/", views.asset, name="asset"),
]
