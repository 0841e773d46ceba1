"""Run an extractor over conversations through the real pipeline; write its predictions and print a scorecard."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks.evaluation.bar import Bar
from tasks.evaluation.dataset import BadDataset, Conversation, Prediction, read_dataset
from tasks.evaluation.replay import CannotEvaluate, extractor_in_use, model_in_use, replay, throw_away_project
from tasks.evaluation.scoring.figures import confusion, figures, table
from tasks.evaluation.scoring.score import ALL, Score, score_by_source


class Command(BaseCommand):
    help = "Measure an extractor on conversations, with labels or without. docs/evaluation.md says what is measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", type=Path, help="a file of JSON lines, or a folder of JSON files")
        parser.add_argument("--extractor", choices=["offline", "llm"], default="offline")
        parser.add_argument("--out", type=Path, help="where to write the predictions, a JSON line each")
        parser.add_argument("--json", type=Path, help="where to write all figures")
        parser.add_argument("--reading", default="fine", help="which of several labellings to score against")
        parser.add_argument(
            "--windows",
            choices=["whole", "turns"],
            default="whole",
            help="extract once a conversation is whole, or after each turn as in life",
        )
        parser.add_argument("--limit", type=int, help="read the first so many conversations only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            conversations = read_dataset(options["dataset"], reading=options["reading"])[: options["limit"]]
            with extractor_in_use(options["extractor"]):
                pairs = self._predict(conversations, options)
        except (BadDataset, CannotEvaluate, OSError) as error:
            raise CommandError(str(error)) from error
        scores = score_by_source(pairs)
        if options["json"]:
            told = {name: figures(score) for name, score in scores.items()}
            options["json"].write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        self._report(scores, pairs, options)

    def _predict(
        self, conversations: list[Conversation], options: dict[str, Any]
    ) -> list[tuple[Conversation, Prediction]]:
        """Replay each conversation; a line is written as soon as it is there, so that an interruption costs no more."""
        bar = Bar(len(conversations), self.stderr)  # type: ignore[arg-type]
        pairs = []
        out = options["out"].open("w", encoding="utf-8") if options["out"] else None
        try:
            for done, conversation in enumerate(conversations):
                bar.show(done, conversation.id)
                with throw_away_project() as project:
                    prediction = replay(conversation, project, windows=options["windows"])
                pairs.append((conversation, prediction))
                if out:
                    out.write(json.dumps(prediction.as_line(), ensure_ascii=False) + "\n")
                    out.flush()
        finally:
            bar.close()
            if out:
                out.close()
        return pairs

    def _report(
        self, scores: dict[str, Score], pairs: list[tuple[Conversation, Prediction]], options: dict[str, Any]
    ) -> None:
        score = scores[ALL]
        each = 1000 * score.cost.seconds / max(score.conversations, 1)
        self.stdout.write(f"{model_in_use(options['extractor'])}, windows: {options['windows']}, {each:.0f} ms each")
        self.stdout.write(table(scores))
        if score.labelled:
            self.stdout.write(f"statuses mistaken: {confusion(score)}")
        else:
            self.stdout.write("no labels: predictions and cost only")
        for _, prediction in pairs:
            for problem in prediction.problems:
                self.stderr.write(f"{prediction.id}: {problem}")
