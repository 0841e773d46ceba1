"""The maintenance hatch for LLM endpoints and prices. Prices are edited here."""

from django.contrib import admin
from django.http import HttpRequest

from sessions.admin_base import QuickAdmin
from tasks.models import Endpoint, ModelPrice


@admin.register(Endpoint)
class EndpointAdmin(QuickAdmin):
    """Found out by extraction; deleting a row makes it find out again."""

    list_display = ["model", "base_url", "failures", "resting_until", "updated_at"]
    search_fields = ["model", "base_url"]
    ordering = ["model", "base_url"]
    readonly_fields = ["base_url", "model", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ModelPrice)
class ModelPriceAdmin(QuickAdmin):
    list_display = ["model", "input_usd", "cached_usd", "output_usd", "updated_at"]
    list_editable = ["input_usd", "cached_usd", "output_usd"]
    search_fields = ["model"]
    ordering = ["model"]
