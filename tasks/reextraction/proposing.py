"""Begin a second reading of a session, or go on with one."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import Message, Session
from tasks.extraction.extractors import llm_is_configured
from tasks.models import Reextraction

Status = Reextraction.Status
OPEN = (Status.WORKING, Status.READY)
EXTRACTORS = ("offline", "llm")
MODEL_LENGTH = 200


@transaction.atomic
def propose(
    session: Session, *, extractor: str = "", model: str = "", applies_at_once: bool = False, person: User | None = None
) -> Reextraction:
    """Return a proposal for all that the session holds now; what there is of the same kind already goes on.

    `extractor` is offline or llm, by default llm where one is configured; `model` another than the configured one.
    Raises BadRequest, NotFound when the session is gone, and Conflict while another proposal is open.
    """
    extractor, model = reader_of(extractor, model)
    locked = Session.objects.select_for_update().filter(pk=session.pk).first()
    if locked is None:
        raise NotFound(_("session not found"))
    newest = Reextraction.objects.filter(session=locked).order_by("-created_at").first()
    is_same = newest is not None and (newest.extractor, newest.model) == (extractor, model)
    if newest and newest.status in OPEN:
        if not is_same:
            raise Conflict(
                _("reextraction %(id)s of this session is %(status)s: apply or discard it first")
                % {"id": newest.pk, "status": newest.status}
            )
        if applies_at_once and newest.status == Status.WORKING:
            newest.applies_at_once = True
            newest.save(update_fields=["applies_at_once"])
        return newest
    if newest and newest.status == Status.FAILED and is_same and newest.generation == locked.generation:
        return _take_up(newest, applies_at_once)
    readable = Message.objects.filter(session=locked).exclude(extraction=Message.Extraction.DISABLED)
    last = readable.order_by("-seq").values_list("seq", flat=True).first()
    if last is None:
        raise BadRequest(_("the session has no message that may be read"))
    return Reextraction.objects.create(
        project_id=locked.project_id,
        session=locked,
        extractor=extractor,
        model=model,
        to_seq=last,
        generation=locked.generation,
        applies_at_once=applies_at_once,
        person=person,
    )


def reader_of(extractor: str, model: str) -> tuple[str, str]:
    """Return extractor and model with what was left out filled in from the settings; raises BadRequest."""
    extractor = extractor or ("llm" if llm_is_configured() else "offline")
    if extractor not in EXTRACTORS:
        raise BadRequest(f"extractor: must be one of {', '.join(EXTRACTORS)}")
    if extractor == "llm" and not llm_is_configured():
        raise BadRequest(_("extractor: no LLM is configured; set LLM_API_KEY or LLM_BASE_URL"))
    if model and extractor == "offline":
        raise BadRequest(_("model: the offline rules have none"))
    if len(model) > MODEL_LENGTH or "\0" in model:
        raise BadRequest(_("model: must have at most %(most)d characters and no NUL") % {"most": MODEL_LENGTH})
    return extractor, model or (settings.LLM_SIMPLE_MODEL if extractor == "llm" else "")


def _take_up(failed: Reextraction, applies_at_once: bool) -> Reextraction:
    """Go on with what had failed: the windows that were read and paid for are kept."""
    failed.status, failed.error, failed.attempts, failed.retry_at = Status.WORKING, "", 0, None
    failed.applies_at_once, failed.finished_at = applies_at_once, None
    failed.save(update_fields=["status", "error", "attempts", "retry_at", "applies_at_once", "finished_at"])
    return failed


def open_proposal(session: Session) -> Reextraction | None:
    """Return the session's proposal that is worked on or waits for a decision; without its steps."""
    return Reextraction.objects.filter(session=session, status__in=OPEN).defer("steps").first()
