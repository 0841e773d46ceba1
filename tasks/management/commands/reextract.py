"""Extract sessions again, in this process, one after the other; show what would change, or apply it."""

import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from sessions.errors import NotFound, Problem
from sessions.models import Session
from tasks.evaluation.bar import Bar
from tasks.models import Reextraction, Task
from tasks.reextraction.applying import exchange
from tasks.reextraction.comparison import KINDS, Comparison
from tasks.reextraction.proposing import EXTRACTORS, propose, reader_of
from tasks.reextraction.queue import take
from tasks.reextraction.run import work
from tasks.reextraction.selecting import Selection, is_up_to_date, sessions_of
from tasks.reextraction.sketching import preview
from tasks.reextraction.telling import cost_of

Status = Reextraction.Status
LONGEST_PAUSE_SECONDS = 5.0


def moment(text: str) -> datetime:
    """Read a date or a time; without a time zone it is UTC."""
    found = parse_datetime(text)
    if found is None and (day := parse_date(text)):
        found = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if found is None:
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Totals:
    """What all sessions of a call add up to."""

    def __init__(self) -> None:
        self.sessions = self.before = self.after = self.statuses = self.tokens = 0
        self.cost: Decimal | None = None

    def add(self, found: Comparison, cost: dict[str, Any]) -> None:
        self.sessions += 1
        self.before += found.tasks_now
        self.after += found.tasks_then
        self.statuses += found.statuses_changed
        self.tokens += cost["input_tokens"] + cost["output_tokens"]
        if cost["cost_usd"] is not None:
            self.cost = (self.cost or Decimal(0)) + Decimal(str(cost["cost_usd"]))


class Command(BaseCommand):
    help = (
        "Read sessions anew with another extractor, model or criteria. What a person corrected stays. "
        "Ctrl-C keeps what is done; the same command again goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", default="", help="its id or its name")
        parser.add_argument("--session", action="append", type=uuid.UUID, default=[], help="may be given several times")
        parser.add_argument("--user", default="", help="your identifier of the person")
        parser.add_argument("--status", choices=Task.Status.values, default="", help="with a task of this status")
        parser.add_argument("--since", type=moment, help="created on this day or at this time, or later")
        parser.add_argument("--until", type=moment, help="created before this day or time")
        parser.add_argument("--extracted-by", choices=EXTRACTORS, default="", help="read by this extractor now")
        parser.add_argument("--limit", type=int, help="the first so many sessions only")
        parser.add_argument("--extractor", choices=EXTRACTORS, help="by default llm where one is configured")
        parser.add_argument("--model", default="", help="another than the configured one")
        parser.add_argument(
            "--again", action="store_true", help="also what was extracted again in just this way already"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--apply", action="store_true", help="replace what is there")
        what.add_argument("--preview", action="store_true", help="only show what would change (the default)")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("project", "user", "status", "since", "until", "extracted_by")
        selection = Selection(sessions=options["session"], **{name: options[name] for name in names})
        try:
            extractor, model = reader_of(options["extractor"] or "", options["model"])
            sessions = list(sessions_of(selection)[: options["limit"]])
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        if not options["again"]:
            sessions = [row for row in sessions if not is_up_to_date(row, extractor, model)]
        totals, failed = Totals(), 0
        bar = Bar(len(sessions), self.stderr)  # type: ignore[arg-type]
        try:
            for done, session in enumerate(sessions):
                bar.show(done, str(session))
                try:
                    self._one(session, extractor, model, options, totals, bar)
                except Problem as problem:
                    failed += 1
                    self._say(bar, f"{session.pk}  {problem}")
        except KeyboardInterrupt:
            self._say(bar, "Stopped. The same command again goes on.")
        bar.close()
        self._sum_up(totals, options)
        if failed:
            raise CommandError(f"{failed} of {len(sessions)} sessions could not be extracted again.")

    def _one(
        self, session: Session, extractor: str, model: str, options: dict[str, Any], totals: Totals, bar: Bar
    ) -> None:
        proposal = propose(session, extractor=extractor, model=model)
        self._work(proposal)
        if proposal.status != Status.READY:
            raise Problem(proposal.error or f"it is {proposal.status} by now")
        found, cost = preview(proposal), cost_of(proposal)
        if options["apply"]:
            exchange(proposal.pk)
        totals.add(found, cost)
        kinds = ", ".join(f"{found.counts[kind]} {kind}" for kind in KINDS if found.counts[kind]) or "no tasks"
        self._say(
            bar,
            f"{session.pk}  tasks {found.tasks_now} -> {found.tasks_then} ({kinds}),"
            f" statuses changed {found.statuses_changed}, {_said(cost)}  {session.title[:60]}",
        )

    def _work(self, proposal: Reextraction) -> None:
        """Read a proposal to its end in this process; while an LLM is out, wait as long as a worker would."""
        try:
            while proposal.status == Status.WORKING:
                if hold := take(proposal.pk):
                    work(hold)
                proposal.refresh_from_db()
                if proposal.status == Status.WORKING:
                    wait = (proposal.retry_at - timezone.now()).total_seconds() if proposal.retry_at else 1.0
                    time.sleep(min(max(wait, 0.1), LONGEST_PAUSE_SECONDS))
        except KeyboardInterrupt:
            # Nobody else is to go on with it and to spend on it; `propose` takes it up again.
            Reextraction.objects.filter(pk=proposal.pk, status=Status.WORKING).update(
                status=Status.FAILED, error="stopped from the command line", finished_at=timezone.now()
            )
            raise
        except Reextraction.DoesNotExist:
            raise NotFound("the session was deleted meanwhile") from None

    def _say(self, bar: Bar, line: str) -> None:
        bar.close()
        self.stdout.write(line)

    def _sum_up(self, totals: Totals, options: dict[str, Any]) -> None:
        done = "extracted again" if options["apply"] else "read again; nothing is applied"
        cost = {"cost_usd": totals.cost, "input_tokens": totals.tokens, "output_tokens": 0}
        self.stdout.write(
            f"{totals.sessions} sessions {done}: tasks {totals.before} -> {totals.after},"
            f" statuses changed {totals.statuses}, {_said(cost)}"
        )


def _said(cost: dict[str, Any]) -> str:
    tokens = f"{cost['input_tokens'] + cost['output_tokens']} tokens"
    return tokens if cost["cost_usd"] is None else f"{tokens}, ${cost['cost_usd']:.4f}"
