"""The days since the whole rulebook holds: lists of events, forms going from hand to hand, what was lent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.actions.attendance import Gathering, take_attendance
from guanxi.domain.archive.actions.transfer import receive_transfer, send_forms
from guanxi.domain.archive.models import Custody, CustodyEntry, FileForm, Moved

from .cast import DOCTOR, PEOPLE, REPRESENTATIVE
from .company import actor_of
from .plan import Form

People = Mapping[str, Staff]
# Days ago the whole text came into force.
WHOLE = 10
# Of 100 lists, so many are sent the next morning; the others a day late.
PUNCTUAL, BROUGHT_NOBODY = 93, 40
MANAGERS, KEEPERS = {"KH-CD": "linlan", "KH-HZ": "shaoping"}, {"KH-CD": "shenjie", "KH-HZ": "guming"}


def in_hand(rows: Sequence[FileForm]) -> None:
    """What filling in a form does to its custody, for the forms of an evening: the paper is with who filled it in."""
    for row in rows:
        row.custody, row.holder_id, row.held_since = Custody.REPRESENTATIVE, row.representative_id, row.created_at


def begin_ways(rows: Sequence[FileForm]) -> None:
    CustodyEntry.objects.bulk_create(
        CustodyEntry(
            form=row,
            state=row.custody,
            moved=Moved.COMPLETED,
            holder_id=row.holder_id,
            recorded_by_id=row.holder_id,
            at=row.created_at,
        )
        for row in rows
    )


def list_guests(forms: Sequence[Form], staff: People, dice: Random) -> None:
    """The sales manager writes down who came to each event; now and then somebody whose form is still missing."""
    by_event: dict[tuple[str, str], list[Form]] = defaultdict(list)
    for form in forms:
        by_event[form.guest.branch, form.event].append(form)
    for (branch, event), brought in by_event.items():
        ids = [form.guest.id for form in brought]
        friend = _somebody_else(ids, dice)
        guests = [*ids, *([friend] if friend else [])]
        buyers = {form.guest.id for form in brought if form.purchased}
        manager = actor_of(staff[MANAGERS[branch]])
        take_attendance(Gathering(event, clock.today(), guests, buyers=buyers), actor=manager)


def _somebody_else(ids: Sequence[int], dice: Random) -> int | None:
    """A neighbour of the first guest, with the same representative."""
    if dice.randrange(100) < BROUGHT_NOBODY:
        return None
    owner = Customer.objects.filter(id=ids[0]).values_list("owner_id", flat=True)[0]
    rows = Customer.objects.kept().filter(owner_id=owner, kind="person", deceased_on=None, is_do_not_disturb=False)
    others = list(rows.exclude(id__in=ids).order_by("id").values_list("id", flat=True))
    return dice.choice(others) if others else None


def go_from_hand_to_hand(staff: People, dice: Random) -> None:
    """In the morning: what was filled in yesterday goes to the sales manager, what the manager has to the doctor."""
    for branch, manager in MANAGERS.items():
        _to_the_doctor(staff[manager], staff[KEEPERS[branch]])
        for person in PEOPLE:
            if person.jobs[0].role == REPRESENTATIVE and person.jobs[0].unit.startswith(branch):
                _to_the_manager(staff[person.login], staff[manager], dice)


def _to_the_manager(representative: Staff, manager: Staff, dice: Random) -> None:
    forms = _held(representative, Custody.REPRESENTATIVE)
    if representative.left_on or not forms:
        return
    is_late = clock.local_date(forms[0].held_since or clock.now()) < clock.today() - timedelta(days=1)
    if is_late or dice.randrange(100) < PUNCTUAL:
        _hand_over(forms, representative, manager, "sales-manager")


def _to_the_doctor(manager: Staff, doctor: Staff) -> None:
    if forms := _held(manager, Custody.MANAGER):
        _hand_over(forms, manager, doctor, DOCTOR)


def _held(holder: Staff, state: object) -> list[FileForm]:
    return list(FileForm.objects.kept().filter(holder=holder, custody=state).order_by("id"))


def _hand_over(forms: Sequence[FileForm], giver: Staff, taker: Staff, role: str) -> None:
    transfer = send_forms(FileForm.KIND, [form.pk for form in forms], taker, actor=actor_of(giver), role=role)
    receive_transfer(transfer.pk, actor=actor_of(taker))
