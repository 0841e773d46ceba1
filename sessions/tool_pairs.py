"""Tell the results of tools which call they answer, before a page of messages is written in another format."""

from collections.abc import Sequence

from sessions import formats
from sessions.models import Message, Session

# Results follow their calls closely; this many messages before a page are searched for the calls it answers.
LOOKED_BACK = 200


def pair_tools(messages: Sequence[Message], format: str, session: Session) -> None:
    """Fill in ids and names as this format wants them. What was stored in the format stays; nothing of this is saved.

    A page that starts in the middle of things needs one look at the messages before it.
    """
    if format == "acontext" or all(message.format == format for message in messages):
        return
    before: list[Message] = []
    if messages[0].seq > 1 and formats.is_missing_calls(messages):
        earlier = session.messages.filter(seq__lt=messages[0].seq).order_by("-seq")
        before = list(earlier.only("role", "parts", "facts")[:LOOKED_BACK])[::-1]
    for message, paired in zip(messages, formats.paired(messages, before), strict=True):
        if message.format != format:
            message.parts = paired.parts
