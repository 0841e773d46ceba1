"""What one run reads: new messages, the ledger of known tasks, a short tail of context. No Django here."""

from dataclasses import dataclass, field

from sessions.parts import Kind, Part, text_of


@dataclass(frozen=True)
class WindowMessage:
    """A message by its number in the session. `role` is user or assistant; system prompts are marked."""

    seq: int
    role: str
    parts: tuple[Part, ...]
    is_system: bool = False

    @property
    def text(self) -> str:
        return text_of(list(self.parts))

    @property
    def tool_calls(self) -> list[Part]:
        return [part for part in self.parts if part.type == Kind.TOOL_CALL]

    @property
    def tool_results(self) -> list[Part]:
        return [part for part in self.parts if part.type == Kind.TOOL_RESULT]

    @property
    def is_from_person(self) -> bool:
        """Whether the user speaks here: not the agent, not a tool's result, not a system prompt."""
        return self.role == "user" and not self.is_system and not self.tool_results


@dataclass(frozen=True)
class KnownTask:
    """A task the session has already. `handle` (T1, T2, …) never changes its meaning."""

    handle: str
    description: str
    status: str
    basis: str = ""
    progresses: tuple[str, ...] = ()
    request_seq: int = 0
    last_seq: int = 0
    is_corrected: bool = False


@dataclass(frozen=True)
class KnownPreference:
    """A current preference. `handle` is P1, P2, …"""

    handle: str
    statement: str


@dataclass(frozen=True)
class Window:
    """The input of an extractor. `messages` are to be accounted for; `context` may be cited and nothing more."""

    messages: tuple[WindowMessage, ...]
    context: tuple[WindowMessage, ...] = ()
    tasks: tuple[KnownTask, ...] = ()
    preferences: tuple[KnownPreference, ...] = ()
    success_criteria: str = ""
    failure_criteria: str = ""
    # Older tasks that `tasks` leaves out, and how often the LLM may be asked about this window, repairs included.
    tasks_left_out: int = 0
    calls: int = 3
    by_seq: dict[int, WindowMessage] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_seq", {m.seq: m for m in (*self.context, *self.messages)})

    @property
    def first_seq(self) -> int:
        return self.messages[0].seq

    @property
    def last_seq(self) -> int:
        return self.messages[-1].seq
