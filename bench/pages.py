"""Measure every page at the size it must serve: 100,000 sessions, 1,000,000 messages, 300,000 tasks.

make bench-pages [ROUNDS=15] [PAGES=search] [BENCH_DATA_DIR=/tmp/acontext-bench-pages]

The project is made once and kept in the folder; SESSIONS, MESSAGES and TASKS make a smaller one. Pages are asked for in
this process, through all middleware, interleaved over the rounds: what else the machine does falls on all of them
alike, and CPU says more than time. Then Chromium loads the main pages from a server of their own with an empty cache.
"""

import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ |= {
    "ACONTEXT_DATA_DIR": os.environ.get("BENCH_DATA_DIR", "/tmp/acontext-bench-pages"),
    "SECRET_KEY": "bench" * 10,
    "DJANGO_SETTINGS_MODULE": "acontext_site.settings",
    "LOG_LEVEL": "ERROR",
}
ROUNDS = int(os.environ.get("ROUNDS", "15"))
CHOSEN = os.environ.get("PAGES", "")
SIZES = {name: int(os.environ.get(name.upper(), default)) for name, default in
         {"sessions": 100_000, "messages": 1_000_000, "tasks": 300_000, "users": 2_000}.items()}  # fmt: skip
SPEED: list[float] = []
NAME, PASSWORD = "bench", "correct horse battery"


@dataclass
class Page:
    """A page with its budget in ms, and what was measured of it."""

    name: str
    address: str
    budget: float
    # A first look counts what later ones remember.
    is_first: bool = False
    api: bool = False
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database: float = 0
    queries: int = 0
    size: int = 0

    @property
    def row(self) -> str:
        median = statistics.median(self.times)
        p95 = sorted(self.times)[max(0, round(0.95 * len(self.times)) - 1)]
        cpu, database = statistics.median(self.cpu), self.database / len(self.times)
        over = " **over**" if min(median, cpu + database) > self.budget else ""
        return (
            f"| {self.name} | {median:.1f} | {p95:.1f} | {min(self.times):.1f} | {cpu:.1f} + {database:.1f} "
            f"| {self.queries} | {self.size / 1000:.0f} | {self.budget:.0f}{over} |"
        )


def main() -> None:
    from acontext_site import embedded

    embedded.ensure_configured()
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    # The names of static files are those of a collected folder, which nothing here asks for.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    project = filled()
    pages = [page for page in pages_of(project) if CHOSEN in page.name]
    measure(pages, project)
    print(f"Medians of {ROUNDS} rounds; ms; CPU of web process + database; kB before compression.")
    print(f"A million squares took {statistics.median(SPEED):.0f} ms of CPU between the rounds.\n")
    print("| page | median | p95 | best | CPU | queries | kB | budget |\n|---|---|---|---|---|---|---|---|")
    print("\n".join(page.row for page in pages), flush=True)
    if os.environ.get("BROWSER", "1") == "1":
        from bench import loads

        loads.main(NAME, PASSWORD, {page.name: page.address for page in pages if not page.api})


def filled() -> "object":
    """Make the project unless it is there, let search know it, and let someone see it."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from sessions.models import Membership, Project, Session
    from tasks.search.indexing import catch_up

    call_command("migrate", verbosity=0)
    project = Project.objects.filter(name="Bench").first()
    if project is None or not Session.objects.filter(project=project).exists():
        call_command("makedata", project="Bench", **SIZES)
        project = Project.objects.get(name="Bench")
    while catch_up(60):
        print("indexing for search ...", file=sys.stderr, flush=True)
    person = User.objects.filter(username=NAME).first() or User.objects.create_user(NAME, password=PASSWORD)
    Membership.objects.get_or_create(user=person, project=project, defaults={"role": "owner"})
    return project


def pages_of(project: "object") -> list[Page]:
    """Choose what is shown: sessions of some lengths, a task, a run, a user of that project."""
    from django.db.models import Count

    from sessions.models import EndUser, Session
    from tasks.models import ExtractionRun, Task

    sessions = Session.objects.filter(project=project)
    short = sessions.filter(head_seq__gte=50).order_by("head_seq", "id").first()
    long = sessions.order_by("-head_seq").first()
    task = Task.objects.filter(project=project, status="failed").order_by("-created_at").first()
    run = ExtractionRun.objects.filter(project=project).order_by("-started_at").first()
    user = EndUser.objects.filter(project=project).annotate(n=Count("sessions")).order_by("-n").first()
    since = f"{task.created_at:%Y-%m-%d}T00:00:00%2B00:00"
    found = [
        *(Page(f"overview {key}, first look", f"/?range={key}", 100, is_first=True) for key in ("24h", "90d")),
        *(Page(f"overview {key}", f"/?range={key}", 100) for key in ("24h", "7d", "30d", "90d")),
        Page("sessions", "/sessions/", 25),
        Page("sessions, failing", "/sessions/?state=failing", 25),
        Page("sessions of a user", f"/sessions/?user={user.identifier}", 25),
        Page("sessions with a failed task", "/sessions/?status=failed", 25),
        Page("sessions, none yet", "/sessions/?status=none", 25),
        Page("sessions, at risk, of a week", "/sessions/?status=risk&time=7d", 25),
        Page("sessions with words", "/sessions/?q=deploy", 25),
        Page("sessions with rare words", "/sessions/?q=PAY-12345", 25),
        Page("sessions, longest first", "/sessions/?sort=messages", 25),
        Page("sessions by configs", "/sessions/?configs=" + quote('{"agent": "coder"}'), 25),
        Page("session of 50 messages", short.get_absolute_url(), 25),
        Page("session of 5,000 messages", long.get_absolute_url(), 100),
        Page("the same, at its end", f"{long.get_absolute_url()}?at={long.head_seq}", 100),
        Page("a poll of it with nothing new", f"{long.get_absolute_url()}live/?seen=x&from=4900", 100),
        Page("tasks", "/tasks/", 25),
        Page("tasks, failed", "/tasks/?status=failed", 25),
        Page("tasks, successes at risk", "/tasks/?risk=any", 25),
        Page("tasks, failed since a day", f"/tasks/?status=failed&since={since}", 25),
        Page("tasks of a user", f"/tasks/?user={user.identifier}", 25),
        Page("tasks with words", "/tasks/?q=deploy", 25),
        Page("tasks with rare words", "/tasks/?q=PAY-12345", 25),
        Page("tasks, last changed", "/tasks/?sort=updated", 25),
        Page("tasks, waiting for the user", "/tasks/?situation=waiting", 25),
        Page("tasks, corrected", "/tasks/?corrected=1", 25),
        Page("tasks, board", "/tasks/?view=board", 25),
        Page("task", task.get_absolute_url(), 25),
        Page("users", "/users/", 25),
        Page("user", f"/users/{user.pk}/", 25),
        Page("runs", "/runs/", 25),
        Page("runs, failed", "/runs/?status=failed", 25),
        Page("run", f"/runs/{run.pk}/", 25),
        Page("settings", "/settings/", 25),
    ]
    words = {
        "the": "the", "an unfinished word": "fi", "two words": "file error", "rare": "PAY-98765", "none": "zzzz",
        "Chinese": "数据库", "one Chinese sign": "表", "Japanese": "エラー",
        "four words": "index parse_orders Hamburg 数据库",
    }  # fmt: skip
    found += [Page(f"search, {name}", f"/search/?q={quote(text)}", 25) for name, text in words.items()]
    words_and_id = {**words, "an id": str(short.pk)[:8]}
    found += [Page(f"palette, {name}", f"/palette/?q={quote(text)}", 25) for name, text in words_and_id.items()]
    found += [Page(f"search statement, {name}", text, 15, api=True) for name, text in words.items()]
    return found


def measure(pages: list[Page], project: "object") -> None:
    """Ask for every page in turn, `ROUNDS` times after once to warm up."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=NAME))
    backend = connection.connection.info.backend_pid
    for number in range(ROUNDS + 1):
        for page in pages:
            if page.is_first:
                forget()
            counter = Counter()
            database, cpu, started = cpu_of(backend), time.process_time(), time.perf_counter()
            with connection.execute_wrapper(counter):
                size = look_up(page, project) if page.api else ask(client, page)
            took = (time.perf_counter() - started) * 1000
            if number:
                page.times.append(took)
                page.cpu.append((time.process_time() - cpu) * 1000)
                page.database += (cpu_of(backend) - database) * 1000
            page.queries, page.size = counter.queries, size
        SPEED.append(speed())
        print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)


def speed() -> float:
    """Milliseconds of CPU for the same sum: on a busy machine it takes longer, as everything does."""
    cpu = time.process_time()
    sum(n * n for n in range(1_000_000))
    return (time.process_time() - cpu) * 1000


def ask(client: "object", page: Page) -> int:
    answer = client.get(page.address)
    body = answer.getvalue()
    if answer.status_code != 200:
        sys.exit(f"{page.name}: {page.address} answered {answer.status_code}")
    return len(body)


def look_up(page: Page, project: "object") -> int:
    """Run the statement of a search alone, as the page does."""
    from django.db import connection

    from tasks.search import finding
    from tasks.search.words import Query

    values = finding.values_of(project, finding.Wanted(Query.of(page.address)), limit=20, cursor=None)
    with connection.cursor() as cursor:
        cursor.execute(finding.FIND, values)
        cursor.fetchall()
    return 0


def forget() -> None:
    """Let the overview's memory be that of a process that has just started."""
    from tasks.overview.memory import memory

    memory.__init__()


class Counter:
    """Counts the statements that go through a connection."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used, to the nanosecond."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
