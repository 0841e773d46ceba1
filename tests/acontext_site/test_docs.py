"""What the documents promise exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Read by `make up` itself and by the embedded engines, which know no Django.
ELSEWHERE = ("acontext_site/embedded", "acontext_site/supervisor")


def variables_read() -> set[str]:
    settings = (ROOT / "acontext_site/settings.py").read_text()
    names = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", settings)) | {"CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS"}
    for folder in ELSEWHERE:
        for path in (ROOT / folder).rglob("*.py"):
            names |= set(re.findall(r"environ(?:\.get)?[\[(]\s*\"([A-Z_]+)\"", path.read_text()))
    return names - {"ACONTEXT_API_KEY", "DJANGO_SETTINGS_MODULE", "XDG_RUNTIME_DIR", "PATH", "HOME"}


def test_each_variable_stands_in_the_example() -> None:
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert variables_read() - listed == set()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_each_path_named_in_a_document_is_there(document: str) -> None:
    text = (ROOT / document).read_text()
    paths = re.findall(r"`((?:acontext_site|sessions|tasks|tests|docs)/[\w/.]+)`", text)
    paths += re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []
