"""Keeping the processes running until somebody says stop."""

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings

from acontext_site import embedded
from acontext_site.supervisor.children import Child
from acontext_site.supervisor.errors import StartError

TURN = 0.5
TURN_WHILE_STARTING = 0.05
SECONDS_TO_READY = 60.0
SECONDS_TO_STOP = 10.0
# Before the first answer: a process that dies this often will not get better.
HOPELESS = 3


class Supervisor:
    """Starts children, starts them again, and ends them all."""

    def __init__(self, children: list[Child], *, say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.stops = 0
        self.told: list[str] = []
        self.wake = -1

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Start everything and return after it was asked to stop and has stopped."""
        self._listen()
        try:
            for child in self.children:
                child.start()
            self._until_ready(is_ready)
            if not self.stops:
                when_ready()
            while not self.stops:
                self._turn()
                self._sleep(TURN)
        finally:
            self._stop()

    def _until_ready(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_READY
        while not self.stops and not is_ready():
            self._turn()
            for child in self.children:
                if child.deaths >= HOPELESS:
                    raise StartError(f"the {child.name} process does not start; its last words are above")
            if time.monotonic() > deadline:
                raise StartError(f"the web server does not answer after {SECONDS_TO_READY:.0f} s")
            self._sleep(TURN_WHILE_STARTING)

    def _turn(self) -> None:
        for child in self.children:
            code = child.has_ended()
            if code is not None:
                how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
                self.say(f"{child.name} ended {how}; it starts again in {child.pause:g} s")
            child.restart_if_due()
        with suppress(OSError):  # tried again at the next turn
            self._look_after_engines()

    def _look_after_engines(self) -> None:
        try:
            if embedded.revive(settings.DATA_DIR):
                self.say("the embedded engines had lost their holder; they start again")
            troubles = embedded.troubles(settings.DATA_DIR)
        except embedded.EmbeddedError as error:
            troubles = [str(error)]
        for trouble in troubles:
            if trouble not in self.told:
                self.say(trouble)
        self.told = troubles

    def _stop(self) -> None:
        """Let the children finish what they do, for a while; a second request ends the patience."""
        asked = self.stops
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        while any(child.process and child.process.poll() is None for child in self.children):
            if time.monotonic() > deadline or self.stops > max(asked, 1):
                break
            self._sleep(TURN_WHILE_STARTING)
        for child in self.children:
            child.kill()

    def _listen(self) -> None:
        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self.wake = reader

        def stop(_number: int, _frame: object) -> None:
            self.stops += 1

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as `nohup` sets it
                signal.signal(number, stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # a death ends the sleep

    def _sleep(self, seconds: float) -> None:
        if select.select([self.wake], [], [], seconds)[0]:
            os.read(self.wake, 1024)
