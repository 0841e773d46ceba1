"""The conversation of the quick start, read in one window and message by message."""

from sessions.parts import Part
from tasks.extraction.offline import OfflineExtractor
from tasks.extraction.window import KnownTask, Window, WindowMessage

SAID = (
    ("user", "Research iPhone 15 specs and summarize the key features"),
    (
        "assistant",
        "Here are the key features of the iPhone 15:\n- 6.1-inch display\n- A16 chip\n- 48 MP camera\n- USB-C",
    ),
    ("user", "Now create a comparison table with iPhone 14"),
    ("assistant", "| | iPhone 15 | iPhone 14 |\n|---|---|---|\n| Chip | A16 | A15 |\n| Port | USB-C | Lightning |"),
)
MESSAGES = [WindowMessage(seq, role, (Part("text", text),)) for seq, (role, text) in enumerate(SAID, start=1)]


def test_one_window_gives_two_tasks_in_the_users_words():
    operations = OfflineExtractor().propose(Window(tuple(MESSAGES)))

    assert [task.description for task in operations.new_tasks] == [
        "Research iPhone 15 specs and summarize the key features",
        "Create a comparison table with iPhone 14",
    ]
    assert [(change.task, change.status) for change in operations.status] == [("N1", "success"), ("N2", "success")]


def test_four_windows_of_one_message_give_the_same():
    tasks: list[KnownTask] = []
    for position, message in enumerate(MESSAGES):
        window = Window((message,), tuple(MESSAGES[:position]), tuple(tasks))
        operations = OfflineExtractor().propose(window)
        for new in operations.new_tasks:
            tasks.append(KnownTask(f"T{len(tasks) + 1}", new.description, "pending", request_seq=new.request_seq))
        named = {"N1": tasks[-1].handle}
        for change in operations.status:
            handle = named.get(change.task, change.task)
            tasks = [
                KnownTask(
                    t.handle, t.description, change.status, change.basis, t.progresses, t.request_seq, message.seq
                )
                if t.handle == handle
                else t
                for t in tasks
            ]

    assert [task.status for task in tasks] == ["success", "success"]
    assert len(tasks) == 2
