"""Answers of a model to the conversations of `tests.factories`."""

from tests.fakes import answer

PHONE_TASKS = answer(
    {
        "description": "Research iPhone 15 specs and summarize the key features",
        "request": 1,
        "messages": [1, 2],
        "progress": [{"text": "Listed the A16 chip and the 48MP camera", "message": 2}],
    },
    {"description": "Create a comparison table with iPhone 14", "request": 3, "messages": [3, 4]},
    preferences=[{"statement": "The user wants comparisons as tables", "replaces": "", "message": 3}],
)
# What is right for the first half of that conversation.
FIRST_TASK = answer(PHONE_TASKS["tasks"][0])
