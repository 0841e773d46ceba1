"""The rows of what agents send. `Project` owns everything: every query starts from it."""

from sessions.models.assets import Asset, AssetUse
from sessions.models.events import SessionEvent
from sessions.models.messages import Message
from sessions.models.projects import ApiKey, EndUser, Membership, Project
from sessions.models.saved_views import SavedView
from sessions.models.search_notes import SearchNote
from sessions.models.sessions import Session

__all__ = [
    "ApiKey",
    "Asset",
    "AssetUse",
    "EndUser",
    "Membership",
    "Message",
    "Project",
    "SavedView",
    "SearchNote",
    "Session",
    "SessionEvent",
]
