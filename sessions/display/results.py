"""What a tool's result holds: texts, and images or files among them. No Django here."""

from itertools import groupby

from sessions.parts import Kind, Part


def words_of(part: Part) -> str:
    """Return the text of a part; of a result each of its texts on lines of its own, which are stored as one text."""
    text = part.text or ""
    if part.type != Kind.TOOL_RESULT:
        return text
    said = [piece.text for piece in part.inner if piece.type == Kind.TEXT and piece.text]
    return "\n".join(said) if "".join(said) == text else text


def pieces_of(part: Part) -> list[tuple[int | None, Part]]:
    """Return the parts of a result in their order, each with its place in it; texts in a row are one, of no place."""
    inner = list(enumerate(part.inner))
    pieces: list[tuple[int | None, Part]] = []
    if "".join(piece.text or "" for _, piece in inner if piece.type == Kind.TEXT) != (part.text or ""):
        # What the result says itself is not what stands inside of it.
        pieces.append((None, Part(Kind.TEXT, part.text)))
    for kind, run in groupby(inner, key=lambda placed: placed[1].type):
        if kind == Kind.TEXT:
            text = "\n".join(piece.text for _, piece in run if piece.text)
            pieces += [(None, Part(Kind.TEXT, text))] if text else []
        else:
            pieces += run
    return pieces
