"""A session's preferences while it is exchanged: those of the user's other sessions must come out of it right."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sessions.models import Session
from tasks.extraction.ledger import OWN, Ledger
from tasks.extraction.operations import PreferenceChange
from tasks.extraction.reading import current_preferences
from tasks.extraction.wording import normalized
from tasks.models import Preference

Status = Preference.Status


@dataclass
class Wishes:
    """Takes the session's preferences out, lets the steps say them again, and ends those again that had ended."""

    session: Session
    ended: list[Preference] = field(default_factory=list)

    def clear(self) -> None:
        """Delete what the session said; what it had replaced in other sessions holds again."""
        own = Preference.objects.filter(session=self.session)
        rows = list(own.select_related("replaced_by"))
        holding = {normalized(row.statement) for row in rows if row.status == Status.ACTIVE}
        self.ended = [row for row in rows if normalized(row.statement) not in holding and self._ended_elsewhere(row)]
        replaced = Preference.objects.filter(replaced_by__session=self.session).exclude(session=self.session)
        replaced.update(status=Status.ACTIVE, replaced_by=None)
        own.delete()

    def _ended_elsewhere(self, row: Preference) -> bool:
        if row.status == Status.WITHDRAWN:
            return True
        return row.replaced_by is not None and row.replaced_by.session_id != self.session.pk

    def named(self, changes: Sequence[PreferenceChange], ledger: Ledger) -> list[PreferenceChange]:
        """Return the changes with the ledger's handles exchanged for those of rows; found by what they say."""
        rows = {normalized(row.statement): f"P{row.pk}" for row in current_preferences(self.session)}
        named = []
        for change in changes:
            if change.target.startswith(OWN):
                known = ledger.preferences.get(change.target)
                target = rows.get(normalized(known.statement), "") if known else ""
                change = change.model_copy(update={"target": target})
            named.append(change)
        return named

    def restore(self) -> None:
        """End what a later session replaced or took back: the same statement, or one from the same messages."""
        for row in Preference.objects.filter(session=self.session, status=Status.ACTIVE):
            for old in self.ended:
                if normalized(old.statement) == normalized(row.statement) or old.evidence == row.evidence:
                    row.status, row.replaced_by_id = old.status, old.replaced_by_id
                    row.save(update_fields=["status", "replaced_by"])
                    break
