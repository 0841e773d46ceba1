"""What the LLM is told about one window, in an order that keeps what changes least in front. No Django here.

Criteria, known tasks and preferences, earlier messages, new messages, and the user's words once more. However long a
session is, all of it stays within a fixed number of tokens.
"""

from collections.abc import Iterable

from sessions.tokens import count_text
from tasks.extraction.rendering import SHORT, clipped, line, lines_of, message_line
from tasks.extraction.rules import PROMPT_VERSION, system_prompt
from tasks.extraction.window import KnownTask, Window
from tasks.extraction.wording import shared_words

__all__ = ["PROMPT_VERSION", "system_prompt", "user_prompt"]

# Tokens. With the rules (about 1,900) a prompt stays below LONGEST_PROMPT.
NEW_MESSAGES, CONTEXT, SAID_AGAIN, LEDGER, PREFERENCES = 16_000, 2_000, 2_000, 5_000, 2_500
LONGEST_PROMPT = 32_000
OPEN_IN_FULL, FINISHED_TOLD, REMEMBERED = 12, 10, 10
DESCRIPTION, PROGRESS, STATEMENT = 300, 160, 300


def user_prompt(window: Window) -> str:
    """Return what changes from window to window."""
    sections = []
    if window.success_criteria or window.failure_criteria:
        said = {"success": window.success_criteria, "failed": window.failure_criteria}
        criteria = [line(**{status: clipped(text)}) for status, text in said.items() if text]
        sections.append("# When a task counts as done or failed in this project\n" + "\n".join(criteria))
    sections.append("# Known tasks\n" + ("\n".join(within(LEDGER, _known_task_lines(window))) or "none"))
    if window.preferences:
        newest = [line(preference=p.handle, statement=clipped(p.statement, STATEMENT, 0)) for p in window.preferences]
        sections.append("# Known preferences\n" + "\n".join(within(PREFERENCES, newest)))
    if window.context:
        earlier = within(CONTEXT, [message_line(message, SHORT) for message in window.context])
        sections.append("# Earlier messages, for context only\n" + "\n".join(earlier))
    sections.append("# NEW messages\n" + "\n".join(lines_of(window.messages, NEW_MESSAGES)))
    said_again = [line(n=m.seq, text=clipped(m.text, 400, 200)) for m in window.messages if m.is_from_person]
    if len(window.messages) > len(said_again) > 0:
        words = "\n".join(within(SAID_AGAIN, said_again))
        sections.append("# What the user said in the new messages\n" + words)
    return "\n\n".join(sections)


def within(tokens: int, lines: Iterable[str]) -> list[str]:
    """Keep as many lines as fit, from the last one backwards: what is newest matters most."""
    kept: list[str] = []
    for text in reversed(list(lines)):
        tokens -= count_text(text)
        if tokens < 0:
            break
        kept.append(text)
    return kept[::-1]


def _known_task_lines(window: Window) -> list[str]:
    """Open tasks in full, the latest finished ones in a line, older ones that the user may mean, the rest as a number.

    The most telling ones come last, where they are kept.
    """
    finished = [task for task in window.tasks if task.status in ("success", "failed")]
    unfinished = [task for task in window.tasks if task not in finished]
    recent, older = finished[-FINISHED_TOLD:], finished[:-FINISHED_TOLD]
    meant = _meant(older, window)
    in_brief = [task for task in window.tasks if task in meant or task in recent or task in unfinished[:-OPEN_IN_FULL]]
    lines = [_brief(task) for task in in_brief] + [_in_full(task) for task in unfinished[-OPEN_IN_FULL:]]
    left_out = window.tasks_left_out + len(older) - len(meant)
    return [line(older_finished_tasks=left_out), *lines] if left_out else lines


def _meant(tasks: list[KnownTask], window: Window) -> list[KnownTask]:
    """Of many older tasks those that share words with what the user says now: one may be taken up again."""
    if not tasks:
        return []
    said = " ".join(clipped(message.text, 400, 200) for message in window.messages if message.is_from_person)
    likeness = {task.handle: shared_words(task.description, said) for task in tasks}
    likest = sorted(tasks, key=lambda task: likeness[task.handle], reverse=True)[:REMEMBERED]
    return [task for task in likest if likeness[task.handle] > 0]


def _brief(task: KnownTask) -> str:
    return line(task=task.handle, description=clipped(task.description, 200, 0), status=task.status)


def _in_full(task: KnownTask) -> str:
    progress = [clipped(text, PROGRESS, 0) for text in task.progresses]
    description = clipped(task.description, DESCRIPTION, 0)
    return line(task=task.handle, description=description, status=task.status, progress=progress)
