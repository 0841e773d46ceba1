"""The endpoint that stores many messages at once; ours, beyond the contract."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from sessions.schemas import Envelope, MessageIn, MessageOut
from sessions.store_api import store_bulk

router = Router(tags=["messages"])


class BulkOut(Schema):
    """What was stored, in the order in which it was sent."""

    items: list[MessageOut]


# The body is read by `store_bulk`, far quicker than by a schema; this stands in the document.
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["messages"],
                    "properties": {
                        "messages": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 1000,
                            "items": MessageIn.model_json_schema(),
                        }
                    },
                }
            }
        },
    }
}


@router.post(
    "/{session_id}/messages/bulk",
    response={201: Envelope[BulkOut]},
    operation_id="store_messages",
    summary="Store many messages",
    openapi_extra=BODY,
)
def store_messages(request: HttpRequest, session_id: str) -> HttpResponse:
    """Store up to 1,000 messages at the end of the session, all of them or none, in their order."""
    return store_bulk(request, session_id)
