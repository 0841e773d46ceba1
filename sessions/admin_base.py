"""What every admin here shares: counts that stop early, JSON that can be read, and rows that only extraction writes."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Field, JSONField, Model
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sessions.admin_json import JSONObjectField
from sessions.display.parts import indented

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyAdmin, AnyPaginator = admin.ModelAdmin, Paginator

COUNTED_ROWS = 10_000
SHOWN_CHARACTERS = 100_000


class CappedPaginator(AnyPaginator):
    """Counts no further than a person pages: an exact count reads the whole table."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED_ROWS].count())


class QuickAdmin(AnyAdmin):
    """An admin for tables of any size. `ordering` of each follows an index."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50

    class Media:
        css = {"all": ["css/admin.css"]}

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """Ask of JSON that it is an object: the pages, the API and extraction read names out of it."""
        if isinstance(db_field, JSONField):
            kwargs |= {"form_class": JSONObjectField, "is_null_allowed": db_field.null}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Look an id up by indexes alone; beside a search in text the database would read the whole table."""
        fields = list(super().get_search_fields(request))
        return [name for name in fields if name.endswith("__exact")] or fields if _is_id(request) else fields

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Name what goes without fetching all that goes with it: the database deletes that by itself."""
        rows = [str(row) for row in objs]
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        return [*rows, gettext("and everything that belongs to it")], counts, set(), []


class ReadOnlyAdmin(QuickAdmin):
    """For rows that carry rules (numbers without gaps, evidence, history): to be looked at, not edited here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _is_id(request: HttpRequest) -> bool:
    try:
        uuid.UUID(request.GET.get("q", "").strip())
    except ValueError:
        return False
    return True


def readable(value: Any) -> SafeString:
    """Show JSON indented and escaped."""
    return format_html('<pre class="json">{}</pre>', indented(value)[:SHOWN_CHARACTERS])
