"""Make a big project of natural conversations with their tasks, to try everything at the size it must serve."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sessions.models import Project, Session
from tasks.evaluation.bar import Bar
from tasks.makedata.filling import analyze, fill
from tasks.makedata.plan import CannotPlan, Sizes


class Command(BaseCommand):
    help = (
        "Make a project of natural conversations in English, Chinese, German and Japanese, with tasks, runs and "
        "history of the last 90 days. Ctrl-C leaves what is made so far, whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", default="Big", help="its name; made unless there is one")
        parser.add_argument("--sessions", type=int, default=1_000)
        parser.add_argument("--messages", type=int, default=10_000)
        parser.add_argument("--tasks", type=int, default=3_000)
        parser.add_argument("--users", type=int, default=50)
        parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same texts")
        parser.add_argument("--add", action="store_true", help="also to a project that has sessions already")

    def handle(self, *args: Any, **options: Any) -> None:
        project, is_new = self._project(options["project"])
        if not options["add"] and Session.objects.filter(project=project).exists():
            raise CommandError(f"{project} is not empty. Say --add to add to it, or name another project.")
        sizes = Sizes(**{name: options[name] for name in ("sessions", "messages", "tasks", "users")})
        bar = Bar(sizes.messages, self.stderr)  # type: ignore[arg-type]
        started = timezone.now()
        try:
            fill(project, sizes, seed=options["seed"], now=started, tell=lambda done: bar.show(done, "messages"))
            bar.show(sizes.messages, "vacuum and analyze")
            analyze()
        except CannotPlan as problem:
            if is_new:
                project.delete()
            raise CommandError(str(problem)) from problem
        finally:
            bar.close()
        took = (timezone.now() - started).total_seconds()
        self.stdout.write(f"{project}: {sizes.messages} messages in {sizes.sessions} sessions made in {took:.0f} s")

    def _project(self, name: str) -> tuple[Project, bool]:
        found = Project.objects.filter(name=name).order_by("created_at").first()
        return (found, False) if found else (Project.objects.create(name=name), True)
