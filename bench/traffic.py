"""How often extraction reads, and how soon, for four kinds of agents, on a clock that is simulated.

make bench-traffic [TURNS=60]

Messages are stored by the path that agents use, sessions are claimed by the sweep's own statement, windows are read,
asked about, checked and committed by the run. Only the times are moved: each stored message to its moment on the clock,
each run's end to a few seconds after its start. The LLM is scripted and answers every window well. Nothing depends on
the machine: the same seed gives the same figures.
"""

import os
import random
import statistics
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ |= {
    "ACONTEXT_DATA_DIR": tempfile.mkdtemp(prefix="acontext-bench-"),
    "SECRET_KEY": "bench" * 10,
    "DJANGO_SETTINGS_MODULE": "acontext_site.settings",
    "ACONTEXT_UNSAFE_FAST": "1",
    "LOG_LEVEL": "ERROR",
}
TURNS, SEED = int(os.environ.get("TURNS", "60")), 7
LLM_SECONDS = (3.0, 8.0)
WORDS = ["deploy", "check", "write", "compare", "build", "test", "list", "update"]
START = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Pattern:
    """Steps of a turn, seconds between them, and what the hosted service's rules make of such traffic.

    `theirs`: runs and LLM calls for 100 messages, messages a run, by a simulation of its rules at 2.5 calls a run.
    """

    name: str
    steps: tuple[int, int]
    seconds: tuple[float, float]
    theirs: tuple[float, float, float]


PATTERNS = (
    Pattern("coding agent, a step each 2-12 s, 4-20 a turn", (4, 20), (2, 12), (43, 108, 2.3)),
    Pattern("fast tool loop, 0.3-2 s, 10-40 a turn", (10, 40), (0.3, 2), (10, 26, 9.6)),
    Pattern("plain chat, one reply a turn", (1, 1), (2, 12), (50, 125, 2.0)),
    Pattern("slow research agent, 10-40 s, 4-20 a turn", (4, 20), (10, 40), (98, 244, 1.0)),
)


def main() -> None:
    from acontext_site import embedded

    embedded.ensure_configured()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.fakes import ScriptedLLM

    call_command("migrate", verbosity=0)
    print(f"{TURNS} turns each, seed {SEED}; the LLM takes {LLM_SECONDS[0]:g}-{LLM_SECONDS[1]:g} s.\n")
    print(
        "| traffic | messages | runs /100 | messages a run | LLM calls /100 | calls a run | prompt tokens /100 ", end=""
    )
    print("| fresh p50 s | p95 s | theirs: runs /100 | messages a run | LLM calls /100 |")
    print("|" + "---|" * 12)
    with ScriptedLLM() as llm:
        settings.LLM_API_KEY, settings.LLM_BASE_URL = "bench", llm.url
        for pattern in PATTERNS:
            print(Play(pattern, llm).row(), flush=True)


def turns(pattern: Pattern, chance: random.Random) -> Iterator[tuple[float, dict[str, Any], bool]]:
    """Yield messages: the second, the message, whether it ends the turn."""
    at = 0.0
    for turn in range(TURNS):
        at += chance.uniform(20, 120)
        words = " ".join(chance.choices(WORDS, k=12))
        yield at, {"role": "user", "content": f"Request {turn}: please {words}"}, False
        for step in range((chance.randint(*pattern.steps) - 1) // 2):
            call_id = f"call_{turn}_{step}"
            function = {"name": "run", "arguments": '{"command": "make step"}'}
            at += chance.uniform(*pattern.seconds)
            yield (
                at,
                {"role": "assistant", "tool_calls": [{"id": call_id, "type": "function", "function": function}]},
                False,
            )
            at += chance.uniform(*pattern.seconds)
            result = "\n".join(f"line {n}: ok" for n in range(chance.randint(5, 80)))
            yield at, {"role": "tool", "tool_call_id": call_id, "content": result}, False
        at += chance.uniform(*pattern.seconds)
        yield at, {"role": "assistant", "content": f"Request {turn} is done: {words}."}, True


@dataclass
class Play:
    """One session that lives through the turns of a pattern."""

    pattern: Pattern
    llm: Any
    freshness: list[float] = field(default_factory=list)
    ended: dict[int, float] = field(default_factory=dict)
    stored: int = 0
    read: int = 0
    swept: int = 0

    def row(self) -> str:
        """Play, and return the figures as a row of the table."""
        from sessions.models import Project, Session
        from sessions.tokens import count_text
        from tasks.models import ExtractionRun

        self.chance = random.Random(SEED)
        self.session = Session.objects.create(project=Project.objects.create(name=self.pattern.name))
        self.last = 0.0
        self.llm.requests.clear()
        for at, blob, is_end in turns(self.pattern, self.chance):
            self.sweep_until(at)
            self.store(at, blob)
            if is_end:
                self.ended[self.stored] = at
        self.sweep_until(self.last + 600)
        runs = list(ExtractionRun.objects.filter(session=self.session))
        if self.read != self.stored or any(run.status != "ok" for run in runs):
            sys.exit(f"{self.pattern.name}: {self.read} of {self.stored} read, {[run.error for run in runs]}")
        calls = sum(run.calls for run in runs)
        tokens = sum(count_text(said["content"]) for asked in self.llm.requests for said in asked["messages"])
        hundred = 100 / self.stored
        p95 = statistics.quantiles(self.freshness, n=20)[-1]
        ours = [f"{len(runs) * hundred:.1f}", f"{self.stored / len(runs):.1f}", f"{calls * hundred:.1f}"]
        ours += [f"{calls / len(runs):.2f}", f"{tokens * hundred:,.0f}"]
        ours += [f"{statistics.median(self.freshness):.0f}", f"{p95:.0f}"]
        theirs_runs, theirs_calls, theirs_mean = self.pattern.theirs
        cells = [self.pattern.name, f"{self.stored:,}", *ours]
        return f"| {' | '.join(cells)} | {theirs_runs:g} | {theirs_mean:g} | {theirs_calls:g} |"

    def store(self, at: float, blob: dict[str, Any]) -> None:
        """Store a message as if it came at this second."""
        from django.utils import timezone

        from sessions.ingest import store_message
        from sessions.models import Message, Session

        row = Session.objects.filter(pk=self.session.pk)
        # The statement takes the pace of the agent from the clock of the database: let the gap be right.
        row.exclude(last_message_at=None).update(last_message_at=timezone.now() - timedelta(seconds=at - self.last))
        was_waiting = row.filter(pending_since__isnull=False).exists()
        store_message(project_id=self.session.project_id, session_id=self.session.pk, blob=blob)
        row.update(last_message_at=moment(at), **({} if was_waiting else {"pending_since": moment(at)}))
        self.stored, self.last = self.stored + 1, at
        Message.objects.filter(session=self.session, seq=self.stored).update(created_at=moment(at))

    def sweep_until(self, at: float) -> None:
        """Sweep each second, as the scheduler does; nothing can be due when nothing waits."""
        from tasks.extraction.queue import claim_due

        while self.swept < at:
            if self.read == self.stored:
                self.swept = int(at) + 1
                return
            for lease in claim_due(now=moment(self.swept)):
                self.extract(lease, self.swept)
            self.swept += 1

    def extract(self, lease: Any, at: float) -> None:
        """Let the run happen now and be at work until the LLM would have answered."""
        from sessions.models import Session
        from tasks.extraction import run
        from tasks.extraction.reading import read_window

        def watched(session: Any, **options: Any) -> Any:
            window = read_window(session, **options)
            if window is not None:
                self.llm.will_answer(answer_to(window))
            return window

        run.read_window = watched  # looks on, so that the script can answer
        run.extract(lease, clock=lambda: moment(at))
        done = at + self.chance.uniform(*LLM_SECONDS)
        row = Session.objects.filter(pk=self.session.pk)
        row.update(lease_token=uuid.uuid4(), lease_until=moment(done))
        self.read = row.values_list("cursor_seq", flat=True).get()
        for seq in [seq for seq in self.ended if seq <= self.read]:
            self.freshness.append(done - self.ended.pop(seq))


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def answer_to(window: Any) -> dict[str, Any]:
    """Answer as a good model would: each request a task, all that follows belongs to it."""
    from tests.fakes import answer

    tasks: list[dict[str, Any]] = []
    for message in window.messages:
        if message.is_from_person:
            tasks.append({"description": message.text, "request": message.seq, "messages": [], "status": "running"})
        elif not tasks and window.tasks:
            known = window.tasks[-1]
            tasks.append({"task": known.handle, "description": known.description, "request": 0, "messages": []})
        if tasks:
            tasks[-1]["messages"].append(message.seq)
            is_answer = message.role == "assistant" and not message.tool_calls
            tasks[-1]["status"] = "success" if is_answer else "running"
    return answer(*tasks)


if __name__ == "__main__":
    main()
