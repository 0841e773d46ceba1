"""What the page shows of parts: trees, sound, tokens, events between messages, and a message as it is stored."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from httpx import Client as Api

from sessions.events import add_event
from sessions.models import Project, Session, SessionEvent
from sessions.tokens import count_text
from tests.factories import PHONES, make_message, make_session, store
from tests.pages.test_session_page import CALL, HTMX, answer, look, message

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(28)


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def test_arguments_and_results_that_are_json_are_trees_with_plain_text_beside(page: Client, session: Session) -> None:
    store(session, CALL, answer('{"passed": 40, "failed": []}'))
    text = message(look(page, session), 1)
    assert text.count('class="tree"') == 2
    assert '<span class="tree-key">passed</span> <span class="tree-value" data-kind="number">40</span>' in text
    assert "&quot;passed&quot;: 40" in text


def test_an_assistants_answer_that_is_json_is_a_tree_with_its_text_beside(page: Client, session: Session) -> None:
    said = '{"verdict": "<b>pass</b>", "score": 0.9}'
    store(session, {"role": "user", "content": said}, {"role": "assistant", "content": said})
    store(session, {"role": "assistant", "content": f"Here it is: {said}"})
    text = look(page, session)
    assert [message(text, seq).count('class="tree"') for seq in (1, 2, 3)] == [0, 1, 0]
    answered = message(text, 2)
    assert '<span class="tree-key">score</span>' in answered
    assert "&quot;verdict&quot;: &quot;&lt;b&gt;pass&lt;/b&gt;&quot;,\n" in answered


def test_words_are_not_a_tree(page: Client, session: Session) -> None:
    store(session, CALL, answer("40 passed"))
    assert message(look(page, session), 1).count('class="tree"') == 1


def test_audio_in_a_message_is_played(page: Client, session: Session) -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    store(session, {"role": "user", "content": [sound]})
    response = page.get(session.get_absolute_url())
    assert '<audio controls preload="none" src="data:audio/wav;base64,UklGRg=="' in response.content.decode()
    assert "media-src 'self' data:" in response["Content-Security-Policy"]


def test_audio_in_storage_is_played_from_our_own_address(page: Client, api: Api, session: Session) -> None:
    payload = '{"blob": {"role": "user", "parts": [{"type": "audio", "file_field": "sound"}]}, "format": "acontext"}'
    file = SimpleUploadedFile("talk.wav", WAV)
    stored = api.post(f"/session/{session.pk}/messages", data={"payload": payload}, files={"sound": file})
    assert stored.status_code == 201, stored.text
    address = reverse("sessions:asset", args=[session.pk, "0" * 64])[:-65]
    assert f'<audio controls preload="none" src="{address}' in look(page, session)


def test_each_message_says_its_tokens_and_nothing_is_kept_of_the_look(page: Client, session: Session) -> None:
    make_message(session, "Compare both phones")
    wanted = count_text("Compare both phones\n")
    assert f"{wanted} tokens" in message(look(page, session), 1)
    assert session.messages.get().token_count is None
    session.messages.update(token_count=1234)
    assert "1,234 tokens" in message(look(page, session), 1)


def test_events_and_gaps_stand_between_messages(page: Client, session: Session) -> None:
    store(session, *PHONES[:2])
    now = timezone.now()
    session.messages.filter(seq=1).update(created_at=now - timedelta(hours=3))
    event = add_event(session, "deploy <b>", {"sha": "abc<i>"})
    SessionEvent.objects.filter(pk=event.pk).update(created_at=now - timedelta(hours=2))
    text = look(page, session)
    assert text.index('id="m1"') < text.index("deploy &lt;b&gt;") < text.index("hours later") < text.index('id="m2"')
    assert "abc&lt;i&gt;" in text


def test_each_event_stands_in_one_stretch(page: Client, session: Session) -> None:
    store(session, *({"role": "user", "content": f"Line {i}."} for i in range(1, 151)))
    event = add_event(session, "the last word", {})
    SessionEvent.objects.filter(pk=event.pk).update(created_at=timezone.now() + timedelta(minutes=1))
    assert "the last word" not in look(page, session)
    assert "the last word" in look(page, session, "?from=101")


def test_a_message_as_it_is_stored_opens_over_the_page(page: Client, session: Session) -> None:
    store(session, {"role": "user", "content": "Hi", "name": "lena", "x": {"deep": ["<b>"]}})
    address = reverse("sessions:raw_message", args=[session.pk, 1])
    assert f'hx-get="{address}"' in look(page, session)
    text = page.get(address, headers=HTMX).content.decode()
    assert "<html" not in text
    assert "&lt;b&gt;" in text
    assert "lena" in text
    assert "<h2>blob</h2>" in text


def test_another_projects_message_is_not_there(page: Client, other_project: Project) -> None:
    theirs = make_session(other_project)
    make_message(theirs)
    assert page.get(reverse("sessions:raw_message", args=[theirs.pk, 1]), headers=HTMX).status_code == 404
