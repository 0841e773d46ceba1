"""Questions of fixed wording: the same answers as through the ORM."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import Message, Project, Session
from sessions.prepared import columns, objects, rows
from tasks.models import ExtractionRun, Reextraction
from tasks.reextraction.selecting import newest_run_that_counts, runs_that_count
from tests.factories import PHONES, make_session, store

OF_SESSION = "FROM agent_sessions_message AS message WHERE session_id = %(session)s ORDER BY seq"


def values_of(found: list[Message]) -> list[dict[str, object]]:
    return [{field.attname: getattr(row, field.attname) for field in Message._meta.concrete_fields} for row in found]


def test_objects_are_those_of_the_orm(project: Project) -> None:
    session = make_session(project)
    store(session, *PHONES)
    found = objects(Message, f"SELECT {columns(Message, 'message')} {OF_SESSION}", {"session": session.pk})
    assert len(found) == len(PHONES)
    assert values_of(found) == values_of(list(session.messages.order_by("seq")))
    assert not any(row.get_deferred_fields() for row in found)


def test_columns_that_are_not_asked_for_are_deferred(project: Project) -> None:
    session = make_session(project)
    store(session, PHONES[0])
    chosen = columns(Message, "message", "seq", "id")
    (found,) = objects(Message, f"SELECT {chosen}, 7 AS lucky {OF_SESSION}", {"session": session.pk})
    assert found.get_deferred_fields() >= {"parts", "blob", "role"}
    assert (found.seq, found.role, vars(found)["lucky"]) == (1, "user", 7)


def test_columns_may_come_in_any_order(project: Project) -> None:
    session = make_session(project, title="Ours", configs={"a": [1, None]})
    (found,) = objects(Session, "SELECT configs, title, id FROM agent_sessions_session", {})
    assert (found.pk, found.title, found.configs) == (session.pk, "Ours", {"a": [1, None]})


def test_questions_are_counted_as_any_other(project: Project) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert rows("SELECT %(n)s::int + 1", {"n": 1}) == [(2,)]
    assert len(asked) == 1
    assert "SELECT" in asked[0]["sql"]


def test_the_newest_run_is_that_of_the_orm(project: Project) -> None:
    session, other = make_session(project, generation=1), make_session(project, generation=1)

    def run(of: Session = session, **fields: object) -> ExtractionRun:
        values = {"from_seq": 1, "to_seq": 1, "trigger": "turn_end", "status": "ok", "generation": 1, **fields}
        return ExtractionRun.objects.create(project=project, session=of, **values)

    proposals = {
        status: Reextraction.objects.create(project=project, session=session, status=status, to_seq=1, generation=0)
        for status in (Reextraction.Status.READY, Reextraction.Status.APPLIED)
    }
    assert newest_run_that_counts(session) is None
    for fields in [{}, {"status": "failed"}, {"generation": 0}, {"of": other},
                   {"reextraction": proposals[Reextraction.Status.READY]},
                   {"reextraction": proposals[Reextraction.Status.APPLIED]}]:  # fmt: skip
        run(**fields)
        expected = runs_that_count().filter(session=session).order_by("-started_at").first()
        assert expected is not None
        assert newest_run_that_counts(session) == expected
