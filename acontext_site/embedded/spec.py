"""What a user tells the holder, as one JSON argument."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from . import paths


@dataclass(frozen=True)
class Spec:
    """Where an installation is and which programs serve it; an empty path is an engine that is not there."""

    data: str
    postgres_bin: str
    valkey_server: str
    unsafe_fast: bool

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Spec":
        return cls(**json.loads(text))

    @property
    def folder(self) -> Path:
        return Path(self.data)

    @property
    def run_dir(self) -> Path:
        return paths.run_dir(self.folder)
