"""Sample conversations for an empty project, stored the way an agent stores its own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from sessions.creating import create_session
from sessions.ingest import store_message
from sessions.models import Project

FOLDER = Path(__file__).parent / "conversations"


@cache
def conversations() -> list[dict[str, Any]]:
    """Return the samples: each has a `user` and `messages` in OpenAI's format."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def load(project: Project) -> int:
    """Store every sample as a new session; return how many."""
    for conversation in conversations():
        session, _ = create_session(project, user=conversation["user"])
        for blob in conversation["messages"]:
            store_message(project_id=project.id, session_id=session.id, blob=blob)
    return len(conversations())
