"""The maintenance hatch for what agents send."""

from typing import Any

import msgspec
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from sessions import admin_assets, admin_events  # noqa: F401 - they register themselves
from sessions.admin_base import QuickAdmin, ReadOnlyAdmin, readable
from sessions.models import ApiKey, EndUser, Membership, Message, Project, SavedView, Session
from sessions.parts import text_of
from sessions.tracking import stop_tracking


@admin.register(Project)
class ProjectAdmin(QuickAdmin):
    list_display = ["name", "id", "paused", "created_at"]
    search_fields = ["name", "id__exact"]
    readonly_fields = ["id", "created_at", "updated_at"]
    ordering = ["created_at", "id"]

    @admin.display(boolean=True, description="extraction paused")
    def paused(self, project: Project) -> bool:
        return bool(project.pause_reason)


@admin.register(ApiKey)
class ApiKeyAdmin(QuickAdmin):
    """Keys are made in the page "Connect" or by `make key`, which show them once; here they are named and revoked."""

    list_display = ["name", "project", "prefix", "is_usable", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["project", "revoked_at", "expires_at"]
    list_select_related = ["project"]
    search_fields = ["name", "prefix", "id__exact"]
    fields = ["id", "project", "name", "prefix", "expires_at", "revoked_at", "created_at", "last_used_at"]
    readonly_fields = ["id", "project", "prefix", "created_at", "last_used_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(boolean=True)
    def is_usable(self, key: ApiKey) -> bool:
        return key.is_usable

    @admin.action(description="Revoke the selected keys")
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        count = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{count} keys are revoked from now on.")


@admin.register(SavedView)
class SavedViewAdmin(QuickAdmin):
    list_display = ["name", "page", "project", "created_by", "created_at"]
    list_filter = ["page"]
    list_select_related = ["project", "created_by"]
    search_fields = ["name"]
    raw_id_fields = ["created_by"]
    ordering = ["project_id", "page", "name"]


@admin.register(Membership)
class MembershipAdmin(QuickAdmin):
    list_display = ["user", "project", "role"]
    list_filter = ["role", "project"]
    list_select_related = ["user", "project"]
    search_fields = ["user__username", "user__email", "project__name"]
    autocomplete_fields = ["user", "project"]
    ordering = ["id"]


@admin.register(EndUser)
class EndUserAdmin(QuickAdmin):
    list_display = ["identifier", "project", "created_at"]
    list_filter = ["project"]
    list_select_related = ["project"]
    search_fields = ["identifier", "id__exact"]
    raw_id_fields = ["project"]
    readonly_fields = ["id", "created_at", "updated_at"]
    ordering = ["-id"]


@admin.register(Session)
class SessionAdmin(QuickAdmin):
    """Title, settings and tracking may be edited; the queue belongs to extraction."""

    list_display = ["__str__", "project", "end_user", "head_seq", "waiting", "extraction_error", "created_at"]
    list_filter = ["project", "disable_task_tracking", ("pending_since", admin.EmptyFieldListFilter)]
    list_select_related = ["project", "end_user"]
    search_fields = ["title", "id__exact", "end_user__identifier"]
    raw_id_fields = ["end_user"]
    ordering = ["project_id", "-created_at", "-id"]
    editable = ["title", "end_user", "disable_task_tracking", "configs"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [field.name for field in Session._meta.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        names = [field.name for field in Session._meta.fields if field.name not in self.editable]
        return names if obj else [name for name in names if name != "project"]

    def save_model(self, request: HttpRequest, obj: Session, form: "ModelForm[Session]", change: bool) -> None:
        """Write what was edited and nothing else: messages may have come in since the form was shown."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        edited = set(form.changed_data) & set(self.editable)
        stops = "disable_task_tracking" in edited and obj.disable_task_tracking
        obj.save(update_fields=[*(edited - {"disable_task_tracking"} if stops else edited), "updated_at"])
        if stops:
            stop_tracking(obj)

    @admin.display(description="waiting")
    def waiting(self, session: Session) -> int:
        return session.waiting_messages


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Sorted by session and number, as the index is. Content is found by the session's id; text search is elsewhere."""

    list_display = ["number", "session", "role", "format", "beginning", "extraction", "created_at"]
    list_filter = ["role", "extraction"]
    list_select_related = ["session"]
    search_fields = ["id__exact", "session__id__exact"]
    ordering = ["session_id", "seq"]
    exclude = ["parts", "blob", "facts", "meta"]
    readonly_fields = ["content", "facts_json", "meta_json", "blob_json"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("blob")

    @admin.display(description="#", ordering="seq")
    def number(self, message: Message) -> str:
        return f"#{message.seq}"

    @admin.display(description="beginning")
    def beginning(self, message: Message) -> str:
        words = text_of(message.parts) or ", ".join(part.type for part in message.parts)
        return words[:100].replace("\0", " ")

    @admin.display(description="parts")
    def content(self, message: Message) -> SafeString:
        return readable(msgspec.to_builtins(message.parts))

    @admin.display(description="facts")
    def facts_json(self, message: Message) -> SafeString:
        return readable(message.facts)

    @admin.display(description="meta")
    def meta_json(self, message: Message) -> SafeString:
        return readable(message.meta)

    @admin.display(description="provider's own blob")
    def blob_json(self, message: Message) -> SafeString | str:
        return "" if message.blob is None else readable(message.blob)
