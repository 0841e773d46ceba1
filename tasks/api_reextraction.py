"""The endpoints that extract a session again; ours, beyond the contract."""

from django.http import HttpResponse
from ninja import Router

from sessions.api import ApiRequest, find_session
from sessions.envelope import parse_uuid, reply
from sessions.errors import NotFound
from sessions.schemas import Envelope
from tasks.jobs import begin
from tasks.models import Reextraction
from tasks.reextraction.applying import discard, exchange
from tasks.reextraction.proposing import propose
from tasks.reextraction.telling import as_wire, with_preview
from tasks.schemas_reextraction import ReextractIn, ReextractionDetailsOut, ReextractionOut

router = Router(tags=["extracting again"])


def find_reextraction(request: ApiRequest, reextraction_id: str) -> Reextraction:
    """Return a proposal of the caller's project; raises BadRequest for a bad id and NotFound for any other."""
    wanted = Reextraction.objects.filter(project=request.auth, pk=parse_uuid(reextraction_id, "reextraction_id"))
    found = wanted.select_related("session__project").first()
    if found is None:
        raise NotFound("reextraction not found")
    return found


@router.post(
    "/session/{session_id}/reextract",
    response=Envelope[ReextractionOut],
    operation_id="reextract",
    summary="Extract a session again",
)
def reextract(request: ApiRequest, session_id: str, body: ReextractIn | None = None) -> HttpResponse:
    """Read the whole session anew, as a proposal that replaces what machines said once it is applied.

    What a person or an agent corrected stays. A proposal that is open already is returned when it is of the same
    extractor and model; one of another is a 409.
    """
    wanted = body or ReextractIn.model_construct()
    proposal = propose(
        find_session(request, session_id),
        extractor=wanted.extractor or "",
        model=wanted.model,
        applies_at_once=wanted.apply,
    )
    if wanted.apply and proposal.status == Reextraction.Status.READY:
        proposal = exchange(proposal.pk)
    begin(proposal)
    return reply(as_wire(proposal))


@router.get(
    "/reextraction/{reextraction_id}",
    response=Envelope[ReextractionDetailsOut],
    operation_id="get_reextraction",
    summary="How it stands, and what it would change",
)
def get_reextraction(request: ApiRequest, reextraction_id: str) -> HttpResponse:
    """Return how far the reading is and, once it is ready, each task as it is now and as it would be then."""
    return reply(with_preview(find_reextraction(request, reextraction_id)))


@router.post(
    "/reextraction/{reextraction_id}/apply",
    response=Envelope[ReextractionOut],
    operation_id="apply_reextraction",
    summary="Replace the session's tasks",
)
def apply_reextraction(request: ApiRequest, reextraction_id: str) -> HttpResponse:
    """Put what was read in the place of what was there, at once. A second call changes nothing; 409 before ready."""
    return reply(as_wire(exchange(find_reextraction(request, reextraction_id).pk)))


@router.post(
    "/reextraction/{reextraction_id}/discard",
    response=Envelope[ReextractionOut],
    operation_id="discard_reextraction",
    summary="Leave the session as it is",
)
def discard_reextraction(request: ApiRequest, reextraction_id: str) -> HttpResponse:
    """Give the proposal up, whether it is ready or still read. 409 when it is applied."""
    return reply(as_wire(discard(find_reextraction(request, reextraction_id))))
