"""The rows of what is extracted. A task is one request of the user; everything said of it carries its evidence."""

from tasks.models.batches import Batch
from tasks.models.endpoints import Endpoint, ModelPrice
from tasks.models.history import TaskChange
from tasks.models.links import Progress, TaskMessage
from tasks.models.overview import KeptFigures
from tasks.models.preferences import Preference
from tasks.models.reextractions import Reextraction
from tasks.models.runs import ExtractionRun
from tasks.models.search import SearchBlock, SearchDue, SearchEntry
from tasks.models.tasks import Task

__all__ = [
    "Batch",
    "Endpoint",
    "ExtractionRun",
    "KeptFigures",
    "ModelPrice",
    "Preference",
    "Progress",
    "Reextraction",
    "SearchBlock",
    "SearchDue",
    "SearchEntry",
    "Task",
    "TaskChange",
    "TaskMessage",
]
