"""A task's user is that of its session, whoever writes either and by whatever path."""

from sessions.models import EndUser, Project, Session
from tasks.copying import copy_session
from tasks.models import Task
from tests.factories import make_session, make_task


def users_of(session: Session) -> set[str | None]:
    return set(Task.all_objects.filter(session=session).values_list("end_user__identifier", flat=True))


def test_a_new_task_has_the_user_of_its_session(project: Project) -> None:
    session, nobodys = make_session(project, user="ada"), make_session(project)
    for each in (session, nobodys):
        make_task(each)
        Task.objects.bulk_create(Task(project=project, session=each, order=order, description="x") for order in (2, 3))
    assert users_of(session) == {"ada"}
    assert users_of(nobodys) == {None}


def test_tasks_go_with_their_session_to_another_user(project: Project) -> None:
    session, other = make_session(project, user="ada"), make_session(project, user="ada")
    make_task(session)
    make_task(session)
    make_task(other)
    session.end_user = EndUser.objects.create(project=project, identifier="bob")
    session.save()
    assert users_of(session) == {"bob"}
    assert users_of(other) == {"ada"}
    Session.objects.filter(pk=session.pk).update(end_user=None)
    assert users_of(session) == {None}


def test_a_copy_has_the_user_of_the_copied(project: Project) -> None:
    session = make_session(project, user="ada")
    make_task(session)
    copy_session(project, session.pk)
    assert users_of(Session.objects.exclude(pk=session.pk).get()) == {"ada"}


def test_a_user_takes_all_tasks_along(project: Project) -> None:
    make_task(make_session(project, user="ada"))
    kept = make_task(make_session(project, user="bob"))
    EndUser.objects.get(identifier="ada").delete()
    assert list(Task.all_objects.all()) == [kept]
