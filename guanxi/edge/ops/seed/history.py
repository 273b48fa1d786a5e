"""Ten weeks lived through day by day with the clock moved: duties, lateness and messages are the engine's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.org.models import Post, Staff
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.packs import pack_text
from guanxi.core.rulebooks.phases import measuring
from guanxi.core.rulebooks.phases.run import run_phases
from guanxi.core.rulebooks.phases.scope import EVERYTHING
from guanxi.domain.archive import events as told
from guanxi.domain.archive.models import FileForm

from . import cases, custody, discipline, firsts
from .company import FOUNDER, actor_of, record_many
from .contacts import Writer
from .diary import Diary
from .plan import Form, Plan

DAYS, EFFECTIVE = 71, 56
COUNTED_FROM = date(2026, 1, 1)
PACK = "huixiao-archive"
FIRST_VERSION = Path(__file__).with_name("first_version.yaml")
COUNTED = [model._meta.db_table for model in (Customer, FileForm, Activity, Duty, Staff, Post)]


def live_through(plan: Plan, staff: Mapping[str, Staff], dice: Random) -> None:
    diary = Diary(dice, {person.pk: login for login, person in staff.items()})
    writer, now = Writer(dice), clock.now()
    for days_ago in range(DAYS, -1, -1):
        day = now.date() - timedelta(days=days_ago)
        with at(day, 8, before=now):
            morning(days_ago, staff, dice)
            diary.note_new_duties()
        with at(day, 20, before=now):
            written = [form for form in plan.forms if form.written_at.date() == day and form.written_at <= now]
            hand_in(written, with_custody=days_ago < custody.WHOLE)
            if days_ago < custody.WHOLE:
                custody.list_guests(written, staff, dice)
                firsts.of_the_day(days_ago, staff, dice)
                discipline.of_the_day(days_ago, staff)
            planned = diary.days.pop(day, [])
            # Today's work is only begun, at whatever hour the demo starts.
            writer.write_day(day, planned if days_ago else planned[::3])
            diary.note_new_duties()
    run_rules()


@contextmanager
def at(day: date, hour: int, *, before: datetime) -> Iterator[None]:
    with clock.standing_at(min(clock.start_of(day) + timedelta(hours=hour), before)):
        yield


def morning(days_ago: int, staff: Mapping[str, Staff], dice: Random) -> None:
    measuring.keep_day_end(clock.today() - timedelta(days=1))
    if days_ago == EFFECTIVE + 1:
        approve(FIRST_VERSION.read_text("utf-8"), staff)
    if days_ago == custody.WHOLE + 1:
        approve(pack_text(PACK), staff)
    if days_ago in (EFFECTIVE, custody.WHOLE):
        run_rules()
        _count_rows()
    if days_ago < custody.WHOLE:
        run_phases(("raise", "climb", "conclude"), EVERYTHING)
        # This morning's lists are still to be made.
        if days_ago:
            custody.go_from_hand_to_hand(staff, dice)
    elif days_ago < EFFECTIVE:
        run_phases(("climb",), EVERYTHING)
    cases.of_the_day(days_ago, staff)


def _count_rows() -> None:
    """All this is one transaction: without fresh counts the server plans for empty tables to the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE customers_customer, archive_fileform, activities_activity, rulebooks_duty, org_staff, org_post"
        )


def approve(text: str, staff: Mapping[str, Staff]) -> None:
    """Drafted by the administrator. All forms of this year count, old ones that are imported later too: past callbacks
    are held against nobody."""
    version = save_draft(text, actor=actor_of(staff["zhoukai"]))
    tomorrow = clock.today() + timedelta(days=1)
    general_manager = actor_of(staff["liangzhendong"])
    approve_version(version.pk, effective_on=tomorrow, anchors_from=COUNTED_FROM, actor=general_manager)


def hand_in(forms: list[Form], *, with_custody: bool) -> None:
    """What `complete_file_form` does, for the forms of an evening; rules follow in the same transaction."""
    if not forms:
        return
    owners = cases.owners_of([form.guest.id for form in forms])
    rows = [
        FileForm(
            customer_id=form.guest.id,
            event_name=form.event,
            completed_on=form.completed_on,
            purchased=form.purchased,
            product=form.product,
            amount=form.amount,
            health=form.health,
            remark=form.remark,
            representative_id=owners[form.guest.id][0],
            unit_id=owners[form.guest.id][1],
            created_at=form.written_at,
            updated_at=form.written_at,
        )
        for form in forms
    ]
    if with_custody:
        custody.in_hand(rows)
    ids = [row.pk for row in FileForm.objects.bulk_create(rows)]
    if with_custody:
        custody.begin_ways(rows)
    record_many(FileForm.KIND, ids, name=told.COMPLETED)
    events.publish(Event(told.COMPLETED, FileForm.KIND, ids), actor=FOUNDER)
