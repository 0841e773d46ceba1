"""The maintenance hatch for what is extracted: to be read here; extraction and the pages write it, with history."""

from django.contrib import admin
from django.utils.safestring import SafeString

from sessions.admin_base import ReadOnlyAdmin, readable
from tasks import admin_endpoints  # noqa: F401 - they register themselves
from tasks.models import Batch, ExtractionRun, Preference, Progress, Reextraction, Task, TaskChange, TaskMessage


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ["order", "description", "status", "basis", "session", "project", "created_at"]
    list_display_links = ["order", "description"]
    list_filter = ["project", "status", "basis"]
    list_select_related = ["session", "project"]
    search_fields = ["description", "id__exact", "session__id__exact"]
    ordering = ["project_id", "-created_at", "-id"]


@admin.register(TaskMessage)
class TaskMessageAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "message", "role"]
    list_filter = ["role"]
    list_select_related = ["task", "message"]
    search_fields = ["task__id__exact", "message__id__exact"]
    ordering = ["-id"]


@admin.register(Progress)
class ProgressAdmin(ReadOnlyAdmin):
    list_display = ["text", "task", "evidence", "created_at"]
    list_select_related = ["task"]
    search_fields = ["text", "task__id__exact"]
    ordering = ["-id"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["statement", "status", "end_user", "project", "created_at"]
    list_filter = ["project", "status"]
    list_select_related = ["end_user", "project"]
    search_fields = ["statement", "session__id__exact", "end_user__identifier"]
    ordering = ["-id"]


@admin.register(TaskChange)
class TaskChangeAdmin(ReadOnlyAdmin):
    list_display = ["task", "kind", "before", "after", "basis", "person", "created_at"]
    list_filter = ["kind", "basis"]
    list_select_related = ["task", "person"]
    search_fields = ["reason", "task__id__exact"]
    ordering = ["-id"]


@admin.register(Reextraction)
class ReextractionAdmin(ReadOnlyAdmin):
    list_display = ["session", "project", "status", "extractor", "model", "done_seq", "to_seq", "created_at"]
    list_filter = ["project", "status"]
    list_select_related = ["session", "project"]
    search_fields = ["id__exact", "session__id__exact"]
    ordering = ["project_id", "-created_at"]
    exclude = ["steps"]


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "project", "person", "started_at", "finished_at", "created_at"]
    list_filter = ["project", "kind"]
    list_select_related = ["project", "person"]
    search_fields = ["id__exact"]
    ordering = ["project_id", "-created_at"]
    exclude = ["left"]


@admin.register(ExtractionRun)
class ExtractionRunAdmin(ReadOnlyAdmin):
    list_display = [
        "__str__", "project", "session", "trigger", "extractor", "model", "calls", "input_tokens", "output_tokens",
        "latency_ms", "started_at",
    ]  # fmt: skip
    list_filter = ["project", "status", "trigger"]
    list_select_related = ["project", "session"]
    search_fields = ["id__exact", "session__id__exact", "error"]
    ordering = ["project_id", "-started_at"]
    exclude = ["accepted", "rejected", "attempts", "exchange"]
    readonly_fields = ["accepted_json", "rejected_json", "attempts_json", "exchange_json"]

    @admin.display(description="accepted operations")
    def accepted_json(self, run: ExtractionRun) -> SafeString:
        return readable(run.accepted)

    @admin.display(description="rejected operations")
    def rejected_json(self, run: ExtractionRun) -> SafeString:
        return readable(run.rejected)

    @admin.display(description="calls")
    def attempts_json(self, run: ExtractionRun) -> SafeString:
        return readable(run.attempts)

    @admin.display(description="asked and answered")
    def exchange_json(self, run: ExtractionRun) -> SafeString:
        return readable(run.exchange)
