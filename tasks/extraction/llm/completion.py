"""Read the body of a chat completion, whole or streamed, as far as back ends agree on it. No Django here."""

import json
from collections.abc import Iterable
from typing import Any

from tasks.extraction.errors import Unavailable, UnusableAnswer
from tasks.extraction.llm.calling import Reply, whole_number
from tasks.extraction.llm.failures import Complaint, plain

CUT_OFF = ("length", "max_tokens", "model_length")
FILTERED = ("content_filter", "safety", "recitation", "prohibited_content")


def read_completion(body: bytes) -> Reply:
    """Return the reply in a body of status 200. Raises ExtractionError or Refused for what is none."""
    text = body.decode(errors="replace").lstrip("\ufeff \r\n\t")
    found = _streamed(text.splitlines()) if text.startswith(("data:", "event:", ":")) else _decoded(text)
    if isinstance(found, list):
        found = found[0] if found else {}
    if not isinstance(found, dict):
        raise Unavailable("the LLM's answer is no completion")
    choices = found.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    error = found.get("error") or (choice or {}).get("error")
    if error:
        raise _complaint(error).raised()
    if choice is None:
        raise Unavailable("the LLM answered without a choice")
    return _reply(choice, found.get("usage"))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        said = Complaint(200, text).words[:200] if text else "nothing"
        raise Unavailable(f"the LLM's answer is not JSON: {said}") from error


def _complaint(error: Any) -> Complaint:
    """An error in a body of status 200, with the status that it would have had."""
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and str(code).isdigit() and 400 <= int(code) < 600 else 502
    return Complaint(status, json.dumps({"error": error}))


def _reply(choice: dict[str, Any], usage: Any) -> Reply:
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    finish = str(choice.get("finish_reason") or "").casefold()
    problem = None
    if finish in FILTERED:
        problem = UnusableAnswer("the provider's filter stopped the answer")
    elif refusal := message.get("refusal"):
        problem = UnusableAnswer(f"the model refused: {plain(str(refusal))}")
    elif finish == "error":
        raise Unavailable("the LLM broke off its answer")
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else usage.get("prompt_cache_hit_tokens")
    return Reply(
        text=_text(message),
        input_tokens=whole_number(usage.get("prompt_tokens")),
        cached_tokens=whole_number(cached),
        output_tokens=whole_number(usage.get("completion_tokens")),
        is_cut_off=finish in CUT_OFF,
        problem=problem,
    )


def _text(message: dict[str, Any]) -> str:
    """Return the arguments of the tool that was called, else the text; some back ends write the call into the text."""
    for call in message.get("tool_calls") or []:
        called = call.get("function") if isinstance(call, dict) else None
        arguments = called.get("arguments") if isinstance(called, dict) else None
        if arguments:
            return arguments if isinstance(arguments, str) else json.dumps(arguments)
    content = message.get("content")
    if isinstance(content, list):
        # Parts, as Mistral's reasoning models answer; thoughts are of another type.
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _streamed(lines: Iterable[str]) -> dict[str, Any]:
    """Put the pieces of a stream together. One that ends without a reason was cut by the line."""
    content, arguments, ended = "", "", False
    whole: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            ended = True
            break
        piece = _decoded(data)
        if not isinstance(piece, dict):
            continue
        whole |= {name: piece[name] for name in ("usage", "error") if piece.get(name)}
        for part in piece.get("choices") or []:
            delta = part.get("delta") or {}
            content += delta.get("content") or ""
            for call in delta.get("tool_calls") or []:
                arguments += (call.get("function") or {}).get("arguments") or ""
            choice |= {name: part[name] for name in ("finish_reason", "error") if part.get(name)}
    if not ended and not choice and not whole.get("error"):
        raise Unavailable("the LLM's answer ended before its end")
    calls = [{"function": {"arguments": arguments}}] if arguments else []
    return {**whole, "choices": [{**choice, "message": {"content": content, "tool_calls": calls}}]}
