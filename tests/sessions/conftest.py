"""What tests of messages share."""

from pathlib import Path

import pytest

from sessions.models import Project, Session
from tests.factories import make_session


@pytest.fixture
def files(settings: object, tmp_path: Path) -> Path:
    """A storage of the test's own; returns its folder."""
    default = {"BACKEND": "sessions.assets.storage.DurableFileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": default}  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)
