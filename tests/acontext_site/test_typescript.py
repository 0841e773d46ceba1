"""The npm release of the SDK under Node, against the real application, broker and worker."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sessions.models import ApiKey, Project
from tests.servers import serving, working

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = Path(__file__).resolve().parents[1] / "typescript"


@pytest.mark.skipif(not shutil.which("node"), reason="no Node on this machine")
@pytest.mark.skipif(not (FOLDER / "node_modules").exists(), reason="the npm packages could not be installed")
def test_every_method_that_the_release_shares_with_the_contract(project: Project) -> None:
    _, key = ApiKey.issue(project, name="typescript")
    with serving() as address, working():
        env = os.environ | {"ACONTEXT_API_KEY": key, "ACONTEXT_BASE_URL": f"{address}/api/v1"}
        done = subprocess.run(
            [shutil.which("node"), "conformance.mjs"], cwd=FOLDER, env=env, capture_output=True, text=True, timeout=90
        )
    assert done.returncode == 0, done.stderr
    described = json.loads(done.stdout)["tasks"]
    assert "iPhone 15 specs" in described[0]
    assert "comparison table" in described[1]
