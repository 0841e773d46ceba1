"""A conversation to be searched, and searching over the API, as the tests of it do."""

import httpx

from sessions.models import Project, Session
from tasks.search.indexing import catch_up
from tests.factories import PHONES, make_session, make_task, store


def indexed_phones(project: Project) -> Session:
    """A session of one user with one task, which search knows."""
    session = make_session(project, user="lena", title="Phones")
    store(session, *PHONES)
    make_task(session, "Compare the iPhone 14 with the iPhone 15", status="success")
    catch_up(60)
    return session


def found(api: httpx.Client, q: str, **query: object) -> list[str]:
    answer = api.get("/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return [hit["snippet"] for hit in answer.json()["data"]["items"]]
