"""What is known of the LLMs that extraction asks: what they can do, when they rest, what they cost."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models


class Endpoint(models.Model):
    """A model at an address, as all processes have come to know it. Times are those of the next permitted call."""

    id = models.BigAutoField(primary_key=True)
    base_url = models.CharField(max_length=500, blank=True, default="", help_text="Empty: the SDK's own address")
    model = models.CharField(max_length=200)
    abilities = models.JSONField(default=dict, blank=True, help_text="What its refusals taught: form, parameters")
    failures = models.IntegerField(default=0, help_text="Calls that failed since the last one that did not")
    resting_until = models.DateTimeField(null=True, blank=True, help_text="Nothing is asked before")
    next_call_at = models.DateTimeField(null=True, blank=True, help_text="Where the rate limit allows the next call")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["base_url", "model"], name="endpoint_once")]

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url or 'its own address'}"


# A gift is a price, a negative one would let a day's budget never end.
AT_LEAST_NOTHING = [MinValueValidator(0)]


class ModelPrice(models.Model):
    """What a model's tokens cost, in US dollars per million. Edited in the admin; a run keeps the cost of its day."""

    id = models.BigAutoField(primary_key=True)
    model = models.CharField(
        max_length=200, unique=True, help_text="The model's name, or its beginning: the longest that fits counts"
    )
    input_usd = models.DecimalField(max_digits=12, decimal_places=6, validators=AT_LEAST_NOTHING)
    cached_usd = models.DecimalField(
        max_digits=12, decimal_places=6, validators=AT_LEAST_NOTHING, help_text="Input that the provider had cached"
    )
    output_usd = models.DecimalField(max_digits=12, decimal_places=6, validators=AT_LEAST_NOTHING)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["model"]

    def __str__(self) -> str:
        return self.model
