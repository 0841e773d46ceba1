"""What the endpoints of configs and meta take and give. Requests are BaseModels: a list must not pass as an object."""

from typing import Any

from ninja import Schema
from pydantic import BaseModel, Field

from sessions.project_settings import SETTINGS


class ConfigsIn(BaseModel):
    configs: dict[str, Any] = Field(examples=[{"agent": "travel", "stage": 2}])


class ConfigsPatchIn(BaseModel):
    configs: dict[str, Any] = Field(
        description="Each key replaces the key, null deletes it; at most 64 KiB",
        examples=[{"stage": 3, "draft": None}],
    )


class ConfigsOut(Schema):
    configs: dict[str, Any]


class MetaPatchIn(BaseModel):
    meta: dict[str, Any] = Field(
        description="Each key replaces the key, null deletes it; at most 64 KiB",
        examples=[{"rating": 5, "draft": None}],
    )


class MetaOut(Schema):
    meta: dict[str, Any]


class TokenCountsOut(Schema):
    total_tokens: int = Field(description="o200k_base tokens of texts and tool calls in the whole session")


# The body of PATCH /project/configs has no wrapper, and its size is judged before it is read.
PROJECT_CONFIGS_BODY = {
    "requestBody": {
        "required": True,
        "description": "Each key replaces the key, null deletes it; at most 64 KiB.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "task_success_criteria": {"type": ["string", "null"], "description": "At most 2000 bytes"},
                        "task_failure_criteria": {"type": ["string", "null"], "description": "At most 2000 bytes"},
                        **{
                            setting.name: {
                                "type": ["integer" if setting.is_whole else "number", "null"],
                                "minimum": setting.low,
                                "maximum": setting.high,
                                "description": setting.meaning,
                            }
                            for setting in SETTINGS.values()
                        },
                    },
                },
                "example": {"task_success_criteria": "The tests pass", "task_failure_criteria": None},
            }
        },
    }
}
