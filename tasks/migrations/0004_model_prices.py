from typing import Any

from django.db import migrations

# US dollars per million tokens: input, cached input, output. List prices of mid-2026, to be edited in the admin.
PRICES = {
    "gpt-4.1": ("2", "0.5", "8"),
    "gpt-4.1-mini": ("0.4", "0.1", "1.6"),
    "gpt-4.1-nano": ("0.1", "0.025", "0.4"),
    "gpt-4o": ("2.5", "1.25", "10"),
    "gpt-4o-mini": ("0.15", "0.075", "0.6"),
    "gpt-5": ("1.25", "0.125", "10"),
    "gpt-5-mini": ("0.25", "0.025", "2"),
    "gpt-5-nano": ("0.05", "0.005", "0.4"),
    "o4-mini": ("1.1", "0.275", "4.4"),
    "claude-haiku-4-5": ("1", "0.1", "5"),
    "claude-sonnet-4": ("3", "0.3", "15"),
    "claude-opus-4": ("15", "1.5", "75"),
    "claude-opus-4-5": ("5", "0.5", "25"),
}


def add_prices(apps: Any, schema_editor: Any) -> None:
    ModelPrice = apps.get_model("tasks", "ModelPrice")  # noqa: N806 (a class)
    ModelPrice.objects.bulk_create(
        ModelPrice(model=model, input_usd=asked, cached_usd=cached, output_usd=answered)
        for model, (asked, cached, answered) in PRICES.items()
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_extraction_that_can_be_trusted")]

    operations = [migrations.RunPython(add_prices, migrations.RunPython.noop, elidable=False)]
