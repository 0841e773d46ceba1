"""Why an extraction could not be had, by what helps.

    ExtractionError
    ├── Unavailable         time-out, rate limit, fault of the provider: the same again, later
    │   └── Resting         nothing was asked: the endpoint rests, or its rate limit is used up; no try is counted
    ├── Misconfigured       bad key, unknown model: a person must act; the project pauses
    └── UnusableAnswer      cut off, refused, no JSON after repairs: a smaller window
LeaseLost                   another run has the session, or has done the work already; nothing to do
"""


class ExtractionError(Exception):
    """A run ended without operations."""


class Unavailable(ExtractionError):
    """The provider cannot answer now. `retry_after` in seconds, when it said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Resting(Unavailable):
    """The endpoint is not to be asked before `retry_after` seconds have passed."""


class Misconfigured(ExtractionError):
    """The provider will refuse every request until a person changes a setting."""


class UnusableAnswer(ExtractionError):
    """The provider answered, and nothing can be made of it."""


class LeaseLost(Exception):
    """The session is no longer this run's."""
