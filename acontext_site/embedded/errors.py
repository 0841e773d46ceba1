"""The one error of this package."""


class EmbeddedError(Exception):
    """An embedded engine cannot serve. The text is one line that tells a person why and what to do."""
