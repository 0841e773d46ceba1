"""Read a multipart request that stores a message: its JSON in the field `payload`, and files in fields of any name."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.base import File
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from sessions.errors import BadRequest, TooLarge
from sessions.formats import FORMATS
from sessions.store_request import StoreRequest, read_store_request

PAYLOAD = "payload"
# For the OpenAPI document, beside the JSON body.
BODY = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [PAYLOAD],
                    "properties": {PAYLOAD: {"type": "string", "description": "The JSON body as text"}},
                    "additionalProperties": {
                        "type": "string",
                        "format": "binary",
                        "description": "A file, in the field that a part names as its `file_field`",
                    },
                }
            }
        }
    }
}


def is_multipart(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


def read_multipart(request: HttpRequest) -> tuple[StoreRequest, Mapping[str, "File[Any]"]]:
    """Return the request in `payload` and the files; raises BadRequest, or TooLarge."""
    try:
        payload, fields = request.POST.get(PAYLOAD), request.FILES.items()
    except RequestDataTooBig:
        raise TooLarge("request body is too large") from None
    except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent) as error:
        raise BadRequest(f"body: not multipart: {error}") from None
    if payload is None:
        raise BadRequest(f"invalid payload json: there is no field {PAYLOAD!r}")
    body = read_store_request(payload.encode(), name="invalid payload json")
    if body.format and body.format not in FORMATS:
        raise BadRequest(f"invalid format: {body.format!r} is not one of {', '.join(sorted(FORMATS))}")
    return body, {field: file for field, file in fields if isinstance(file, File)}
