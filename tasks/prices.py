"""What calls of a model cost, by the price list that the admin edits."""

from decimal import Decimal

from django.db.models import F, Value
from django.db.models.functions import Length

from tasks.extraction.operations import Usage
from tasks.models import ModelPrice

MILLION = Decimal(1_000_000)
SMALLEST = Decimal("0.00000001")


def price_of(model: str) -> ModelPrice | None:
    """Return the price whose name is the longest beginning of a model's; of `openai/gpt-4.1` also that of `gpt-4.1`."""
    for name in dict.fromkeys((model, model.rpartition("/")[2])):
        fitting = ModelPrice.objects.alias(name=Value(name)).filter(name__istartswith=F("model"))
        if price := fitting.order_by(Length("model").desc()).first():
            return price
    return None


def cost_of(model: str, usage: Usage) -> Decimal | None:
    """Return US dollars, or None for a model without a price. Cached input has a price of its own."""
    price = price_of(model)
    if price is None:
        return None
    fresh = max(usage.input_tokens - usage.cached_tokens, 0)
    cost = fresh * price.input_usd + usage.cached_tokens * price.cached_usd + usage.output_tokens * price.output_usd
    return (cost / MILLION).quantize(SMALLEST)
