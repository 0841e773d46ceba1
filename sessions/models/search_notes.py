"""What the store statement leaves for search."""

from django.db import models


class SearchNote(models.Model):
    """That messages of a session were stored, which search has not heard of yet.

    The table has no index, no foreign key and no constraint, not even its primary key (its migration drops it): a note
    is to cost storing as little as can be. Notes are taken away within seconds; see tasks/search/indexing.py.
    """

    session_id = models.UUIDField(primary_key=True)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.session_id} {self.first_seq}-{self.last_seq}"
