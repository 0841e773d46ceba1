"""How known back ends behave, in miniature: what they refuse and in which words, and the shape of their answers.

Each is a function from a request to a reply, for `tests.fakes.ScriptedLLM`. All find the same two tasks.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes import Reply
from tests.tasks.answers import PHONE_TASKS

Backend = Callable[[dict[str, Any]], Reply]
TEXT = json.dumps(PHONE_TASKS)
PROSE = "Sure! The user wants to know about phones, and a table."


def form_of(request: dict[str, Any]) -> str:
    """Name the way in which a request asks for the form of its answer."""
    if kind := request.get("response_format", {}).get("type"):
        return {"json_schema": "schema", "json_object": "json"}[kind]
    choice = request.get("tool_choice")
    return "plain" if choice is None else "required tool" if choice == "required" else "tool"


def called(arguments: str = TEXT) -> Reply:
    call = {"id": "c", "type": "function", "function": {"name": "record_tasks", "arguments": arguments}}
    return Reply(None, message={"tool_calls": [call]}, finish_reason="tool_calls")


def answered(request: dict[str, Any], **reply: Any) -> Reply:
    """Answer in the form that was asked for."""
    return called() if "tools" in request else Reply(TEXT, **reply)


def refused(message: Any, status: int = 400, **error: Any) -> Reply:
    return Reply(status=status, raw=json.dumps({"error": {"message": message, **error}}).encode())


def openai(request: dict[str, Any]) -> Reply:
    return answered(request)


def openai_reasoning(request: dict[str, Any]) -> Reply:
    if "max_tokens" in request:
        return refused(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            code="unsupported_parameter",
        )
    if "temperature" in request:
        return refused(
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is "
            "supported.",
            code="unsupported_value",
        )
    details = {"prompt_tokens_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 900}}
    return answered(request, usage={"prompt_tokens": 100, "completion_tokens": 1000, **details})


def azure(request: dict[str, Any]) -> Reply:
    if form_of(request) == "schema":
        return refused(
            "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later",
            code="BadRequest",
        )
    return called()


def deepseek(request: dict[str, Any]) -> Reply:
    match form_of(request):
        case "schema":
            return refused("This response_format type is unavailable now", type="invalid_request_error")
        case "tool" | "required tool":
            return refused("deepseek-reasoner does not support this tool_choice", type="invalid_request_error")
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_cache_hit_tokens": 64}
    return Reply(TEXT, message={"reasoning_content": 'First, {"tasks": []} …'}, usage=usage)


def lm_studio(request: dict[str, Any]) -> Reply:
    match form_of(request):
        case "schema":
            return Reply(status=400, raw=b'{"error":"response_format json_schema is not supported by this runtime"}')
        case "tool":
            said = "Invalid tool_choice type: 'object'. Supported string values: none, auto, required"
            return Reply(status=400, raw=json.dumps({"error": said}).encode())
    return called()


def ollama(request: dict[str, Any]) -> Reply:
    return Reply(TEXT if form_of(request) == "json" else PROSE)


def vllm(request: dict[str, Any]) -> Reply:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "prompt_tokens_details": None}
    return answered(request, message={"reasoning_content": None, "tool_calls": []}, usage=usage)


def llama_cpp(request: dict[str, Any]) -> Reply:
    if form_of(request) == "schema":
        return refused("response_format type 'json_schema' is not supported", status=500, code=500)
    call = json.dumps({"name": "record_tasks", "arguments": PHONE_TASKS}, indent=2)
    return Reply(f"```json\n{call}\n```")


def hermes(request: dict[str, Any]) -> Reply:
    """A template that writes the call between tags, after thinking aloud."""
    if form_of(request) == "schema":
        return refused("structured output is not implemented for this model", status=501)
    call = json.dumps({"name": "record_tasks", "arguments": PHONE_TASKS})
    return Reply(f"<think>A call {{of}} the tool…</think>\n<tool_call>\n{call}\n</tool_call>")


def mistral(request: dict[str, Any]) -> Reply:
    if "max_completion_tokens" in request:
        wrong = {
            "type": "extra_forbidden",
            "loc": ["body", "max_completion_tokens"],
            "msg": "Extra inputs are not permitted",
            "input": request["max_completion_tokens"],
        }
        error = {"object": "error", "message": {"detail": [wrong]}, "type": "invalid_request_error", "code": None}
        return Reply(status=422, raw=json.dumps(error).encode())
    return answered(request)


def gemini(request: dict[str, Any]) -> Reply:
    if form_of(request) in ("schema", "tool", "required tool"):
        error = {
            "code": 400,
            "message": 'Invalid JSON payload received. Unknown name "additionalProperties": Cannot find field.',
            "status": "INVALID_ARGUMENT",
        }
        return Reply(status=400, raw=json.dumps([{"error": error}]).encode())
    return Reply(f"```json\n{TEXT}\n```", usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})


def openrouter(request: dict[str, Any]) -> Reply:
    if "tools" not in request:
        error = {"code": 404, "message": "No endpoints found that support the requested response_format"}
        return Reply(raw=json.dumps({"error": error, "user_id": "u"}).encode())
    return called()


def gemma(request: dict[str, Any]) -> Reply:
    if request["messages"][0]["role"] == "system":
        return refused("System role not supported", status=500)
    return answered(request)


def streaming_only(request: dict[str, Any]) -> Reply:
    if not request.get("stream"):
        return refused("This model only supports stream mode, please enable the stream parameter.")
    pieces = [{"choices": [{"delta": {"content": TEXT[at : at + 50]}}]} for at in range(0, len(TEXT), 50)]
    pieces.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    pieces.append({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20}})
    body = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n"
    return Reply(raw=body.encode(), content_type="text/event-stream")


def small_output(request: dict[str, Any]) -> Reply:
    """An old model with a small limit of its own."""
    if request.get("max_completion_tokens", 0) > 2048:
        return refused("max_tokens is too large: 4096. This model supports at most 2048 completion tokens.")
    return answered(request)
