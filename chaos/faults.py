"""What is broken, each as a function that breaks it, waits until it took effect and mends it again."""

import contextlib
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from kombu.exceptions import OperationalError

from chaos import llm, orders
from chaos.steps import STEPS
from chaos.world import WEB, WORKER, InVain, World, is_alive, wait_for

MEETING_SECONDS = 60.0


class NotMet(Exception):
    """The fault could not be placed: nobody came by the step in time."""


@dataclass
class Player:
    """Breaks the world. Remembers the jobs that were seen, to deliver them again."""

    world: World
    rng: random.Random
    seen: list[tuple[str, str]] = field(default_factory=list)

    # --- processes

    def kill_at(self, step: str) -> None:
        """Let a worker kill itself at one of the next calls of a step."""
        if step == "failing":
            self.world.llm.faults.extend(["503"] * 2)
        orders.clear(step)
        orders.give(step, "kill", call=self.rng.randint(1, 3))
        pid = self._meet(step)
        wait_for(lambda: not is_alive(pid))
        orders.clear(step)

    def kill_worker(self) -> None:
        """Kill a worker wherever it is."""
        self.world.kill(*self._some(WORKER))

    def kill_web(self) -> None:
        self.world.kill(*self._some(WEB))

    def kill_holder(self) -> None:
        self.world.kill(self.world.installation.holder or self._missing())

    def kill_supervisor(self) -> None:
        """Its children must not outlive it; then it is started again."""
        assert self.world.up
        children = self.world.pids(WORKER) + self.world.pids(WEB)
        self.world.kill(self.world.up.pid)
        self.world.reap()
        wait_for(lambda: not any(is_alive(pid) for pid in children))
        self.world.start()

    def kill_everything(self) -> None:
        self.world.kill(*self.world.pids(""))
        self.world.reap()
        self.world.start()

    # --- leases and clock

    def zombie(self, step: str, *, stopped: bool) -> None:
        """Let a worker sleep past its lease until another has done the work, then let it go on."""
        with self._held(step) as pid:
            since = self.world.commits()
            if stopped:
                self.world.kill(pid, with_signal=signal.SIGSTOP)
            try:
                self.world.clock(600)
                self.world.went_on(since=since, more=2)
            finally:
                self.world.kill(pid, with_signal=signal.SIGCONT)

    def leases_expire(self) -> None:
        """Let all leases expire while their runs are at work."""
        self._wait(self.world.leases)
        self.world.clock(600)

    def deliver_twice(self) -> None:
        """Deliver jobs that are under way once more, and some long done."""
        self._wait(self.world.leases)
        now = self.world.leases()
        self.deliver(now * 2 + self.rng.sample(self.seen, min(len(self.seen), 5)))
        self.seen += now

    def deliver(self, jobs: list[tuple[str, str]]) -> None:
        from tasks.jobs import extract_session

        try:
            for job in jobs:
                extract_session.apply_async(job, retry=False)
        except OperationalError:  # the other lane has the broker down
            raise NotMet from None

    # --- engines

    def broker_stopped(self) -> None:
        pid = self.world.installation.pid_of("valkey") or self._missing()
        self.world.kill(pid, with_signal=signal.SIGSTOP)
        time.sleep(self.rng.uniform(1, 4))
        self.world.kill(pid, with_signal=signal.SIGCONT)

    def broker_killed(self, *, lost: bool = False) -> None:
        """Kill the broker; with `lost`, what it had on disk is gone as well."""
        pid = self.world.installation.pid_of("valkey") or self._missing()
        if lost:
            shutil.rmtree(self.world.installation.data / "valkey" / "appendonlydir", ignore_errors=True)
        self.world.kill(pid)
        self.world.ready("valkey", other_than=pid)

    def broker_emptied(self) -> None:
        try:
            self.world.installation.broker("FLUSHALL")
        except OSError:  # the other lane has the broker down
            raise NotMet from None

    def broker_gone_at(self, step: str) -> None:
        with self._held(step):
            self.broker_killed()

    def database_ended(self, how: int) -> None:
        """End the database under clients that store; SIGQUIT is PostgreSQL's immediate shutdown."""
        pid = self.world.installation.pid_of("postgres") or self._missing()
        self.world.kill(pid, with_signal=how)
        self.world.ready("postgres", other_than=pid)

    def database_ended_at(self, step: str, how: int) -> None:
        with self._held(step):
            self.database_ended(how)

    # --- the LLM

    def llm_fault(self, kind: str) -> None:
        fired = self.world.llm.fired[kind]
        self.world.llm.faults.append(kind)
        try:
            self._wait(lambda: self.world.llm.fired[kind] > fired)
        finally:
            with contextlib.suppress(ValueError):
                self.world.llm.faults.remove(kind)

    def llm_away(self) -> None:
        """Half an hour without an answer, by the clock that the queue reads."""
        self.world.llm.outage = 503
        for _ in range(30):
            self.world.clock(60)
            time.sleep(0.2)
        self.world.llm.outage = 0
        self.world.clock(600)

    def llm_key_refused(self) -> None:
        """The project pauses, visibly, and goes on once the key is good again."""
        self.world.llm.outage = 401
        try:
            reason = "SELECT 1 FROM agent_sessions_project WHERE extraction_paused_reason <> ''"
            self._wait(lambda: self.world.sql(reason))
        finally:
            self.world.llm.outage = 0
        self.world.clock(400)

    # --- helpers

    @contextmanager
    def _held(self, step: str) -> Iterator[int]:
        orders.clear(step)
        orders.give(step, "hold")
        try:
            yield self._meet(step)
        finally:
            orders.clear(step)

    def _meet(self, step: str) -> int:
        try:
            self._wait(lambda: orders.met_by(step))
        except NotMet:
            orders.clear(step)
            raise
        return orders.met_by(step)

    def _wait(self, condition: Callable[[], object]) -> None:
        try:
            wait_for(condition, seconds=MEETING_SECONDS)
        except InVain:
            raise NotMet from None

    def _some(self, word: str) -> list[int]:
        self._wait(lambda: self.world.pids(word))
        return [self.rng.choice(self.world.pids(word))]

    def _missing(self) -> int:
        raise NotMet


# --- the table of faults: what it is called, how often of 100, what does it


@dataclass(frozen=True)
class Fault:
    """A kind of fault. One that is `light` breaks no process, and goes on beside those that do."""

    told: str
    weight: float
    play: Callable[[Player], None]
    light: bool = False


def all_faults() -> list[Fault]:
    """Return every kind of fault. Weights are shares; those that take long are rarer."""
    faults = [Fault(f"kill -9 of a worker {s.told}", 2.0, partial(Player.kill_at, step=s.name)) for s in STEPS]
    faults += [Fault(told, 2.5, partial(Player.llm_fault, kind=kind), light=True) for kind, told in llm.FAULTS.items()]
    for step in (s for s in STEPS if s.name in ("window", "asking", "answered")):
        zombie = partial(Player.zombie, step=step.name)
        faults.append(Fault(f"zombie: held {step.told}, past its lease", 1.0, partial(zombie, stopped=False)))
        faults.append(Fault(f"zombie: SIGSTOP {step.told}, past its lease", 1.0, partial(zombie, stopped=True)))
    for step in (s for s in STEPS if s.name in ("asking", "locked", "moved", "committed")):
        for how, name in ((signal.SIGKILL, "kill -9"), (signal.SIGQUIT, "immediate shutdown")):
            fault = partial(Player.database_ended_at, step=step.name, how=how)
            faults.append(Fault(f"database: {name} {step.told}", 0.7, fault))
    return [
        *faults,
        Fault("database: kill -9 while messages are stored", 1.5, partial(Player.database_ended, how=signal.SIGKILL)),
        Fault("database: immediate shutdown while storing", 1.5, partial(Player.database_ended, how=signal.SIGQUIT)),
        Fault("kill -9 of a worker, wherever it is", 2.0, Player.kill_worker),
        Fault("kill -9 of a web process while messages are stored", 4.0, Player.kill_web),
        Fault("kill -9 of the engines' keeper", 1.5, Player.kill_holder),
        Fault("kill -9 of the supervisor", 1.0, Player.kill_supervisor),
        Fault("kill -9 of everything", 1.5, Player.kill_everything),
        Fault("leases expire under live runs", 4.0, Player.leases_expire, light=True),
        Fault("jobs delivered again, at once and late", 6.0, Player.deliver_twice, light=True),
        Fault("broker: SIGSTOP for seconds", 2.0, Player.broker_stopped),
        Fault("broker: kill -9", 2.0, Player.broker_killed),
        Fault("broker: kill -9, its data lost", 2.0, partial(Player.broker_killed, lost=True)),
        Fault("broker: emptied", 3.0, Player.broker_emptied, light=True),
        Fault("broker: kill -9 between lease and ring", 1.5, partial(Player.broker_gone_at, step="lease-ring")),
        Fault("LLM: away for 30 minutes", 0.7, Player.llm_away),
        Fault("LLM: key refused for a while", 1.5, Player.llm_key_refused),
    ]


def programme(count: int, rng: random.Random) -> list[Fault]:
    """Choose `count` faults, every kind at least once while there is room, in an order that the seed decides."""
    kinds = all_faults()
    chosen = list(kinds)
    whole = sum(kind.weight for kind in kinds)
    for kind in kinds:
        chosen += [kind] * max(round(count * kind.weight / whole) - 1, 0)
    rng.shuffle(chosen)
    chosen += rng.choices(kinds, [kind.weight for kind in kinds], k=max(count - len(chosen), 0))
    return chosen[:count]
