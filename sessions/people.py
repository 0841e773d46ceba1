"""Who may look at a project and change it. A project always has an owner."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from sessions.errors import BadRequest, Conflict
from sessions.models import Membership, Project

Role = Membership.Role


@transaction.atomic
def add_person(project: Project, *, username: str, role: str) -> Membership:
    """Make someone who has an account a member; raises BadRequest for an unknown name, Conflict for a member."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise BadRequest(_("There is no account named %(name)s.") % {"name": username})
    membership, is_new = Membership.objects.get_or_create(user=person, project=project, defaults={"role": role})
    if not is_new:
        role = membership.get_role_display().lower()
        raise Conflict(_("%(name)s is %(role)s already.") % {"name": username, "role": role})
    return membership


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """Give a member another role; raises Conflict when the project would have no owner."""
    if role != Role.OWNER:
        _keep_an_owner(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove_person(membership: Membership) -> None:
    """Take a member out; raises Conflict when the project would have no owner."""
    _keep_an_owner(membership)
    Membership.objects.filter(pk=membership.pk).delete()


def _keep_an_owner(membership: Membership) -> None:
    """Hold the project's row, so that two owners cannot remove each other at once."""
    Project.objects.select_for_update().get(pk=membership.project_id)
    owners = Membership.objects.filter(project=membership.project_id, role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise Conflict(_("The last owner stays: make someone else an owner first."))


@transaction.atomic
def found_project(founder: User, *, name: str) -> Project:
    """Make a project that someone owns."""
    project = Project.objects.create(name=name)
    Membership.objects.create(user=founder, project=project, role=Role.OWNER)
    return project
