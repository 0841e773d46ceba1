"""The small rules of asking an LLM: complaints, waits, abilities, answers in texts."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tasks.extraction.errors import Misconfigured, Unavailable, UnusableAnswer
from tasks.extraction.llm.abilities import Abilities
from tasks.extraction.llm.failures import Complaint, Refused, TooLong, plain, retry_after
from tasks.extraction.llm.parsing import (
    NoJSON,
    WrongForm,
    begun_answer,
    parse_answer,
    repeats_itself,
    without_thoughts,
)
from tests.backends import TEXT
from tests.tasks.answers import PHONE_TASKS


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
        "Please reduce the length of the messages or completion. (context_length_exceeded)",
        "the request exceeds the available context size. try increasing the context size",
        "This endpoint's maximum context length is 32768 tokens",
        "prompt is too long: 213456 tokens > 200000 maximum",
        "The input token count (1203000) exceeds the maximum number of tokens allowed (1048576).",
        "Input is too long for requested model.",
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
        "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context "
        "length of only 4096 tokens",
        "too many tokens: size limit exceeded by 1024 tokens",
    ],
)
def test_a_complaint_about_length_is_known_in_many_words(words: str) -> None:
    for status in (400, 422, 500):
        raised = Complaint(status, json.dumps({"error": {"message": words}})).raised()
        assert isinstance(raised, TooLong)


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (400, "Unsupported parameter: 'temperature'", Refused),
        (400, "Invalid schema for response_format", Refused),
        (400, "Unsupported model parameter response_format", Refused),
        (400, "anything else", Refused),
        (422, "anything else", Refused),
        (404, "No endpoints found that support tool use", Refused),
        (404, "The model `gpt-9` does not exist", Misconfigured),
        (500, "tools are not supported", Refused),
        (500, "Internal error in a tool", Unavailable),
        (400, "model 'x' not found, try pulling it first", Misconfigured),
        (400, "Your credit balance is too low to access the API", Misconfigured),
        (403, "Your input was flagged by moderation", UnusableAnswer),
        (403, "Country not supported", Misconfigured),
        (429, "Quota exceeded for requests per minute", Unavailable),
        (408, "timeout", Unavailable),
        (405, "Method Not Allowed", Misconfigured),
    ],
)
def test_what_a_complaint_means(status: int, words: str, error: type) -> None:
    assert type(Complaint(status, json.dumps({"error": {"message": words}})).raised()) is error


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"message": "no tools"}}',
        '[{"error": {"message": "no tools", "code": 400}}]',
        '{"error": "no tools"}',
        '{"message": "no tools"}',
        '{"detail": "no tools"}',
        '{"detail": [{"loc": ["body"], "msg": "no tools", "input": "context length"}]}',
        '{"message": {"detail": [{"loc": ["body"], "msg": "no tools"}]}}',
        '{"error": {"message": "Provider returned error", "metadata": {"raw": "no tools"}}}',
        "<html><style>p { color: red }</style><p>no tools</p></html>",
        "no tools",
    ],
)
def test_the_words_are_found_in_every_shape_of_error(body: str) -> None:
    complaint = Complaint(400, body)
    assert "no tools" in complaint.words
    assert "color" not in complaint.words
    assert isinstance(complaint.raised(), Refused)


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "[[]]", '{"error": null}', "[" * 100_000, '{"error": {"message": 7}}']
)
def test_an_error_without_words_is_an_error_still(body: str) -> None:
    assert isinstance(Complaint(503, body).raised(), Unavailable)
    assert isinstance(Complaint(400, body).raised(), Refused)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "7"}, "", 7),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, "", 1.5),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30.5s"}, "", 90.5),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms"}, "", 0.12),
        ({"x-ratelimit-remaining-tokens": "50", "x-ratelimit-reset-tokens": "120s"}, "", None),
        ({"X-RateLimit-Reset": "12"}, "", 12),
        ({"retry-after": "-5"}, "", 0),
        ({"retry-after": "1000000"}, "", 3600),
        ({"retry-after": "soon"}, "", None),
        ({}, "Rate limit reached. Please try again in 7.66s. Visit", 7.66),
        ({}, '{"retryDelay": "34s"}', 34),
        ({}, "Slow down", None),
    ],
)
def test_how_long_a_provider_asks_to_wait(headers: dict, body: str, seconds: float | None) -> None:
    assert retry_after(headers, body) == (seconds if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("form", ["date", "seconds", "milliseconds"])
def test_a_moment_to_wait_for_is_read_in_every_form(form: str) -> None:
    when = datetime.now(UTC) + timedelta(seconds=120)
    value = {
        "date": {"Retry-After": format_datetime(when, usegmt=True)},
        "seconds": {"x-ratelimit-reset": str(int(when.timestamp()))},
        "milliseconds": {"x-ratelimit-reset": str(int(when.timestamp() * 1000))},
    }
    assert 90 < (retry_after(value[form]) or 0) <= 121


def test_learning_ends_whatever_an_endpoint_says() -> None:
    everything = "max_completion_tokens max_tokens temperature system role stream tools response_format"
    ways, way = [], Abilities()
    while way:
        ways.append(way)
        way = way.learn(everything)
    assert len(ways) == 10
    assert ways[-1] == Abilities("plain", "", takes_temperature=False, takes_system=False, streams=True)


def test_abilities_are_stored_by_what_they_lack_and_read_from_anything() -> None:
    learnt = Abilities(mode="json", takes_temperature=False)
    assert learnt.stored() == {"mode": "json", "takes_temperature": False}
    assert Abilities.of(learnt.stored()) == learnt
    for junk in (None, [], "json", {"mode": "telepathy"}, {"largest_limit": "many", "streams": 1}):
        assert Abilities.of(junk) == Abilities()


ANSWERS = {
    "alone": TEXT,
    "in a fence": f"```json\n{TEXT}\n```",
    "in a fence without an end": f"```\n{TEXT}",
    "in prose": f"Here {{as asked}} it is: {TEXT} – that {{was}} it.",
    "after thoughts": f'<think>{{"tasks": [], "preferences": [], "no_task": []}}</think>{TEXT}',
    "after the end of thoughts": f"Hmm, {{…}}\n</think>\n\n{TEXT}",
    "as a call": json.dumps({"name": "record_tasks", "arguments": PHONE_TASKS}),
    "as a call with text": json.dumps({"name": "record_tasks", "parameters": TEXT}),
    "as a call in a list": f"[TOOL_CALLS]{json.dumps([{'function': {'name': 'x', 'arguments': PHONE_TASKS}}])}",
    "between tags": f'<tool_call>{{"name": "record_tasks", "arguments": {TEXT}}}</tool_call>',
    "after an example": f'{{"example": 1}}\n{TEXT}',
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_found(text: str) -> None:
    assert [task.description for task in parse_answer(text).tasks] == [
        task["description"] for task in PHONE_TASKS["tasks"]
    ]


def test_an_answer_may_speak_of_tags() -> None:
    about = TEXT.replace("Create a comparison", "Explain <think> and </think>")
    assert parse_answer(about).tasks[1].description.startswith("Explain <think> and </think>")
    assert without_thoughts("```json\n<think>") == "```json\n<think>"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", NoJSON, "empty"),
        ("<think>I never", NoJSON, "not JSON"),
        ("I am sorry", NoJSON, "not JSON"),
        ("{" * 100_000, NoJSON, "not JSON"),
        ('{"a":' * 30_000, NoJSON, "not JSON"),
        (TEXT[:-20], WrongForm, "tasks: Field required"),
        ("x" * 200_001, NoJSON, "too long"),
        ("{}", WrongForm, "tasks: Field required"),
        ('{"tasks": [{"description": 7}], "preferences": [], "no_task": []}', WrongForm, "tasks.0.description"),
    ],
)
def test_what_is_no_answer_is_told(text: str, error: type, words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        parse_answer(text)
    assert type(raised.value) is error


def test_a_line_of_words_fits_every_column() -> None:
    assert plain("a\0\n\tb\ud800" + "x" * 1_000) == "a b?" + "x" * 596 + "…"


def repeated(times: int, ending: str = "") -> str:
    task = json.dumps(PHONE_TASKS["tasks"][0])
    return '{"tasks": [' + ", ".join([json.dumps(PHONE_TASKS["tasks"][1]), *[task] * times]) + ending


def test_an_answer_that_goes_round_in_circles_is_seen() -> None:
    assert repeats_itself(repeated(6))
    assert not repeats_itself(repeated(1))
    assert not repeats_itself(json.dumps(PHONE_TASKS))
    assert not repeats_itself("")


def test_of_an_answer_in_circles_each_whole_task_is_taken_once() -> None:
    begun = parse_answer(begun_answer(repeated(6, ', {"description": "Go o')))
    assert [task.description for task in begun.tasks] == [
        PHONE_TASKS["tasks"][1]["description"],
        PHONE_TASKS["tasks"][0]["description"],
    ]
    assert begun_answer('{"tasks": [{"description": "Go o') == ""
    assert begun_answer("I think that") == ""
