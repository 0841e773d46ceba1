"""What an API call can be answered with instead of data. `acontext_site.errors` turns these into the envelope.

Problem
├── BadRequest     400  what the client sent is wrong; the text says what and where
├── Unauthorized   401  no key, or not a usable one
├── NotFound       404  missing, or another project's: nobody can tell which
├── Conflict       409
└── TooLarge       413
"""


class Problem(Exception):
    """An answer with a status of 400 or more; its text is the `msg` of the envelope."""

    status = 500


class BadRequest(Problem):
    status = 400


class Unauthorized(Problem):
    status = 401

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class NotFound(Problem):
    status = 404


class Conflict(Problem):
    status = 409


class TooLarge(Problem):
    status = 413
