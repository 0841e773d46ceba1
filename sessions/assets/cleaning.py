"""Remove files that no message holds any more: at once after a deletion, and all that was missed by and by."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from sessions.assets.storage import UNFINISHED
from sessions.models import Asset, AssetUse, EndUser, Project, Session

log = structlog.get_logger(__name__)

ROOT = "assets"
AT_ONCE = 100
# No write takes so long; what is older was cut short.
UNFINISHED_FOR = timedelta(days=1)
UNUSED = ~Exists(AssetUse.objects.filter(asset=OuterRef("pk")))


def remove_unused_assets(among: Iterable[uuid.UUID] | None = None) -> int:
    """Remove assets that no message holds, with their files: all, or those among some. Return how many.

    Safe beside stores of the same content and beside itself; see `keeping`.
    """
    candidates = Asset.objects.filter(UNUSED) if among is None else Asset.objects.filter(UNUSED, pk__in=list(among))
    removed, last = 0, None
    while True:
        batch = candidates.order_by("pk") if last is None else candidates.order_by("pk").filter(pk__gt=last)
        with transaction.atomic():
            locked = list(
                batch.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:AT_ONCE]
            )
            removed += _remove(locked)
        if len(locked) < AT_ONCE:
            return removed
        last = locked[-1]


def _remove(locked: list[uuid.UUID]) -> int:
    """Remove those that are unused still, now that nobody can use them."""
    unused = list(Asset.objects.filter(UNUSED, pk__in=locked))
    for asset in unused:
        default_storage.delete(asset.name)
    Asset.objects.filter(pk__in=[asset.pk for asset in unused]).delete()
    return len(unused)


def adopt_lost_files() -> int:
    """Give a row to each file that has none, so that it can be removed like any other. Return how many.

    A row is had before its file is written, so whoever writes the file now keeps this waiting, and wins.
    """
    adopted = 0
    for project, names in _files_by_project():
        known = set(Asset.objects.filter(name__in=names).values_list("name", flat=True))
        lost = [name for name in names if name not in known]
        owner = project if Project.objects.filter(pk=project).exists() else None
        rows = [Asset(project_id=owner, sha256=name.rpartition("/")[2], size_b=0, name=name) for name in lost]
        Asset.objects.bulk_create(rows, ignore_conflicts=True)
        adopted += len(rows)
    return adopted


def _files_by_project() -> Iterator[tuple[uuid.UUID, list[str]]]:
    """Walk the storage; on the way, unfinished files of crashed writers are removed."""
    for project in _folders(ROOT):
        for shelf in _folders(f"{ROOT}/{project}"):
            folder = f"{ROOT}/{project}/{shelf}"
            names = [f"{folder}/{file}" for file in default_storage.listdir(folder)[1]]
            for name in [name for name in names if name.endswith(UNFINISHED)]:
                names.remove(name)
                if default_storage.get_modified_time(name) < timezone.now() - UNFINISHED_FOR:
                    default_storage.delete(name)
            yield uuid.UUID(project), names


def _folders(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []


def clean_up() -> tuple[int, int]:
    """Remove all that is not used, and what crashes left; return how many assets, and how many lost files."""
    adopted = adopt_lost_files()
    removed = remove_unused_assets()
    log.info("assets.cleaned", removed=removed, lost_files=adopted)
    return removed, adopted


def assets_of(owner: Session | EndUser | Project) -> list[uuid.UUID]:
    """Return the assets that a deletion may leave unused."""
    match owner:
        case Project():
            held = Q(project=owner)
        case EndUser():
            held = Q(uses__message__session__end_user=owner)
        case _:
            held = Q(uses__message__session=owner)
    return list(Asset.objects.filter(held).values_list(F("pk"), flat=True).distinct())


def remove_after_deletion(sender: object, instance: Session | EndUser | Project, **kwargs: object) -> None:
    """Hear of a deletion, and look after its files once it has happened."""
    if touched := assets_of(instance):
        transaction.on_commit(partial(remove_unused_assets, touched), robust=True)
