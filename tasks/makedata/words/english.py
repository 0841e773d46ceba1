"""English conversations: code, data, operations, research, plans, letters."""

from tasks.makedata.language import Language, Step, Story

ENGLISH = Language(
    code="en",
    joint=" ",
    stories=(
        Story(
            "The test {test} in {file} fails since yesterday. Can you find out why and fix it?",
            "Find out why {test} in {file} fails and fix it",
            (
                Step(
                    "run_tests",
                    {"path": "{file}", "verbose": True},
                    "{log}\nFAILED {file}::{test} - {error}",
                    "Ran {test} and saw {error}",
                ),
                Step("read_file", {"path": "{file}", "from_line": "{n}"}, "{code}", "Read {file}"),
                Step(
                    "edit_file",
                    {"path": "{file}", "function": "{func}"},
                    "Edited {file}: 3 lines changed",
                    "Changed {func} in {file}",
                ),
                Step("run_tests", {"path": "{file}"}, "{log}\n{n} passed in {small}.{n}s", "Ran all tests again"),
            ),
            "The cause was {func}(): it compared a naive time with an aware one. I changed {file} and the test passes now.",
        ),
        Story(
            "Why is the endpoint /api/{noun}/{n} so slow? Users of {service} complain, ticket {ticket}.",
            "Find out why /api/{noun} is slow ({ticket})",
            (
                Step("query_logs", {"service": "{service}", "last": "2h"}, "{log}", "Read the logs of {service}"),
                Step(
                    "explain_query",
                    {"table": "{noun}", "analyze": True},
                    "Seq Scan on {noun} (cost=0.00..{n}.00 rows={n}) (actual time=0.{small}..{n}.{small} ms)",
                    "Saw a sequential scan of the table {noun}",
                ),
                Step(
                    "run_sql",
                    {"sql": "CREATE INDEX CONCURRENTLY {noun}_user_id ON {noun} (user_id, created_at)"},
                    "CREATE INDEX",
                    "Created an index on {noun} (user_id, created_at)",
                ),
            ),
            "There was no index for the filter on user_id. With the new one the request takes {small} ms, not {n} ms.",
        ),
        Story(
            "Please add a retry with backoff to {func} in {file}, at most {small} attempts.",
            "Add a retry with backoff to {func} in {file}",
            (
                Step("read_file", {"path": "{file}"}, "{code}", "Read {file}"),
                Step(
                    "edit_file",
                    {"path": "{file}", "function": "{func}"},
                    "Edited {file}: {small} lines changed",
                    "Added a retry with {small} attempts to {func}",
                ),
            ),
            "{func} now tries {small} times and waits twice as long each time. Timeouts and 503 are retried, nothing else.",
        ),
        Story(
            "Research three suppliers of {goods} in {city} and compare their prices and delivery times.",
            "Compare three suppliers of {goods} in {city}",
            (
                Step(
                    "web_search",
                    {"query": "{goods} supplier {city}"},
                    "1. {company} - {goods}, delivery in {small} days\n2. {company} - wholesale, from {n} EUR\n3. {company}",
                    "Searched the web for suppliers of {goods} in {city}",
                ),
                Step(
                    "open_page",
                    {"url": "https://{noun}.example.com/prices"},
                    "{company}: {goods}, {n} EUR for 100 pieces",
                    "Read the price list of {company}",
                ),
            ),
            "| Supplier | Price | Delivery |\n|---|---|---|\n| {company} | {n} EUR | {small} days |\n| {company} | {n} EUR | {small} days |",
        ),
        Story(
            "Summarize the meeting notes of {weekday} and send them to {person}.",
            "Summarize the notes of {weekday} and send them to {person}",
            (
                Step(
                    "read_document",
                    {"title": "Notes {weekday}"},
                    "{person}: release moves to {weekday}. Budget {n} EUR.",
                    "Read the notes of {weekday}",
                ),
                Step(
                    "send_mail",
                    {"to": "{person}@example.com", "subject": "Notes of {weekday}"},
                    "queued as {ticket}",
                    "Sent the summary to {person}",
                ),
            ),
            "I sent {person} a summary in five points: release, budget, hiring, the open incident {ticket}, next date.",
        ),
        Story(
            "Deploy version {version} of {service} to {env} and watch the error rate for ten minutes.",
            "Deploy {service} {version} to {env} and watch its errors",
            (
                Step(
                    "deploy",
                    {"service": "{service}", "version": "{version}", "env": "{env}"},
                    "rollout of {service} {version} finished, {small}/{small} pods ready",
                    "Deployed {service} {version}",
                ),
                Step(
                    "query_metrics",
                    {"query": "rate(errors_total{{service='{service}'}}[5m])"},
                    "0.0{small}",
                    "Watched the error rate of {service}",
                ),
            ),
            "{service} {version} runs in {env}. The error rate stayed below 0.1 % and no pod restarted.",
        ),
        Story(
            "Clean the file {csv}: drop duplicates, fix the dates and tell me how many rows are left.",
            "Clean {csv}: duplicates and dates",
            (
                Step("load_csv", {"path": "{csv}"}, "{n} rows, {small} columns, 2 date formats", "Loaded {csv}"),
                Step(
                    "run_python",
                    {"code": "df = df.drop_duplicates(); df['day'] = pd.to_datetime(df['day'])"},
                    "{n} rows left",
                    "Dropped duplicates and read the dates",
                ),
            ),
            "{n} rows are left. Dates are ISO 8601 now; {small} of them could not be read and are empty.",
        ),
        Story(
            "Plan a weekend in {city} for two, with trains, under {n} EUR.",
            "Plan a weekend in {city} for two under {n} EUR",
            (
                Step(
                    "search_trains",
                    {"to": "{city}", "day": "{weekday}"},
                    "dep 08:{n2} arr 12:{n2}, {n} EUR",
                    "Looked for trains to {city} on {weekday}",
                ),
                Step(
                    "search_hotels",
                    {"city": "{city}", "nights": 2},
                    "{company} Hotel, {n} EUR a night",
                    "Looked for hotels in {city}",
                ),
            ),
            "Take the train at 08:{n2} on {weekday}. The hotel is ten minutes from the old town; all together {n} EUR.",
        ),
        Story(
            "Write a polite reply to {person}, who asks for a refund of order {ticket}.",
            "Write a reply to {person} about the refund of {ticket}",
            (
                Step(
                    "get_order",
                    {"order": "{ticket}"},
                    '{{"order": "{ticket}", "total": {n}, "state": "shipped"}}',
                    "Looked up order {ticket}",
                ),
            ),
            "Dear {person},\n\nthank you for writing. We have refunded {n} EUR for order {ticket}; it takes {small} days to arrive.",
        ),
        Story(
            "Rename the function {func} to {func2} everywhere, including the documentation.",
            "Rename {func} to {func2} everywhere",
            (
                Step(
                    "grep",
                    {"pattern": "{func}"},
                    "{file}:{n}: def {func}(self)\n{file}:{n}:     {func}(row)",
                    "Found {func} in {small} files",
                ),
                Step("run_command", {"command": "sed -i 's/{func}/{func2}/g' {file}"}, "", "Renamed it in {file}"),
                Step("run_tests", {}, "{n} passed", "Ran the tests"),
            ),
            "{func} is called {func2} now, in {small} files and two pages of the documentation. All tests pass.",
        ),
        Story(
            "What changed in the dependency {package} between {version} and the newest release? Anything that breaks us?",
            "Say what changed in {package} since {version}",
            (
                Step(
                    "open_page",
                    {"url": "https://docs.example.org/{package}/changelog"},
                    "## {version}\n- removed the argument `timeout_ms`\n- {noun} are now lazy",
                    "Read the changelog of {package}",
                ),
            ),
            "One change concerns us: the argument `timeout_ms` is gone. We use it in {file}, in {func}.",
        ),
        Story(
            "Draw a chart of {noun} per {weekday} for the last {small} weeks from the warehouse.",
            "Draw a chart of {noun} per day for {small} weeks",
            (
                Step(
                    "run_sql",
                    {"sql": "SELECT day, count(*) FROM {noun} GROUP BY day ORDER BY day"},
                    "day,count\n2026-09-{n2},{n}\n2026-09-{n2},{n}",
                    "Counted {noun} per day",
                ),
                Step("make_chart", {"kind": "bar", "x": "day", "y": "count"}, "saved as {noun}.png", "Drew the chart"),
            ),
            "The chart is in {noun}.png. The peak is on {weekday} with {n} {noun}; the low is on Sunday.",
        ),
    ),
    sentences=(
        "I looked at the file first and then at the history of the change.",
        "The error appears only when the cache is cold.",
        "Nothing else in the project depends on it.",
        "You can see the difference in the second column of the table.",
        "If you want, I can also write a test for the case that we saw.",
        "Please note that the old behaviour stays available behind a flag.",
        "The numbers come from the report of last week.",
        "I left the configuration of {service} as it is.",
        "There is one open question about the time zone of the {noun}.",
        "The request to {service} took {n} ms, most of it in the database.",
        "It would be better to move {func} into a module of its own later.",
        "{person} wrote the first version and knows the reasons.",
        "For the customers in {city} nothing changes.",
        "Compared with {version} this is about {small} times faster.",
        "The backup ran at night and needs no change.",
        "All values are in euros, without tax.",
    ),
    details=(
        "It is about the account of {person}.",
        "The ticket is {ticket}.",
        "We saw it in {env} first, with the user agent of the mobile app.",
        "Here is what I know: the job starts at 02:{n2}, reads {csv} and stops after {n} rows.",
        "No hurry, but it should be done before {weekday}.",
        "Take the newest data, please.",
    ),
    thanks=(
        "Perfect, that works. Thank you!",
        "Great, exactly what I needed.",
        "Thanks, looks good to me 👍",
        "Yes, that's it.",
    ),
    complaints=(
        "No, it still fails with the same error.",
        "That is not what I asked for: I meant {noun}, not {service}.",
        "The result is wrong, the second row is missing.",
    ),
    small_talk=(
        ("Hi, are you there?", "Hello! Yes, what can I do for you?"),
        ("Good morning", "Good morning! Where shall we start today?"),
        ("thanks, bye", "You are welcome. Bye!"),
    ),
    preferences=(
        ("Please always answer in short sentences.", "The user wants answers in short sentences"),
        ("From now on use metric units.", "The user wants metric units"),
        ("I prefer tables to long texts.", "The user prefers tables to long texts"),
        ("Never push to main without asking me.", "The user wants to be asked before anything is pushed to main"),
        ("I am vegetarian, by the way.", "The user is vegetarian"),
    ),
    failure="I could not finish this: {error}. Someone with access to {service} has to look at it.",
    confirmed="The user said that it works",
    shown="The last tool call shows the result",
    claimed="The agent says that it is done",
    failed="The agent gave up after {error}",
)
