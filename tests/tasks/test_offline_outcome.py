"""Where a task stands, what that rests on and why."""

import pytest

from tests.tasks.offline_talks import read, read_by_turn, talk


@pytest.mark.parametrize(
    ("lines", "status", "basis"),
    [
        (["user: Fix the login bug"], "pending", ""),
        (["user: Fix the login bug", "call: read_file {}"], "running", ""),
        (["user: Fix the login bug", "call: read_file {}", "result: ok"], "running", "shown"),
        (["user: Fix the login bug", "agent: Which branch should I use?"], "running", "claimed"),
        (["user: Fix the login bug", "agent: Done, all tests pass."], "success", "claimed"),
        (["user: Fix the login bug", "call: edit {}", "result: saved", "agent: Fixed."], "success", "shown"),
        (["user: Fix the login bug", "call: edit {}", "error: disk full", "agent: Fixed!"], "failed", "shown"),
        (["user: Fix the login bug", "agent: Fixed.", "user: Perfect, it works now!"], "success", "confirmed"),
        (["user: Fix the login bug", "agent: I'm sorry, I cannot edit that file."], "failed", "claimed"),
        (["user: Fix the login bug", "agent: On it?", "user: never mind, leave it"], "failed", "confirmed"),
        (["user: Fix the login bug", "agent: Fixed.", "user: undo that change"], "failed", "confirmed"),
        (["user: Refund order 7", "call: transfer_to_human_agent {}", "result: ok"], "failed", "shown"),
        (["user: Fix the login bug", "agent: Let me look into the session code."], "running", "claimed"),
        (["user: Fix the login bug", "agent: I'll go through the handlers one by one."], "running", "claimed"),
        (["user: Fix the login bug", "agent: Hold on, I'm working on it."], "running", "claimed"),
        (["user: Solve the riddle", "call: submit {}", "result: ok"], "success", "shown"),
    ],
)
def test_the_end_of_a_conversation_decides(lines, status, basis):
    conversation = talk(*lines)

    for ledger in (read(conversation), read_by_turn(conversation)):
        assert [(task.status, task.basis) for task in ledger.tasks] == [(status, basis)]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("I could not find the invoice.", "failed"),
        ("I looked everywhere and found nothing.", "failed"),
        ("I looked through all folders. I found no invoices.", "failed"),
        ("Your search gave no results.", "failed"),
        ("I am unable to open the archive.", "failed"),
        ("The payment was declined.", "failed"),
        ("I sent two of the three letters; the last one still fails.", "failed"),
        ("The concert is sold out.", "failed"),
        ("The build failed at first, so I fixed the import. All tests pass.", "success"),
        ("I couldn't find the config. I fixed the path and it now works.", "success"),
        ("I couldn't find a template, so I wrote one.", "success"),
        ("I found nothing wrong with the invoice, here is the copy.", "success"),
        ("I won't write that in your place.", "failed"),
        ("That is not something I can share.", "failed"),
        ("I don't have a tool for that.", "failed"),
        ("Sending it is beyond what I can do.", "failed"),
        ("The invoice can no longer be changed.", "failed"),
        ("My search turned up nothing from May.", "failed"),
        ("I'm passing your case on to our billing team.", "failed"),
        ("A colleague will be in touch with you tomorrow.", "failed"),
        ('API Error: 529 {"type": "overloaded_error"}', "failed"),
        ("Das kann ich leider nicht tun.", "failed"),
        ("No puedo enviar esa factura.", "failed"),
        ("申し訳ございませんが、送信できませんでした。", "failed"),
        ("I can't wait to hear what you think. The invoice is in your inbox.", "success"),
        ("I can't open PDFs, but I sent you the link.", "success"),
        ("The invoice is on its way, and there is no charge for it.", "success"),
    ],
)
def test_an_agent_that_came_to_nothing_failed(answer, status):
    ledger = read(talk("user: Send me the invoice of May", f"agent: {answer}"))

    assert ledger.statuses == [status]
    assert (ledger.tasks[0].reason != "") == (status == "failed")


def test_a_failure_says_why():
    ledger = read(
        talk(
            "user: Publish the package",
            "call: run {}",
            "result: Uploading…\nHTTP 403 Forbidden: invalid token",
            "agent: The package is published!",
        )
    )

    assert ledger.tasks[0].status == "failed"
    assert "403" in ledger.tasks[0].reason


def test_an_error_that_is_repaired_is_no_failure():
    ledger = read(
        talk(
            "user: Run the tests",
            "call: shell {}",
            "result: 2 failed, 10 passed\nexit code 1",
            "call: shell {}",
            "result: 12 passed, 0 failed",
            "agent: All 12 tests pass now.",
        )
    )

    assert (ledger.tasks[0].status, ledger.tasks[0].basis) == ("success", "shown")


def test_trying_again_reopens_a_failed_task():
    lines = ["user: Book a table at Lucia's", "agent: Sorry, the booking was not successful.", "user: Please try again"]

    assert read(talk(*lines)).statuses == ["running"]
    assert read(talk(*lines, "agent: Your table is booked for eight.")).statuses == ["success"]


def test_a_complaint_reopens_a_finished_task():
    conversation = talk(
        "user: Fix the crash on start",
        "agent: Fixed.",
        "user: Great, thanks!",
        "agent: You're welcome!",
        "user: It broke again",
    )

    for ledger in (read(conversation), read_by_turn(conversation)):
        assert ledger.statuses == ["running"]
        assert ledger.tasks[0].reason == "The user says that it does not work."


def test_moving_on_without_an_error_means_done():
    conversation = talk(
        "user: Create the folder reports",
        "call: mkdir {}",
        "result: created",
        "user: Copy the invoices there",
        "call: copy {}",
        "result: 4 files copied",
    )

    # An agent that ended one turn without a word may end the next one so.
    for ledger in (read(conversation), read_by_turn(conversation)):
        assert ledger.statuses == ["success", "success"]


def test_leaving_while_the_agent_waits_is_a_failure():
    ledger = read(
        talk(
            "user: Change my reservation",
            "agent: Please provide your reservation number.",
            "user: I don't have it here, I'll get back to you later. Bye!",
        )
    )

    assert (ledger.tasks[0].status, ledger.tasks[0].reason) == ("failed", "The user left before it was done.")


def test_details_that_are_missing_do_not_undo_a_success():
    ledger = read(
        talk(
            "user: Find a hotel in Graz",
            "agent: The Hotel Mur has free rooms.",
            "user: Do they have a pool?",
            "agent: I'm sorry, I don't have that information.",
        )
    )

    assert ledger.statuses == ["success"]


@pytest.mark.parametrize(
    "output",
    [
        "Traceback (most recent call last):\n  File 'x.py'\nValueError: bad",
        "bash: foo: command not found",
        '{"error": "no such user"}',
        '{"success": false}',
        "HTTP 500 Internal Server Error",
        "process exited with code 2",
        "Error: quota exceeded",
        "3 failed, 7 passed",
        "compiled\n" * 20_000 + "exit code 1",
    ],
)
def test_errors_are_seen_in_any_output(output):
    ledger = read(talk("user: Build the image", "call: shell {}", f"result: {output}", "agent: The image is built."))

    assert ledger.statuses == ["failed"]


@pytest.mark.parametrize(
    "output",
    ["0 errors, 0 warnings", '{"error": null, "id": 4}', "10 passed, 0 failed", "No issues found", "exit code 0", "[]"],
)
def test_the_mere_word_is_no_error(output):
    ledger = read(talk("user: Build the image", "call: shell {}", f"result: {output}", "agent: The image is built."))

    assert ledger.statuses == ["success"]


def test_what_is_not_there_answers_a_question_and_fails_an_order():
    denied = "agent: There are no lockers at the pool."

    assert read(talk("user: Are there lockers at the pool?", denied)).statuses == ["success"]
    assert read(talk("user: Reserve a locker at the pool", denied)).statuses == ["failed"]


def test_a_task_that_is_left_waiting_ends_as_what_it_had_delivered():
    nothing = ["user: Change my address", "agent: Which one is it?", "user: Now translate this letter into Greek"]
    something = [
        "user: Find a gym",
        "agent: Gym Nord has a pool.",
        "user: Is it open late?",
        "agent: Which day is it for?",
    ]

    assert read(talk(*nothing)).tasks[0].status == "failed"
    assert read(talk(*something, "user: Now translate this letter into Greek")).tasks[0].status == "success"


def test_requests_in_a_row_are_answered_together():
    ledger = read(talk("user: Rename the folder", "user: Also add a logo", "agent: Done, both are ready."))

    assert ledger.statuses == ["success", "success"]


def test_what_is_put_back_is_undone():
    ledger = read(
        talk("user: Switch to the new editor", "agent: Switched.", "user: Put everything back", "agent: Back.")
    )

    assert ledger.statuses == ["failed"]
