"""What a status really rests on, what it does not tell, and what speaks against it. Whoever extracts, rules look again.

Nothing here changes a status: a success that the evidence contradicts stays one and carries a mark, for a person to
look at. No Django here.
"""

import re
from collections.abc import Iterable

from tasks.extraction.offline.asking import Asking, asking
from tasks.extraction.offline.objections import CANCELS, COMPLAINS, PASTES_ERROR, RETRIES, UNDOES
from tasks.extraction.offline.toolresults import is_error
from tasks.extraction.operations import Basis, Operations, Risk, Situation, StatusChange
from tasks.extraction.window import Window, WindowMessage

SAYS_IT_PASSES = re.compile(
    r"\b(?:tests?|test suite|specs?|builds?|checks?|lint(?:er|ing)?|type ?checks?|compil\w+)\b[^.!?\n]{0,40}"
    r"\b(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|succeeds? now|clean|without (?:an )?errors?)\b"
    r"|\bi(?:'ve| have)? (?:ran|run|re-?ran|executed|tested|verified)\b|测试(?:全部|都)?通过",
    re.I,
)
# What a tool is called, or told to do, when it checks something.
RUNS = re.compile(
    r"test|spec\b|jest|build|lint|check|verif|valid|run|exec|bash|shell|terminal|command|compil|make\b|console|eval"
    r"|python|node\b|cargo|gradle|mvn|npm|sandbox",
    re.I,
)
SAYS_IT_DID = re.compile(
    r"\b(?:i(?:'ve| have)?(?: (?:now|just|also|successfully|already))*|(?:has|have) (?:now |just |successfully )*been"
    r"|(?:is|are) (?:now |all )?(?:successfully )?)\s*"
    r"(?:booked|reserved|sent|e-?mailed|scheduled|purchased|ordered|paid|refunded|transferred|cancell?ed|deleted"
    r"|deployed|pushed|committed|merged|published|uploaded|installed|submitted|posted)\b",
    re.I,
)


def settle(window: Window, accepted: Operations) -> None:
    """Put right what the accepted statuses say of their ground and situation, and mark successes at risk."""
    for change in accepted.status:
        story = _Story(window, accepted, change.task)
        change.basis = _basis(change, story)
        change.situation = _situation(change, story)
    accepted.risks = list(_risks(window, accepted))


class _Story:
    """What the window tells of one task."""

    def __init__(self, window: Window, accepted: Operations, handle: str) -> None:
        self.window = window
        self.handle = handle
        self.known = next((task for task in window.tasks if task.handle == handle), None)
        seqs = {seq for link in accepted.links if link.task == handle for seq in link.seqs}
        self.messages = [window.by_seq[seq] for seq in sorted(seqs)]
        requests = [new.request_seq for new in accepted.new_tasks if new.alias == handle]
        self.request_seq = requests[0] if requests else (self.known.request_seq if self.known else 0)

    @property
    def agent(self) -> list[WindowMessage]:
        """What the agent said in words."""
        return [m for m in self.messages if m.role == "assistant" and m.text.strip()]

    @property
    def results(self) -> list[WindowMessage]:
        return [message for message in self.messages if message.tool_results]

    @property
    def calls(self) -> list[WindowMessage]:
        return [message for message in self.messages if message.tool_calls]

    def reactions(self) -> list[WindowMessage]:
        """What the user said after the agent had begun on the task: linked to it or, as thanks are, to none."""
        begun = min((m.seq for m in self.messages if not m.is_from_person), default=0)
        if self.known is not None:
            begun = min(begun or self.window.first_seq, self.window.first_seq) - 1
        said = [message for message in self.window.messages if message.is_from_person]
        return [message for message in said if message.seq > begun and message.seq != self.request_seq] if begun else []


def _basis(change: StatusChange, story: _Story) -> Basis:
    """Keep a ground that the window bears out, else the strongest that it does."""
    if change.status in ("pending", "running"):
        return change.basis
    cited = [story.window.by_seq[seq] for seq in change.evidence]
    shown = any(message.tool_results for message in (*story.messages, *cited))
    if change.basis == "confirmed" and story.reactions():
        return "confirmed"
    was_shown = story.known is not None and story.known.basis == "shown" and story.known.status == change.status
    if change.basis in ("confirmed", "shown"):
        return "shown" if shown or was_shown else "claimed"
    if change.basis == "" and change.status == "success":
        return "shown" if shown else "claimed"
    return change.basis


def _situation(change: StatusChange, story: _Story) -> Situation:
    if change.status == "running":
        return "waiting" if change.situation == "waiting" or _waits(story) else ""
    if change.status == "failed":
        gives_up = change.basis == "confirmed" and any(
            CANCELS.search(message.text) and not UNDOES.search(message.text) for message in story.reactions()
        )
        return "abandoned" if change.situation == "abandoned" or gives_up else ""
    return ""


def _waits(story: _Story) -> bool:
    """Whether the last word is the agent's and asks the user for something."""
    last = story.messages[-1] if story.messages else None
    if last is None or last.role != "assistant" or last.tool_calls or last.seq != story.window.last_seq:
        return False
    return asking(last.text)[0] in {Asking.DETAIL, Asking.CONFIRMATION}


def _risks(window: Window, accepted: Operations) -> Iterable[Risk]:
    """Yield a mark for each success that something speaks against, the gravest reason of several."""
    changes = {change.task: change for change in accepted.status}
    linked = {link.task for link in accepted.links}
    held = [task.handle for task in window.tasks if task.status == "success" and task.handle in linked - set(changes)]
    for handle in [*(task for task, change in changes.items() if change.status == "success"), *held]:
        if handle in changes and changes[handle].basis == "confirmed":
            continue
        story = _Story(window, accepted, handle)
        found = _tool_failed(story) or _asked_again(story) or _not_run(story) or _not_done(story)
        if found:
            yield found


def _tool_failed(story: _Story) -> Risk | None:
    if not story.results:
        return None
    last = story.results[-1]
    if not is_error(last.tool_results[-1]):
        return None
    said = [message.seq for message in story.agent if message.seq > last.seq][-1:]
    return Risk(task=story.handle, kind="tool_failed", evidence=[last.seq, *said])


def _asked_again(story: _Story) -> Risk | None:
    objections = (COMPLAINS, RETRIES, PASTES_ERROR)
    own = {message.seq for message in story.messages}
    for message in reversed(story.reactions()):
        if message.seq in own and any(objection.search(message.text) for objection in objections):
            said = [agent.seq for agent in story.agent if agent.seq > message.seq][-1:]
            return Risk(task=story.handle, kind="asked_again", evidence=[message.seq, *said])
    return None


def _not_run(story: _Story) -> Risk | None:
    claim = next((message for message in reversed(story.agent) if SAYS_IT_PASSES.search(message.text)), None)
    if claim is None:
        return None
    of_tools = [part for message in (*story.window.context, *story.messages) for part in message.tool_calls]
    if any(RUNS.search(f"{part.get('name')} {part.arguments_text[:2_000]}") for part in of_tools):
        return None
    return Risk(task=story.handle, kind="not_run", evidence=[claim.seq])


def _not_done(story: _Story) -> Risk | None:
    """Only an agent that is seen to use tools is expected to use one, and only a task seen from its beginning."""
    uses_tools = any(m.tool_calls for m in (*story.window.context, *story.window.messages))
    if story.known is not None or story.calls or story.results or not uses_tools:
        return None
    claim = next((message for message in reversed(story.agent) if SAYS_IT_DID.search(message.text)), None)
    return Risk(task=story.handle, kind="not_done", evidence=[claim.seq]) if claim else None
