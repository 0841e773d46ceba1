"""Addresses of the pages that show sessions with their tasks."""

from django.urls import path

from tasks.views import overview_pages, session_pages, task_pages, user_pages

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

user_urls = [
    path("users/", user_pages.user_list, name="users"),
    path("users/<uuid:pk>/", user_pages.user_detail, name="user"),
    path("preferences/<int:pk>/remove/", user_pages.remove, name="remove_preference"),
    path("preferences/<int:pk>/put-back/", user_pages.put_back, name="put_back_preference"),
]

urlpatterns = [
    path("", overview_pages.overview, name="overview"),
    *session_urls,
    *task_urls,
    *user_urls,
]
