"""Which messages of the user open a task."""

import pytest

from tests.tasks.offline_talks import read, read_by_turn, talk


@pytest.mark.parametrize(
    ("request_", "answer", "message"),
    [
        ("Write a parser for the log files", "Done, it is in parser.py.", "Now add a command-line flag for the path"),
        (
            "Find me a quiet hotel in Lyon",
            "How about the Hotel Rhône?",
            "That works. Can you also reserve a rental car?",
        ),
        ("What does this function do?", "It sorts the rows by date.", "Rename it to sort_by_date"),
        ("Check the balance of account 12", "It is 300 euros.", "Please transfer 50 euros to Ada"),
        ("Translate the letter into Polish", "Here it is: Szanowna Pani…", "I need a reminder for Friday at nine"),
        ("Fix the failing import", "Fixed.", "One more thing: bump the version to 2.1"),
        ("Add a search box", "I added it. Anything else?", "weather in Oslo"),
        ("Order a large pizza", "Your pizza is ordered.", "What is the capital of Mongolia?"),
        ("Refactor the invoice module", "Done.", "there's a bug in the export: dates are off by one day"),
        ("Sort the list", "Sorted.", "could you draw a chart of the sales by region"),
        ("Draft the agenda", "Here is the agenda.", "Let's prepare the slides for the keynote"),
        ("Add the logger", "Added.", "the config loader should also accept TOML files"),
    ],
)
def test_a_new_request_opens_a_task(request_, answer, message):
    ledger = read(talk(f"user: {request_}", f"agent: {answer}", f"user: {message}", "agent: Done."))

    assert len(ledger.tasks) == 2
    assert ledger.tasks[1].request_seq == 3


@pytest.mark.parametrize(
    ("request_", "answer", "message"),
    [
        ("Book a table for tonight", "For how many people?", "Four of us"),
        ("Book a table for tonight", "For how many people?", "I'd like a table for four, near the window"),
        ("Deploy the service to staging", "Shall I proceed?", "Yes, go ahead"),
        ("Find me a flight to Rome", "There is one at 9 am for 120 euros.", "How long is the flight?"),
        (
            "Find me a flight to Rome",
            "There is one at 9 am for 120 euros.",
            "Do you have another one later in the day?",
        ),
        ("Find me a flight to Rome", "There is one at 9 am for 120 euros.", "That one looks fine to me"),
        ("Write a haiku about rain", "Soft rain on the roof…", "Make it shorter"),
        ("Add a login page", "Added login.html.", "It still shows an error when the password is empty"),
        ("Add a login page", "Added login.html.", "no, use the template of the sign-up page"),
        ("Run the tests", "Two tests fail.", "try again"),
        ("Set up the database", "Which engine do you want?", "the host is db.internal and TLS is required"),
        ("Plot the sales by month", "Here is the plot.", "Change the colour to green, please"),
        ("Fix the importer", "Fixed.", "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'id'"),
        ("Cancel my subscription", "I'm sorry, I cannot do that.", "But there must be some way to cancel it?"),
    ],
)
def test_answers_follow_ups_and_corrections_belong_to_the_task_at_hand(request_, answer, message):
    ledger = read(talk(f"user: {request_}", f"agent: {answer}", f"user: {message}", "agent: All right."))

    assert len(ledger.tasks) == 1
    assert 3 in ledger.tasks[0].seqs


@pytest.mark.parametrize(
    ("message", "descriptions"),
    [
        ("Add dark mode toggle and fix the login bug", ["Add dark mode toggle", "Fix the login bug"]),
        ("Can you book a taxi for six? Also remind me to pack the charger.", ["Can you book a taxi for six?", None]),
        ("Please rename the project and write a changelog entry", ["Rename the project", "Write a changelog entry"]),
        ("Translate the menu, paint the fence, and call the florist", [None, None, None]),
    ],
)
def test_two_requests_in_a_message_are_two_tasks(message, descriptions):
    ledger = read(talk(f"user: {message}", "agent: Everything is done."))

    assert len(ledger.tasks) == len(descriptions)
    for task, expected in zip(ledger.tasks, descriptions, strict=True):
        assert task.seqs == {1, 2}
        assert expected is None or task.description.rstrip("?.") == expected.rstrip("?.")


@pytest.mark.parametrize(
    "message",
    [
        "Research the market and summarize the findings",
        "Write a script that reads the file and prints the totals",
        "Move the report to the archive and then rename it",
        "I need to travel next week. Can you find me a train to Vienna?",
        "Create a test for the parser and make sure it covers empty input",
        "Look at the log and tell me what went wrong",
    ],
)
def test_steps_of_one_request_stay_one_task(message):
    assert len(read(talk(f"user: {message}", "agent: Done.")).tasks) == 1


def test_a_request_behind_a_yes_is_found():
    ledger = read(
        talk(
            "user: Deploy the app to staging",
            "agent: Deployed. Shall I proceed to the smoke test?",
            "user: Yes, and also update the wiki page with the new address",
            "agent: I updated the wiki page.",
        )
    )

    assert len(ledger.tasks) == 2
    assert "wiki page" in ledger.tasks[1].description


def test_an_accepted_offer_is_a_task():
    ledger = read(
        talk(
            "user: Find a dentist near the station",
            "agent: Dr. Moser has her practice on Station Road.",
            "user: Great.",
            "agent: Would you like me to make an appointment?",
            "user: Yes please",
            "agent: What day suits you?",
        )
    )

    assert [task.request_seq for task in ledger.tasks] == [1, 5]
    assert "appointment" in ledger.tasks[1].description
    assert ledger.statuses == ["success", "running"]


def test_a_declined_offer_is_none():
    ledger = read(
        talk(
            "user: Find a dentist near the station",
            "agent: Dr. Moser has her practice on Station Road. Would you like me to make an appointment?",
            "user: No thanks",
            "agent: Have a nice day!",
        )
    )

    assert ledger.statuses == ["success"]


@pytest.mark.parametrize("greeting", ["Hi", "Hello there!", "hey, how are you?", "Good morning", "👋", "thanks!"])
def test_greetings_and_thanks_are_no_task(greeting):
    ledger = read(talk(f"user: {greeting}", "agent: Hello! How can I help you today?"))

    assert ledger.tasks == []
    assert ledger.unassigned == {1, 2}


def test_system_prompt_thanks_and_goodbye_belong_to_no_task():
    ledger = read(
        talk(
            "system: You are a helpful agent. Always book the cheapest flight.",
            "user: Hi!",
            "agent: Hello, how can I help?",
            "user: Convert 10 miles to kilometres",
            "agent: 10 miles are 16.09 km.",
            "user: Thank you, bye!",
            "agent: You're welcome, have a nice day!",
        )
    )

    assert [task.seqs for task in ledger.tasks] == [{4, 5}]
    assert ledger.unassigned == {1, 2, 3, 6, 7}
    assert ledger.preferences == {}


def test_coming_back_to_an_earlier_task_links_to_it():
    conversation = talk(
        "user: Fix the login bug",
        "agent: Fixed: the session cookie was not set.",
        "user: Add a dark mode toggle",
        "agent: Added the toggle to the settings page.",
        "user: the login bug is back",
        "agent: I fixed the cookie's domain as well.",
    )

    for ledger in (read(conversation), read_by_turn(conversation)):
        assert [task.seqs for task in ledger.tasks] == [{1, 2, 5, 6}, {3, 4}]


def test_saying_the_request_again_is_no_new_task():
    ledger = read(
        talk(
            "user: cache the parsed templates for each theme",
            "agent: The edit could not be applied.",
            "user: cache the parsed templates for each theme",
            "agent: Done, templates are cached.",
        )
    )

    assert ledger.statuses == ["success"]
