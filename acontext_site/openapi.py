"""The OpenAPI document, with an example at each endpoint that was recorded from a real exchange."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from ninja import NinjaAPI

RECORDED = Path(__file__).parent / "api_examples.json"


@cache
def examples() -> dict[str, Any]:
    """Return the exchanges by operation id: `status`, `request` (the body, if any) and `response`.

    `make openapi` records them anew; a test holds that the server still answers in these shapes.
    """
    recorded: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return recorded


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "A request sent again with the same key stores nothing again and gets the same answer",
}


class DocumentedAPI(NinjaAPI):
    """The API whose document carries the examples, and the header that plain views read."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                if operation["operationId"] in ("store_message", "store_messages"):
                    operation["parameters"].append(IDEMPOTENCY_KEY)
                if example := examples().get(operation["operationId"]):
                    add_example(operation, example)
        return schema


def add_example(operation: dict[str, Any], example: dict[str, Any]) -> None:
    """Put a recorded exchange where Swagger and other readers look for it."""
    if example["request"] is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example["request"]
    for content in operation["responses"][example["status"]].get("content", {}).values():
        content["example"] = example["response"]
