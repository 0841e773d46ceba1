"""A broker that restarts while the worker has its hands full must not leave a worker that hears nothing any more."""

import os
import signal
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.acontext_site.installation import Installation, kill, wait_for
from tests.acontext_site.test_up import Served, serve
from tests.factories import PHONES
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("installations"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
READ = "SELECT count(*) FROM agent_sessions_session WHERE cursor_seq = head_seq AND head_seq > 0"


@pytest.fixture
def slow_llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as llm:
        yield llm


@pytest.fixture
def served(slow_llm: ScriptedLLM) -> Iterator[Served]:
    """An installation whose worker can do one thing at a time."""
    installation = Installation()
    yield serve(
        installation,
        WORKER_CONCURRENCY="1",
        EXTRACTION_TURN_END_SECONDS="0",
        LLM_BASE_URL=slow_llm.url,
        ROOT_API_BEARER_TOKEN="chosen",
    )
    installation.end()


def test_a_worker_that_was_busy_while_the_broker_restarted_goes_on(served: Served, slow_llm: ScriptedLLM) -> None:
    slow_llm.will_answer(Reply(PHONE_TASKS, wait=1.0), PHONE_TASKS)
    installation = served.installation
    store_session(served)
    wait_for(lambda: slow_llm.requests)
    old = installation.pid_of("valkey")
    os.kill(installation.holder, signal.SIGSTOP)  # else the broker would be back before the job ends
    kill(old)
    wait_for(lambda: installation.sql(READ) == [(1,)], seconds=60)
    time.sleep(1)  # what the job's end is told to the broker fails now
    os.kill(installation.holder, signal.SIGCONT)
    installation.wait_ready("valkey", other_than=old)
    store_session(served)
    wait_for(lambda: installation.sql(READ) == [(2,)], seconds=100)


def store_session(served: Served) -> None:
    with httpx.Client(
        base_url=f"http://127.0.0.1:{served.port}/api/v1", headers={"Authorization": "Bearer sk-ac-chosen"}, timeout=20
    ) as client:
        session = client.post("/session", json={}).json()["data"]["id"]
        messages = [{"blob": blob} for blob in PHONES]
        assert client.post(f"/session/{session}/messages/bulk", json={"messages": messages}).status_code == 201
