"""The one error of this package."""


class StartError(Exception):
    """The start cannot go on. The text is one line that tells a person why and what to do."""
