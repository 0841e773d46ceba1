"""Addresses of the pages that show sessions with their tasks."""

from django.urls import path

from tasks.views import (
    batch_pages,
    conversation_pages,
    llm_pages,
    overview_pages,
    palette_pages,
    reextraction_pages,
    run_pages,
    search_pages,
    session_list_pages,
    session_pages,
    task_change_pages,
    task_edit_pages,
    task_list_pages,
    task_pages,
    user_pages,
)

app_name = "tasks"

session_urls = [
    path("sessions/", session_list_pages.session_list, name="sessions"),
    path("sessions/news/", session_list_pages.session_news, name="session_news"),
    path("sessions/users/", session_list_pages.suggest_users, name="session_users"),
    path("sessions/<uuid:pk>/", session_pages.session_detail, name="session"),
    path("sessions/<uuid:pk>/live/", session_pages.session_live, name="session_live"),
    path("sessions/<uuid:pk>/messages/", session_pages.session_messages, name="session_messages"),
    path("sessions/<uuid:pk>/messages/<int:seq>/", session_pages.session_message, name="session_message"),
    path("sessions/<uuid:pk>/cards/", session_pages.session_cards, name="session_cards"),
    path("sessions/<uuid:pk>/turns/", session_pages.session_turns, name="session_turns"),
    path("sessions/<uuid:pk>/failed-call/", session_pages.nearest_failed_call, name="failed_call"),
    path("sessions/<uuid:pk>/export/", conversation_pages.export, name="export"),
    path("sessions/<uuid:pk>/export/file/", conversation_pages.export_file, name="export_file"),
    path("sessions/<uuid:pk>/delete/", conversation_pages.delete, name="delete_session"),
    path("sessions/<uuid:pk>/extract/", session_pages.extract_now, name="extract"),
    path("sessions/<uuid:pk>/tasks/", task_list_pages.session_tasks, name="session_tasks"),
]

task_urls = [
    path("tasks/", task_list_pages.task_list, name="tasks"),
    path("tasks/news/", task_list_pages.task_news, name="task_news"),
    path("tasks/export/", task_list_pages.export_tasks, name="export_tasks"),
    path("tasks/<uuid:pk>/", task_pages.task_detail, name="task"),
    path("tasks/<uuid:pk>/evidence/", task_pages.task_evidence, name="task_evidence"),
    path("tasks/<uuid:pk>/correct/", task_edit_pages.correct, name="correct"),
    path("tasks/<uuid:pk>/merge/", task_edit_pages.merge, name="merge"),
    path("tasks/<uuid:pk>/split/", task_edit_pages.split, name="split"),
    path("tasks/<uuid:pk>/move/", task_edit_pages.move, name="move"),
    path("projects/<uuid:pk>/tasks/mark/", task_change_pages.mark, name="mark"),
    path("projects/<uuid:pk>/tasks/matching/", task_change_pages.matching, name="matching"),
    path("projects/<uuid:pk>/tasks/undo/<uuid:act>/", task_change_pages.undo_act, name="undo"),
]

reextraction_urls = [
    path("sessions/<uuid:pk>/again/", reextraction_pages.reextract, name="reextract"),
    path("reextractions/<uuid:pk>/", reextraction_pages.reextraction, name="reextraction"),
    path("reextractions/<uuid:pk>/live/", reextraction_pages.reextraction_live, name="reextraction_live"),
    path("reextractions/<uuid:pk>/apply/", reextraction_pages.apply_reextraction, name="apply_reextraction"),
    path("reextractions/<uuid:pk>/discard/", reextraction_pages.discard_reextraction, name="discard_reextraction"),
]

search_urls = [
    path("search/", search_pages.search, name="search"),
    path("palette/", palette_pages.palette, name="palette"),
]

batch_urls = [
    path("projects/<uuid:pk>/sessions/", batch_pages.bulk, name="bulk_sessions"),
    path("batches/<uuid:pk>/", batch_pages.batch, name="batch"),
    path("batches/<uuid:pk>/live/", batch_pages.batch_live, name="batch_live"),
    path("batches/<uuid:pk>/start/", batch_pages.start_batch, name="start_batch"),
    path("batches/<uuid:pk>/stop/", batch_pages.stop_batch, name="stop_batch"),
]

run_urls = [
    path("runs/", run_pages.run_list, name="runs"),
    path("runs/<uuid:pk>/", run_pages.run_detail, name="run"),
]

settings_urls = [
    path("settings/llm/", llm_pages.llm, name="settings_llm"),
    path("projects/<uuid:pk>/llm/test/", llm_pages.test_llm, name="test_llm"),
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
    *reextraction_urls,
    *batch_urls,
    *run_urls,
    *search_urls,
    *settings_urls,
    *user_urls,
]
