"""The tools an agent used in a turn: open calls, the last failure, whether the work ended without a word."""

from dataclasses import dataclass, field

from sessions.parts import Part
from tasks.extraction.offline.outcome import FINISHES, FINISHES_BY_COMMAND, HANDS_OVER
from tasks.extraction.offline.progress import tool_step
from tasks.extraction.offline.toolresults import is_error, reason_of
from tasks.extraction.window import WindowMessage


@dataclass
class ToolWork:
    """What is known of the tools of the turn at hand."""

    calls: dict[str, tuple[Part, int]] = field(default_factory=dict)
    failure: str = ""
    last_seq: int = 0
    is_finished: bool = False
    handed_over_to: str = ""
    # An agent that ends its turns with a tool's result has said all there is to say.
    ends_in_silence: bool = False
    used_to_end_in_silence: bool = False

    def begin_turn(self) -> None:
        self.used_to_end_in_silence = self.ends_in_silence
        self.ends_in_silence = self.is_finished = False
        self.failure = self.handed_over_to = ""
        self.last_seq = 0

    def take(self, message: WindowMessage) -> list[tuple[str, tuple[int, ...]]]:
        """Take in a message; return the steps that its results complete, each with the messages that show it."""
        if message.role == "assistant":
            self.ends_in_silence = bool(message.tool_calls)
        for call in message.tool_calls:
            self.calls[str(call.get("id") or "")] = (call, message.seq)
            name = str(call.get("name") or "")
            if FINISHES.search(name) or FINISHES_BY_COMMAND.search(call.arguments_text):
                self.is_finished = True
            if HANDS_OVER.search(name):
                self.handed_over_to = name
        steps: list[tuple[str, tuple[int, ...]]] = []
        for result in message.tool_results:
            self.failure = reason_of(result) if is_error(result) else ""
            self.last_seq = message.seq
            self.ends_in_silence = True
            made = self.calls.pop(str(result.get("tool_call_id") or ""), None)
            if made is not None:
                steps.append((tool_step(made[0], result), (made[1], message.seq)))
        return steps
