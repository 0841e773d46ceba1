"""A pytest plugin, loaded before Django's settings: tests use engines of their own unless the URLs say otherwise."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = f"acontext-tests-{os.geteuid()}-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"

os.environ["ACONTEXT_DATA_DIR"] = str(Path(tempfile.gettempdir()) / FOLDER)
# Test data need not survive a power cut.
os.environ["ACONTEXT_UNSAFE_FAST"] = "1"
# A developer's own .env must not decide what is tested.
os.environ |= {
    "SECRET_KEY": "tests-only-" + "x" * 40,
    "LLM_API_KEY": "",
    "LLM_BASE_URL": "",
    "ROOT_API_BEARER_TOKEN": "",
}
os.environ |= {"DEBUG": "false", "HTTPS": "false", "LOG_LEVEL": "WARNING", "STATIC_ROOT": str(ROOT / "static")}


def pytest_configure() -> None:
    from acontext_site.embedded import ensure_configured

    ensure_configured()
