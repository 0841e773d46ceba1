"""The conversation of the quick start, however it is cut into windows."""

import pytest

from tests.tasks.offline_talks import read, talk

QUICK_START = talk(
    "user: Research iPhone 15 specs and summarize the key features",
    "agent: Here are the key features of the iPhone 15:\n- 6.1-inch display\n- A16 chip\n- 48 MP camera\n- USB-C",
    "user: Now create a comparison table with iPhone 14",
    "agent: | | iPhone 15 | iPhone 14 |\n|---|---|---|\n| Chip | A16 | A15 |\n| Port | USB-C | Lightning |",
)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_it_gives_two_successful_tasks_in_the_users_words(size):
    ledger = read(QUICK_START, size=size)

    assert ledger.descriptions == [
        "Research iPhone 15 specs and summarize the key features",
        "Create a comparison table with iPhone 14",
    ]
    assert ledger.statuses == ["success", "success"]
    assert [task.seqs for task in ledger.tasks] == [{1, 2}, {3, 4}]
