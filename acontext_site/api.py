"""The API: who may call it, which routers it has, how it says no."""

from django.http import HttpRequest, HttpResponse

from acontext_site.auth import ProjectKey
from acontext_site.errors import add_handlers
from acontext_site.openapi import DocumentedAPI
from sessions.api import router as sessions_router
from sessions.api_assets import router as assets_router
from sessions.api_bulk import router as bulk_router
from sessions.api_configs import router as configs_router
from sessions.api_delivery import router as delivery_router
from sessions.api_events import router as events_router
from sessions.api_project import router as project_router
from sessions.api_users import router as users_router
from sessions.envelope import reply
from sessions.schemas import Done
from tasks.api import router as tasks_router
from tasks.api_copy import router as copy_router
from tasks.api_reextraction import router as reextraction_router
from tasks.api_regrouping import router as regrouping_router
from tasks.api_search import router as search_router
from tasks.api_tasks import router as all_tasks_router

api = DocumentedAPI(
    title="Acontext Site",
    version="1",
    description="Store the conversations of your agents; ask for the tasks in them. Works with the Acontext SDKs.",
    auth=ProjectKey(),
    urls_namespace="api",
)
add_handlers(api)
api.add_router("/session", sessions_router)
api.add_router("/session", bulk_router)
api.add_router("/session", delivery_router)
api.add_router("/session", tasks_router)
api.add_router("", all_tasks_router)
api.add_router("", regrouping_router)
api.add_router("/search", search_router)
api.add_router("", reextraction_router)
api.add_router("/session", copy_router)
api.add_router("/session", configs_router)
api.add_router("/session", events_router)
api.add_router("/project", project_router)
api.add_router("", assets_router)
api.add_router("/user", users_router)


@api.get("/ping", response=Done, operation_id="ping", summary="Check the key", tags=["misc"])
def ping(request: HttpRequest) -> HttpResponse:
    """Answer `pong` to the holder of a usable key."""
    return reply(msg="pong")
