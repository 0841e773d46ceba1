"""How the engines are, written by the holder and read by the users."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import paths

STOPPED, STARTING, READY, FAILED, STOPPING = "stopped", "starting", "ready", "failed", "stopping"


@dataclass
class EngineState:
    """One engine: how it is, its process, and why it is not ready."""

    status: str = STOPPED
    pid: int = 0
    error: str = ""


@dataclass
class State:
    """The holder's process and its engines by name."""

    holder: int = 0
    engines: dict[str, EngineState] = field(default_factory=dict)

    def of(self, engine: str) -> EngineState:
        return self.engines.get(engine, EngineState())

    def dump(self) -> str:
        return json.dumps(asdict(self))


def write(data: Path, text: str) -> None:
    """Replace the file as a whole, so that a reader never sees half of it."""
    path = paths.state_file(data)
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def read(data: Path) -> State:
    """Return what the living holder says; an empty state when there is none."""
    try:
        found = json.loads(paths.state_file(data).read_text())
        os.kill(found["holder"], 0)
    except (OSError, ValueError, KeyError):
        return State()
    return State(found["holder"], {name: EngineState(**one) for name, one in found["engines"].items()})
