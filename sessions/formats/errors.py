"""What can be wrong with a message that a client sends.

ValueError
├── UnknownFormat   no such format
└── BadMessage      the blob is not a message of its format
"""


class UnknownFormat(ValueError):
    """No format has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"unknown format {name[:40]!r}: must be one of {', '.join(known)}")


class BadMessage(ValueError):
    """The blob is not a message of its format. The text names the place: `content[2].type: …`."""
