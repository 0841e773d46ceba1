"""Files in the maintenance hatch: which there are, and which messages hold them."""

from django.contrib import admin

from sessions.admin_base import ReadOnlyAdmin
from sessions.models import Asset, AssetUse


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    """Found by the hash of their content."""

    list_display = ["sha256", "project", "mime", "size_b", "created_at"]
    list_select_related = ["project"]
    search_fields = ["id__exact", "sha256__exact"]
    ordering = ["project_id", "sha256"]


@admin.register(AssetUse)
class AssetUseAdmin(ReadOnlyAdmin):
    """Found by message or by file."""

    list_display = ["asset", "message"]
    list_select_related = ["asset", "message"]
    search_fields = ["message__id__exact", "asset__sha256__exact"]
    ordering = ["message_id", "asset_id"]
