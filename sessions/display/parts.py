"""One part of a message as a page shows it: its template, its words, its size, and whether it went wrong."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sessions.display.json_tree import Node, tree_of
from sessions.display.results import pieces_of, words_of
from sessions.formats.media import MEDIA, bytes_of, media_of
from sessions.parts import KINDS, Kind, Part
from sessions.sniffing import PICTURES, SOUNDS

if TYPE_CHECKING:
    from sessions.display.transcript import Answer

# Longer text is folded; of even longer text the page has only the beginning, and a link to the rest.
FOLD_CHARACTERS = 2_400
FOLD_LINES = 36
SHOWN_CHARACTERS = 16_000
FEWEST_CHARACTERS = 1_000
INLINE_IMAGE_CHARACTERS = 3_000_000
INLINE_SOUND_CHARACTERS = 1_000_000
SUMMARY_CHARACTERS = 140
MOST_INDENTED = 4
# More parts than this are no message that a person reads.
PARTS = 80
BASE64 = re.compile(r"[A-Za-z0-9+/=_-]+")

# What tools and shells write first when something went wrong.
FAILURE = re.compile(
    r"""\s*(\[?(error|exception|fatal|failed|failure|traceback)\b"""
    r"""|\{\s*"(error|errors)"\s*:(?!\s*(null|""|\[\]|false))"""
    r"""|exit\s*(code|status)\D{0,3}[1-9])""",
    re.IGNORECASE,
)
EXIT_CODE = re.compile(r"\bexit(?:ed)?(?: with)? (?:code|status)\D{0,3}[1-9]\d*\s*$", re.IGNORECASE)


@dataclass
class ShownPart:
    """A part with what its template needs. A tool call carries its answer, media the facts of its file in storage.

    `stored_inside` has those of the parts inside of a result, by their places. `place` is what its address says of it.
    """

    part: Part
    place: str = ""
    answer: "Answer | None" = None
    stored: dict[str, Any] | None = None
    stored_inside: dict[int, dict[str, Any]] = field(default_factory=dict)
    limit: int = SHOWN_CHARACTERS
    most_pieces: int = PARTS
    is_unfolded: bool = False

    def cut_to(self, room: int, *, whole: bool = False) -> int:
        """Show so many characters of the text, or of the arguments, but the beginning at least; return how many."""
        self.limit = max(FEWEST_CHARACTERS, room if whole else min(self.limit, room))
        if whole:
            self.most_pieces = len(self.part.inner) + 1
        return min(self.limit, len(self.text) + (len(self.part.arguments_text) if self.part.get("arguments") else 0))

    @property
    def template_name(self) -> str:
        """The template of this type of part; types nobody knows are shown as data."""
        kind = self.part.type if self.part.type in KINDS else Kind.DATA
        return f"sessions/parts/{kind.replace('_', '-')}.html"

    @cached_property
    def text(self) -> str:
        return words_of(self.part).replace("\0", "\N{SYMBOL FOR NULL}")

    @cached_property
    def pieces(self) -> list["ShownPart"]:
        """What a result says and shows, in its order, within what may be shown of all of it."""
        pieces, left = [], self.limit
        for place, part in pieces_of(self.part)[: self.most_pieces]:
            stored = None if place is None else self.stored_inside.get(place)
            at = "" if place is None else f"{self.place}-{place}"
            piece = ShownPart(part, at, stored=stored, limit=left, is_unfolded=self.is_unfolded)
            left = max(0, left - len(piece.text))
            pieces.append(piece)
        return pieces

    @property
    def hidden_pieces(self) -> int:
        return max(0, len(pieces_of(self.part)) - self.most_pieces)

    @property
    def is_media(self) -> bool:
        return self.part.type in MEDIA

    @property
    def shown_text(self) -> str:
        return self.text[: self.limit]

    @property
    def hidden_characters(self) -> int:
        return max(0, len(self.text) - self.limit)

    @property
    def is_long(self) -> bool:
        is_much = len(self.text) > FOLD_CHARACTERS or self.text.count("\n") > FOLD_LINES
        return is_much and not self.is_unfolded

    @property
    def is_refusal(self) -> bool:
        return bool(self.part.get("is_refusal"))

    @property
    def name(self) -> str:
        """The tool's or the file's name."""
        names = ("filename", "title", "name") if self.is_media else ("filename", "name")
        return str(self.part.filename or next(filter(None, map(self.part.get, names)), ""))

    @property
    def arguments(self) -> str:
        """The arguments of a tool call, indented when they are JSON."""
        return laid_out(self.part.arguments_text, self.limit)

    @property
    def hidden_arguments(self) -> int:
        """How many characters of the arguments are not shown."""
        return max(0, len(self.part.arguments_text) - self.limit)

    @cached_property
    def arguments_tree(self) -> Node | None:
        """The arguments as a tree, when they are an object with something in it."""
        arguments = self.part.get("arguments")
        return tree_of(arguments) if arguments and arguments != "{}" and self.has_room else None

    @cached_property
    def text_tree(self) -> Node | None:
        """What a tool or an assistant answered as a tree, when all of it is JSON."""
        return tree_of(self.text) if self.has_room else None

    @property
    def has_room(self) -> bool:
        """Whether a tree may be drawn, which takes more room than its text."""
        return self.limit > FEWEST_CHARACTERS

    @property
    def pretty_text(self) -> str:
        """The text, indented when it is JSON."""
        return laid_out(self.text, self.limit)

    @cached_property
    def data_tree(self) -> Node | None:
        """All that is known of a part of an unknown kind, as a tree."""
        return tree_of(self.facts)

    @property
    def facts(self) -> dict[str, Any]:
        facts = {"type": self.part.type, "text": self.part.text, **(self.part.meta or {})}
        return {key: value for key, value in facts.items() if value is not None}

    @property
    def arguments_line(self) -> str:
        """The arguments on one line, the only one alone without its name."""
        value = parsed(self.part.get("arguments"))
        if isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        elif isinstance(value, dict):
            return shortened("  ".join(f"{key}={one_line(inner)}" for key, inner in list(value.items())[:8]))
        return "" if value is None else shortened(one_line(value))

    @property
    def data(self) -> str:
        """All that is known of a part of an unknown kind."""
        return indented(self.facts)[: self.limit]

    @property
    def has_failed(self) -> bool:
        """Whether a tool's result reports an error, by its own flag or by its words."""
        if self.part.get("is_error") is not None:
            return bool(self.part.get("is_error"))
        return bool(FAILURE.match(self.text) or EXIT_CODE.search(self.text[-200:]))

    @property
    def image_source(self) -> str:
        """A data: URL; empty when the image is not in the message's row or too large to be in a page."""
        if self.sha256:
            return ""
        source = str(self.part.get("url") or "")
        if not source and isinstance(self.part.get("data"), str):
            source = f"data:{self.media_type};base64,{self.part.get('data')}"
        return source if source.startswith("data:image/") and len(source) <= INLINE_IMAGE_CHARACTERS else ""

    @property
    def sha256(self) -> str:
        """What a file in storage is found by; empty when all there is stands in the message."""
        return str((self.stored or {}).get("sha256") or "")

    @property
    def is_inline(self) -> bool:
        """Whether there is a file to be saved in the message itself."""
        return bool(self.place) and not self.sha256 and self.is_media and bytes_of(self.part) is not None

    @property
    def is_picture(self) -> bool:
        """Whether the file in storage is an image that a page may show."""
        return bool(self.sha256) and self.media_type in PICTURES

    @property
    def is_sound(self) -> bool:
        """Whether the file in storage is audio that a page may play."""
        return bool(self.sha256) and self.media_type in SOUNDS

    @cached_property
    def sound_source(self) -> str:
        """Audio in the message's row as a data: URL; empty when it is elsewhere, too large or of no known type."""
        if self.sha256 or self.part.type != Kind.AUDIO:
            return ""
        media = media_of(self.part)
        is_fine = media.media_type in SOUNDS and len(media.data) <= INLINE_SOUND_CHARACTERS
        return media.data_url if is_fine and BASE64.fullmatch(media.data) else ""

    @property
    def link(self) -> str:
        """The web address of something that is elsewhere, for a person to follow; never loaded by the page."""
        url = str(self.part.get("url") or "")
        return url if url.startswith(("https://", "http://")) else ""

    @property
    def media_type(self) -> str:
        asset = self.stored or self.part.asset or {}
        return str(asset.get("mime") or self.part.get("media_type") or self.part.get("format") or "")

    @property
    def size(self) -> int:
        """Bytes, as far as the message tells."""
        data = self.part.get("data") or self.part.get("file_data") or ""
        return int((self.stored or self.part.asset or {}).get("size_b") or len(str(data)) * 3 // 4)


def parsed(value: Any) -> Any:
    """Return the value that JSON text stands for, or the text."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def indented(value: Any) -> str:
    """Return JSON that a person can read; text that is no JSON stays as it is."""
    value = parsed(value)
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)


def laid_out(text: str, limit: int) -> str:
    """Return so much of a text, indented when it is JSON, but as it came where that would take far more room."""
    pretty = indented(text)
    if len(text) > limit:
        return pretty[:limit]
    return pretty if len(pretty) <= MOST_INDENTED * limit else text


def one_line(value: Any) -> str:
    """Return a value as words on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return " ".join(text[: 4 * SUMMARY_CHARACTERS].split())


def shortened(text: str, length: int = SUMMARY_CHARACTERS) -> str:
    """Cut a text to so many characters, the dots included; as it comes, to what fits on a line beside a name."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
