"""A session and its messages as Markdown that reads well and cannot break out of its places."""

import re
from collections.abc import Iterable, Sequence
from string import punctuation
from urllib.parse import quote

from django.utils import translation

from sessions.display.parts import ShownPart, indented
from sessions.display.results import pieces_of
from sessions.models import Message, Session
from sessions.parts import Kind, Part, speaker_of
from tasks.models import Task

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")

IN_ADDRESSES = "".join(set(punctuation) - {"<", ">"})


def session_as_markdown(session: Session, tasks: Sequence[Task]) -> str:
    """Return the head of the document: title, facts, and each task with its status and what is known of it."""
    title = inline(session.title) or "Session"
    facts = [
        f"Session `{session.pk}`",
        f"{session.head_seq} messages",
        f"started {session.created_at:%Y-%m-%d %H:%M} UTC",
    ]
    if session.end_user:
        facts.insert(1, inline(session.end_user.identifier))
    lines = [f"# {title}", "", " · ".join(facts), "", "## Tasks", ""]
    for task in tasks:
        lines += _task(task)
    if not tasks:
        lines.append("None.")
    return "\n".join([*lines, "", "## Conversation", ""]) + "\n"


def _task(task: Task) -> list[str]:
    # A file is the same for whoever saves it: all of it is English, whatever language their pages are in.
    with translation.override("en"):
        basis = f", {task.get_basis_display()}" if task.basis else ""
    lines = [f"- **T{task.order}** ({task.status}{basis}): {inline(task.description)}"]
    if task.reason:
        lines.append(f"  - why: {inline(task.reason)}")
    lines += [f"  - {inline(progress.text)}{_seqs(progress.evidence)}" for progress in task.progresses.all()]
    lines += [f"  - prefers: {inline(wish.statement)}{_seqs(wish.evidence)}" for wish in task.preferences.all()]
    return lines


def _seqs(seqs: Iterable[int]) -> str:
    numbers = ", ".join(f"#{seq}" for seq in seqs)
    return f" ({numbers})" if numbers else ""


def message_as_markdown(message: Message, tasks: Sequence[int]) -> str:
    """Return one message: who, when, for which tasks, then its parts."""
    speaker = speaker_of(message.role, message.parts, message.facts).capitalize()
    handles = "".join(f" · T{order}" for order in tasks)
    head = f"### #{message.seq} {speaker} · {message.created_at:%Y-%m-%d %H:%M:%S}{handles}"
    return "\n\n".join([head, *filter(None, map(_part, message.parts))]) + "\n\n"


def _part(part: Part) -> str:
    text = _plain(part)
    match part.type:
        case Kind.TEXT:
            return closed(text)
        case Kind.THINKING:
            return quoted(f"Thinking\n\n{closed(text)}")
        case Kind.REDACTED_THINKING:
            return "*Thinking that the provider keeps to itself*"
        case Kind.TOOL_CALL:
            name = inline(str(part.get("name") or "tool"))
            return f"**Tool call** {name}\n\n{fenced(indented(part.get('arguments')), 'json')}"
        case Kind.TOOL_RESULT:
            pieces = [piece for _, piece in pieces_of(part)] or [Part(Kind.TEXT, "")]
            return "\n\n".join(["**Result**", *map(_piece, pieces)])
        case Kind.IMAGE | Kind.AUDIO | Kind.VIDEO | Kind.FILE:
            shown = ShownPart(part)
            address = shown.link and autolink(shown.link)
            return " ".join(filter(None, [f"*{part.type.capitalize()}*", inline(shown.name), address]))
        case _:
            return fenced(indented({"type": part.type, "text": part.text, **(part.meta or {})}), "json")


def _piece(part: Part) -> str:
    """Return what stands in a result; what it says is no Markdown."""
    return fenced(_plain(part)) if part.type == Kind.TEXT else _part(part)


def _plain(part: Part) -> str:
    return (part.text or "").replace("\0", "\N{SYMBOL FOR NULL}")


def fenced(text: str, language: str = "") -> str:
    """Return text as a block of code, whatever fences it holds itself."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def closed(text: str) -> str:
    """Return Markdown with the fence closed that it left open, so that it does not swallow what follows."""
    opened = ""
    for line in text.splitlines():
        found = FENCE.match(line)
        if found is None:
            continue
        run, rest = found.groups()
        if not opened and not (run[0] == "`" and "`" in rest):
            opened = run
        elif opened and run[0] == opened[0] and len(run) >= len(opened) and not rest.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


def quoted(text: str) -> str:
    """Return text as a quotation, line by line."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def autolink(address: str) -> str:
    """Return a web address as a link to itself, which nothing in it can end."""
    return f"<{quote(address, safe=IN_ADDRESSES)}>"


def inline(text: str) -> str:
    """Return text on one line in which nothing is markup."""
    return SPECIAL.sub(r"\\\1", " ".join(text.replace("\0", " ").split()))
