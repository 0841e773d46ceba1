"""The rows of what is extracted. A task is one request of the user; everything said of it carries its evidence."""

from tasks.models.endpoints import Endpoint, ModelPrice
from tasks.models.reextractions import Reextraction
from tasks.models.runs import ExtractionRun
from tasks.models.tasks import Preference, Progress, Task, TaskChange, TaskMessage

__all__ = [
    "Endpoint",
    "ExtractionRun",
    "ModelPrice",
    "Preference",
    "Progress",
    "Reextraction",
    "Task",
    "TaskChange",
    "TaskMessage",
]
