"""A line that tells how far a long command is. It rewrites itself in a terminal and keeps silent elsewhere."""

import time
from typing import TextIO

WIDTH = 30


class Bar:
    """Use as `bar.show(done, "what is at hand")`; `bar.close()` leaves an empty line."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self.total, self.stream, self.started = max(total, 1), stream, time.monotonic()

    def show(self, done: int, at_hand: str = "") -> None:
        if not self.stream.isatty():
            return
        filled = WIDTH * done // self.total
        left = (time.monotonic() - self.started) / done * (self.total - done) if done else 0
        line = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{self.total}  {left:.0f} s left  {at_hand}"
        self.stream.write(f"\r{line[:110]:<110}")
        self.stream.flush()

    def close(self) -> None:
        if self.stream.isatty():
            self.stream.write("\r" + " " * 110 + "\r")
