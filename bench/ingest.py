"""Measure storing: ours, the floor (bare app, same SQL) and the usual way (ORM), in turn within one run.

make bench-ingest [ROUNDS=5] [SECONDS=3]     needs wrk. Figures of one run compare with each other and no others.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = tempfile.mkdtemp(prefix="acontext-bench-")
os.environ |= {
    "ACONTEXT_DATA_DIR": DATA,
    "SECRET_KEY": "bench" * 10,
    "DJANGO_SETTINGS_MODULE": "acontext_site.settings",
}
os.environ |= {"LOG_LEVEL": "ERROR", "STATIC_ROOT": str(ROOT / "static"), "PYTHONPATH": str(ROOT)}
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "5")), int(os.environ.get("SECONDS", "3"))
WORKERS, THREADS = os.environ.get("WEB_WORKERS", "2"), os.environ.get("WEB_THREADS", "16")
SERVERS = {"ours": "acontext_site.wsgi", "floor": "bench.floor", "plain ORM": "bench.plain"}
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    from acontext_site import embedded

    embedded.ensure_configured()
    key, sessions = make_rows()
    rows: dict[tuple[str, str], list[tuple[float, float, float, float, float]]] = {}
    plan = [(name, str(connections), 1) for connections in (1, 16, 64) for name in SERVERS]
    plan += [("ours", "4", bulk) for bulk in (10, 100)]
    with Running() as ports:
        for round_number in range(ROUNDS + 1):
            for name, connections, bulk in plan:
                result = load(ports[name], connections, bulk, key, sessions, name)
                if round_number:  # the first round warms up
                    label = f"{connections} connections" if bulk == 1 else f"bulk of {bulk}, {connections} connections"
                    rows.setdefault((label, name), []).append(result)
            print(f"round {round_number} of {ROUNDS}", file=sys.stderr, flush=True)
    report(rows)


def make_rows() -> tuple[str, str]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sessions.models import ApiKey, Project, Session

    project = Project.objects.create(name="bench")
    _, key = ApiKey.issue(project, name="bench")
    made = Session.objects.bulk_create([Session(project=project, disable_task_tracking=True) for _ in range(1000)])
    path = Path(DATA) / "sessions.txt"
    path.write_text("\n".join(str(session.pk) for session in made) + "\n")
    return key, str(path)


class Running:
    """Serve all three at once, on ports of their own; idle ones cost nothing."""

    def __enter__(self) -> dict[str, int]:
        self.processes, ports = {}, {}
        for number, (name, module) in enumerate(SERVERS.items()):
            ports[name] = 18_100 + number
            command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(ports[name])]
            command += ["--workers", WORKERS, "--blocking-threads", THREADS, "--log-level", "error"]
            self.processes[name] = subprocess.Popen([*command, f"{module}:application"], cwd=ROOT)
            wait_for(ports[name])
        global PIDS
        PIDS = {name: process.pid for name, process in self.processes.items()}
        return ports

    def __exit__(self, *exc: object) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"the server on port {port} does not answer")


def load(port: int, connections: str, bulk: int, key: str, sessions: str, name: str) -> tuple[float, ...]:
    """Return messages/s, p50 and p99 in ms, CPU microseconds a message of the app and of PostgreSQL."""
    before_app, before_database = cpu(PIDS[name]), cpu_of_postgres()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", str(ROOT / "bench/store.lua")]
    command += [f"http://127.0.0.1:{port}", "--", key, sessions, str(bulk)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, duration, errors, p50, p99 = (int(word) for word in output.rsplit("RESULT", 1)[1].split())
    if errors:
        sys.exit(f"{name}: {errors} errors")
    messages = requests * bulk
    app, database = cpu(PIDS[name]) - before_app, cpu_of_postgres() - before_database
    return messages / duration * 1e6, p50 / 1e3, p99 / 1e3, app / messages * 1e6, database / messages * 1e6


def cpu(root: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == root or int(stat.parent.name) == root:
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def cpu_of_postgres() -> float:
    postmaster = int((Path(DATA) / "pg18/postmaster.pid").read_text().split()[0])
    return cpu(postmaster)


def report(rows: dict[tuple[str, str], list[tuple[float, ...]]]) -> None:
    print(f"Medians of {ROUNDS} rounds of {SECONDS} s, {WORKERS} workers of {THREADS} threads.")
    print("Spread: (max-min)/median of messages/s.\n")
    print("| load | app | messages/s | spread | p50 ms | p99 ms | app µs | database µs | of floor | x ORM |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for label, name in rows:
        rate, p50, p99, app, database = (statistics.median(column) for column in zip(*rows[label, name], strict=True))
        rates = [row[0] for row in rows[label, name]]
        spread = (max(rates) - min(rates)) / rate
        ratios = ["", ""]
        if (label, "floor") in rows:
            ratios = [ratio(rows[label, name], rows[label, other]) for other in ("floor", "plain ORM")]
        print(
            f"| {label} | {name} | {rate:,.0f} | {spread:.0%} | {p50:.1f} | {p99:.1f} | {app:.0f} | {database:.0f} "
            f"| {ratios[0]} | {ratios[1]} |"
        )


def ratio(ours: list[tuple[float, ...]], other: list[tuple[float, ...]]) -> str:
    """The median of the rounds' ratios of messages/s: each round's pair ran side by side."""
    return f"{statistics.median(a[0] / b[0] for a, b in zip(ours, other, strict=True)):.2f}"


if __name__ == "__main__":
    main()
