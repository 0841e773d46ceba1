"""`make chaos`: break a running installation FAULTS times, let it calm down, and check that all is as it must be.

FAULTS=220 SECONDS=720 SEED=1. Ends with 1, and keeps the folder, when something was lost, doubled or stuck.
"""

import os
import random
import signal
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

import django

from chaos.clients import Agents
from chaos.faults import Fault, NotMet, Player, programme
from chaos.invariants import fingerprint, violations
from chaos.world import KEY, World

FAULTS = int(os.environ.get("FAULTS") or 220)
SECONDS = float(os.environ.get("SECONDS") or 720)
SEED = int(os.environ.get("SEED") or 1)
CALM_SECONDS = 120.0


@dataclass
class Tally:
    """How often a kind of fault was played, and how many seconds until a window was committed again."""

    waits: list[float] = field(default_factory=list)
    not_met: int = 0


@dataclass
class Play:
    """Plays faults in two lanes at once, those that break processes and those that do not, and counts them."""

    world: World
    began: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def run(self, faults: list[Fault], players: list[Player]) -> None:
        """Play all faults, as far as the time goes."""
        self.began = time.monotonic()
        lanes = [[f for f in faults if not f.light], [f for f in faults if f.light]]
        threads = [
            threading.Thread(target=self._lane, args=args, daemon=True) for args in zip(lanes, players, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self, faults: list[Fault], player: Player) -> None:
        for fault in faults:
            if time.monotonic() - self.began > SECONDS:
                self.left_out += 1
                continue
            tally, since, start = self.tallies[fault.told], self.world.commits(), time.monotonic()
            try:
                fault.play(player)
                tally.waits.append(self.world.went_on(since=since))
                end = f"{time.monotonic() - start:4.1f} s"
            except NotMet:
                tally.not_met += 1
                end = "nobody came by"
            except Exception as error:
                self.problems.append(f"{fault.told}: {type(error).__name__}: {error}")
                end = "FAILED"
            print(f"  {time.monotonic() - self.began:4.0f} s  {fault.told}: {end}", flush=True)


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    world = World()
    _become_a_client_of(world)
    print(f"chaos: {FAULTS} faults, at most {SECONDS:.0f} s, seed {SEED}, in {world.installation.base}", flush=True)
    agents = Agents(f"{world.url}/api/v1", KEY, seed=SEED, threads=4, pause=0.3)
    play = Play(world)
    problems = play.problems
    began = time.monotonic()
    try:
        world.start()
        agents.start()
        world.went_on(since=0)
        players = [Player(world, random.Random(SEED)), Player(world, random.Random(SEED + 1))]
        play.run(programme(FAULTS, random.Random(SEED)), players)
        agents.stop()
        problems += _end(world, players[1], agents)
    finally:
        agents.stopping.set()
        problems += agents.problems + world.llm.lost
        world.end(keep=bool(problems) or sys.exc_info()[0] is not None)
    problems += [
        f"{told}: nobody came by; does the step of chaos/steps.py still lie on the way of a run?"
        for told, tally in play.tallies.items()
        if not tally.waits
    ]
    _report(play, agents, time.monotonic() - began)
    for problem in problems[:100]:
        print(f"VIOLATION {problem[:1000]}")
    if problems:
        print(f"{len(problems)} violations. Look at {world.log} and the engines' data in {world.installation.base}")
    return 1 if problems else 0


def _become_a_client_of(world: World) -> None:
    """Let this process publish jobs to the installation's broker, as any of its processes could."""
    os.environ.update(world.environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "acontext_site.settings"
    django.setup()
    from acontext_site.celery import app

    app.set_default()


def _end(world: World, player: Player, agents: Agents) -> list[str]:
    """Calm down, deliver jobs once more when all is done, and check."""
    waiting = "SELECT count(*) FROM agent_sessions_session WHERE cursor_seq < head_seq OR lease_until > now()"
    calm = time.monotonic()
    while (left := world.sql(waiting)[0][0]) and time.monotonic() - calm < CALM_SECONDS:
        time.sleep(1)
        world.clock(5)
    print(f"chaos: calm after {time.monotonic() - calm:.0f} s, {left} sessions left waiting", flush=True)
    before = fingerprint(world)
    player.deliver(player.seen[-300:])
    time.sleep(5)
    late = [] if before == fingerprint(world) else ["jobs delivered late changed the tables"]
    return late + violations(world, agents.talks)


def _report(play: Play, agents: Agents, seconds: float) -> None:
    print("\n| fault | times | work went on after, median / worst |\n|---|--:|--:|")
    for told, tally in sorted(play.tallies.items()):
        waits = tally.waits
        after = f"{median(waits):.1f} s / {max(waits):.1f} s" if waits else "-"
        print(f"| {told} | {len(waits)} | {after} |" + (f" not met: {tally.not_met}" if tally.not_met else ""))
    played = sum(len(tally.waits) for tally in play.tallies.values())
    talks = agents.talks
    print(f"| **all** | **{played}** | |\n")
    print(
        f"{len(talks)} sessions, {sum(len(talk.blobs) for talk in talks)} messages, "
        f"{sum(len(talk.tasks) for talk in talks)} requests, {sum(len(talk.poisoned) for talk in talks)} messages that "
        f"no answer can be had for, {play.world.llm.requests} LLM calls, {seconds:.0f} s, "
        f"{play.left_out} faults left out for want of time"
    )
    print("requests of agents: " + ", ".join(f"{name} {count}" for name, count in agents.seen.items()))


if __name__ == "__main__":
    sys.exit(main())
