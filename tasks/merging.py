"""Two tasks that turn out to be one request become one."""

from tasks.models import Preference, Progress, Task, TaskMessage


def merge_into(task: Task, into: Task) -> None:
    """Give what is known of a task to another of the same session; call it in a transaction.

    The emptied task stays, out of sight, with its history: its number keeps its meaning, and nothing that named it
    breaks. What was merged into it before goes along.
    """
    already = TaskMessage.objects.filter(task=into).values("message")
    TaskMessage.objects.filter(task=task, message__in=already).delete()
    TaskMessage.objects.filter(task=task).update(task=into)
    Progress.objects.filter(task=task).update(task=into)
    Preference.objects.filter(task=task).update(task=into)
    Task.all_objects.filter(merged_into=task).update(merged_into=into)
    Task.all_objects.filter(pk=task.pk).update(merged_into=into)
