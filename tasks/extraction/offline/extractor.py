"""The offline extractor: reads a window message by message and answers with operations."""

from tasks.extraction.offline.talk import Talk
from tasks.extraction.operations import Operations
from tasks.extraction.window import Window


class OfflineExtractor:
    """Extracts tasks by general rules; needs nothing but the window."""

    name = "offline"
    model = ""
    prompt_version = "rules-3"
    longest_seconds = 1.0

    def propose(self, window: Window) -> Operations:
        """Return the operations for a window; each cites its messages."""
        talk = Talk(window)
        for message in window.context:
            talk.overhear(message)
        for message in window.messages:
            talk.hear(message)
        return talk.operations()
