r"""The endpoints of users, whose identifiers hold any character, `/` too.

A path arrives with `%2F` decoded already, so routes cannot tell a slash of the identifier from one of ours. They need
not: only GET looks for the suffix `/resources`, the last one counts, and DELETE takes the whole rest of the path. Where
two routes claim a path, the first serves both methods (`/ls`, `…/resources`), those of DELETE beside the document.
"""

from django.http import HttpResponse
from django.urls import register_converter
from ninja import Query, Router

from sessions.api import ApiRequest
from sessions.envelope import reply, reply_page
from sessions.schemas import Done, Envelope
from sessions.schemas_users import ResourcesOut, UserListQuery, UserPage
from sessions.users import count_resources, delete_user, list_users, user_as_wire


class AnythingConverter:
    """The rest of the path, with slashes and line breaks. The greedy match leaves the last suffix to the route."""

    regex = r"(?s:.+)"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AnythingConverter, "anything")
router = Router(tags=["users"])


@router.get("/ls", response=Envelope[UserPage], operation_id="list_users", summary="List users")
def list_all(request: ApiRequest, query: Query[UserListQuery]) -> HttpResponse:
    """List the project's users, oldest first unless `time_desc`. A user is made by naming one for a session."""
    found, next_cursor = list_users(request.auth, limit=query.limit, cursor=query.cursor, descending=query.time_desc)
    return reply_page([user_as_wire(user) for user in found], next_cursor)


@router.get(
    "/{anything:identifier}/resources",
    response=Envelope[ResourcesOut],
    operation_id="get_user_resources",
    summary="Count what a user has",
)
def get_resources(request: ApiRequest, identifier: str) -> HttpResponse:
    """Count the user's sessions. Percent-encode the identifier once, `/` as `%2F`."""
    return reply({"counts": count_resources(request.auth, identifier)})


@router.delete("/{anything:identifier}", response=Done, operation_id="delete_user", summary="Delete a user")
def delete(request: ApiRequest, identifier: str) -> HttpResponse:
    """Delete the user with all sessions, messages, tasks and preferences; 200 also when there is no such user."""
    delete_user(request.auth, identifier)
    return reply()


@router.delete("/ls", response=Done, include_in_schema=False)
def delete_ls(request: ApiRequest) -> HttpResponse:
    return delete(request, "ls")


@router.delete("/{anything:identifier}/resources", response=Done, include_in_schema=False)
def delete_resources(request: ApiRequest, identifier: str) -> HttpResponse:
    return delete(request, f"{identifier}/resources")
