"""The language model: what is set, what it was found able to do, what it costs, and whether it answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.models import Membership, Project
from tasks.models import Endpoint, ModelPrice
from tests.fakes import Reply, ScriptedLLM, answer
from tests.pages.test_settings import read

LLM = "/settings/llm/"
BONJOUR = answer({"request": 1, "messages": [1, 2], "description": "Say good morning in French"})


@pytest.fixture
def address(project: Project) -> str:
    return reverse("tasks:test_llm", args=[project.pk])


def wait_a_little(page: Client) -> None:
    """Let the time between two tries pass."""
    session = page.session
    session.pop("llm_tried_at")
    session.save()


def test_without_a_model_it_says_how_to_have_one(page: Client, address: str) -> None:
    text = read(page.get(LLM))
    assert "Built-in rules read" in text
    assert "LLM_BASE_URL" in text
    assert "Ask it now" not in text
    assert "No language model is configured" in read(page.post(address, follow=True))


def test_the_key_is_never_shown(page: Client, settings: Any) -> None:
    settings.LLM_API_KEY = "sk-very-secret"
    settings.LLM_BASE_URL = "https://me:whisper@llm.example/v1?token=also-whisper"
    text = read(page.get(LLM))
    assert "https://llm.example/v1" in text
    assert "gpt-4.1" in text
    assert "is set, and never shown" in text
    for secret in ("very-secret", "whisper"):
        assert secret not in text


def test_a_try_shows_the_answer_with_its_time_and_tokens(page: Client, address: str, llm: ScriptedLLM) -> None:
    llm.will_answer(BONJOUR)
    response = page.post(address)
    assert (response.status_code, response["Location"]) == (303, "/settings/llm/#trial")
    text = read(page.get(LLM))
    for words in (
        "gpt-4.1 answered in",
        "100 tokens asked, 40 of them cached; 20 answered",
        "1 call",
        "Say good morning",
    ):
        assert words in text, words
    assert "good morning" in str(llm.requests[0]["messages"])
    assert "answered in" not in read(page.get(LLM))


def test_a_try_shows_the_real_error(page: Client, address: str, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=401, error="Incorrect API key provided"))
    assert "Incorrect API key provided" in read(page.post(address, follow=True))
    wait_a_little(page)
    llm.will_answer(Reply(wait=5))
    assert "did not answer within 2 s" in read(page.post(address, follow=True))


def test_tries_come_one_by_one(page: Client, address: str, llm: ScriptedLLM) -> None:
    llm.will_answer(BONJOUR)
    page.post(address)
    assert "try again in a few seconds" in read(page.post(address, follow=True))
    assert len(llm.requests) == 1


def test_what_the_endpoint_can_do_and_whether_it_rests(page: Client, llm: ScriptedLLM) -> None:
    assert "Nothing yet" in read(page.get(LLM))
    Endpoint.objects.create(base_url=llm.url, model="gpt-4.1", abilities={"mode": "json", "takes_temperature": False})
    text = read(page.get(LLM))
    for words in ("<dt>Mode</dt> <dd>json</dd>", "<dt>Takes temperature</dt> <dd>no</dd>", "It is asked when"):
        assert words in text
    Endpoint.objects.update(resting_until=timezone.now() + timedelta(minutes=5))
    assert "It rests until" in read(page.get(LLM))


def test_prices_are_listed_and_administrators_led_to_them(page: Client) -> None:
    ModelPrice.objects.create(model="m-1", input_usd="2", cached_usd="0.5", output_usd="8.25")
    text = read(page.get(LLM))
    assert '<th scope="row">m-1</th> <td class="number">2</td> <td class="number">0.5</td>' in text
    assert "Administrators edit them" in text
    person = Membership.objects.get().user
    person.is_staff = person.is_superuser = True
    person.save()
    assert reverse("admin:tasks_modelprice_changelist") in read(page.get(LLM))
