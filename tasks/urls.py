"""Addresses of the pages that show sessions with their tasks."""

from django.urls import path

from tasks.views import overview_pages, session_pages, task_pages

app_name = "tasks"

session_urls = [
    path("sessions/", session_pages.session_list, name="sessions"),
    path("sessions/<uuid:pk>/", session_pages.session_detail, name="session"),
    path("sessions/<uuid:pk>/live/", session_pages.session_live, name="session_live"),
    path("sessions/<uuid:pk>/extract/", session_pages.extract_now, name="extract"),
    path("sessions/<uuid:pk>/tasks/", task_pages.session_tasks, name="session_tasks"),
]

task_urls = [
    path("tasks/", task_pages.task_list, name="tasks"),
    path("tasks/<uuid:pk>/", task_pages.task_detail, name="task"),
]

urlpatterns = [
    path("", overview_pages.overview, name="overview"),
    *session_urls,
    *task_urls,
]
