"""What a session is called."""

import pytest
from django.db import connection

from sessions.titles import GREETING, best_of, greets_only

GREETINGS = [
    "Hello", "hi", "Hi there!", "hey 👋", "Hello! How are you today?", "Hi, I'm Ben.", "hello, my name is Ana",
    "Guten Tag", "Buenos días", "good morning everyone", "HELLO??", "你好！", "Hi there. I'm Alina",
]  # fmt: skip
REQUESTS = [
    "", "hello world program in C", "Hi, fix the login", "Hit the gym", "My name is Ben. I want to find an apartment",
    "Hello, can you help?", "heyday of jazz", "你好，帮我订票", "Salute the flag", "I'm looking for a flat",
    "hi" * 60 + " x",
]  # fmt: skip


@pytest.mark.parametrize("title", GREETINGS)
def test_a_greeting(title: str) -> None:
    assert greets_only(title)


@pytest.mark.parametrize("title", REQUESTS)
def test_no_greeting(title: str) -> None:
    assert not greets_only(title)


@pytest.mark.django_db
def test_the_database_understands_the_same() -> None:
    with connection.cursor() as cursor:
        for title in GREETINGS + REQUESTS:
            cursor.execute("SELECT %s ~* %s", [title, GREETING])
            assert cursor.fetchone() == (greets_only(title),), title


def test_the_best_is_what_asks_first() -> None:
    assert best_of(["", "Hi", "Fix it", "Or that"]) == "Fix it"
    assert best_of(["", "Hi", "Hello"]) == "Hi"
    assert best_of([]) == ""
