"""Milestones: in the agent's words, with values, few, and never twice."""

from tests.tasks.offline_talks import read, read_by_turn, talk

DEPLOYMENT = talk(
    "user: Deploy the service to staging",
    "agent: Sure! Let me build the image first.",
    "call: build {}",
    "result: built registry.example/shop:v2.1",
    "agent: I built the image registry.example/shop:v2.1.",
    "call: deploy {}",
    "result: 3 replicas ready",
    "agent: I deployed v2.1 to staging, 3 replicas are ready.",
)


def test_a_deployment_is_one_task_with_its_steps():
    ledger = read(DEPLOYMENT)

    assert ledger.statuses == ["success"]
    steps = ledger.tasks[0].progress
    assert any("v2.1" in step for step in steps)
    assert any("3 replicas" in step for step in steps)
    assert not any(step.startswith("Sure") for step in steps)


def test_steps_are_few_in_a_long_window():
    lines = ["user: Check all files"]
    for number in range(40):
        lines += [f'call: read {{"path": "f{number}.py"}}', f"result: file {number} holds {number * 3} lines"]

    assert len(read(talk(*lines)).tasks[0].progress) <= 6


def test_the_same_step_is_told_once():
    lines = ["user: Wait for the build", *["agent: The build 17 is still running on runner 4."] * 5]

    assert read(talk(*lines), size=1).tasks[0].progress == ["The build 17 is still running on runner 4."]


def test_a_failed_call_is_told_with_its_reason():
    ledger = read(talk("user: Build it", "call: make {}", "result: make: *** Error 2: missing header", "agent: Hm."))

    assert any("missing header" in step for step in ledger.tasks[0].progress)


def test_facts_of_the_user_are_marked():
    conversation = talk(
        "user: Set up the database connection",
        "agent: What is the host?",
        "user: db host is db.internal, TLS required",
        "agent: The connection works.",
    )

    for ledger in (read(conversation), read_by_turn(conversation)):
        assert "User: db host is db.internal, TLS required" in ledger.tasks[0].progress
        assert len(ledger.tasks) == 1
        assert ledger.preferences == {}
