"""Events in the maintenance hatch: to be looked at, found by their session."""

from django.contrib import admin
from django.utils.safestring import SafeString

from sessions.admin_base import ReadOnlyAdmin, readable
from sessions.models import SessionEvent


@admin.register(SessionEvent)
class SessionEventAdmin(ReadOnlyAdmin):
    """Sorted by session and time, as the index is."""

    list_display = ["type", "session", "created_at"]
    list_select_related = ["session"]
    search_fields = ["id__exact", "session__id__exact"]
    ordering = ["session_id", "created_at", "id"]
    exclude = ["data"]
    readonly_fields = ["content"]

    @admin.display(description="data")
    def content(self, event: SessionEvent) -> SafeString:
        return readable(event.data)
