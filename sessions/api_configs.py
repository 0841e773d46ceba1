"""The endpoints of a session's configs, a message's meta, and what a session weighs."""

from django.http import HttpResponse
from ninja import Router

from sessions.api import ApiRequest, find_session
from sessions.configs import patch_message_meta, patch_session_configs, replace_session_configs
from sessions.counting import total_tokens
from sessions.envelope import parse_uuid, reply
from sessions.errors import NotFound
from sessions.schemas import Done, Envelope, SessionOut
from sessions.schemas_configs import ConfigsIn, ConfigsOut, ConfigsPatchIn, MetaOut, MetaPatchIn, TokenCountsOut

router = Router(tags=["sessions"])


@router.get(
    "/{session_id}/configs", response=Envelope[SessionOut], operation_id="get_session_configs", summary="Read configs"
)
def get_configs(request: ApiRequest, session_id: str) -> HttpResponse:
    """Return the whole session; `configs` is null when none were ever set."""
    return reply(find_session(request, session_id).as_wire())


@router.put("/{session_id}/configs", response=Done, operation_id="replace_session_configs", summary="Replace configs")
def replace_configs(request: ApiRequest, session_id: str, body: ConfigsIn) -> HttpResponse:
    """Store these configs instead of the old ones. `{}` empties them; a missing or null `configs` is a 400."""
    replace_session_configs(find_session(request, session_id), body.configs)
    return reply()


@router.patch(
    "/{session_id}/configs",
    response=Envelope[ConfigsOut],
    operation_id="patch_session_configs",
    summary="Patch configs",
)
def patch_configs(request: ApiRequest, session_id: str, body: ConfigsPatchIn) -> HttpResponse:
    """Merge the keys into the configs and return all of them. Patches at the same time lose no key."""
    return reply({"configs": patch_session_configs(find_session(request, session_id), body.configs)})


@router.patch(
    "/{session_id}/messages/{message_id}/meta",
    response=Envelope[MetaOut],
    operation_id="patch_message_meta",
    summary="Patch a message's meta",
    tags=["messages"],
)
def patch_meta(request: ApiRequest, session_id: str, message_id: str, body: MetaPatchIn) -> HttpResponse:
    """Merge the keys into the message's meta and return all of it. Patches at the same time lose no key."""
    session = find_session(request, session_id)
    message = session.messages.only("meta").filter(pk=parse_uuid(message_id, "message_id")).first()
    if message is None:
        raise NotFound("message not found")
    return reply({"meta": patch_message_meta(message, body.meta)})


@router.get(
    "/{session_id}/token_counts",
    response=Envelope[TokenCountsOut],
    operation_id="get_token_counts",
    summary="Count the tokens of a session",
)
def get_token_counts(request: ApiRequest, session_id: str) -> HttpResponse:
    """Count texts and tool calls of all messages, in o200k_base tokens. Images and files count nothing."""
    return reply({"total_tokens": total_tokens(find_session(request, session_id))})
