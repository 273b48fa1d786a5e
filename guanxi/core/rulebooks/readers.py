"""For whom a version holds, and who of them has confirmed having read it (POL-10)."""

from __future__ import annotations

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from psycopg.types.json import Jsonb

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may

from .models import Reading, Rulebook, Version
from .phases.running import versions_in_force

TO_READ = "rulebooks:version:to_read"
BELOW = """
WITH RECURSIVE below(id) AS (
  SELECT id FROM org_unit WHERE id = ANY(%s) UNION SELECT u.id FROM org_unit u JOIN below b ON u.parent_id = b.id)
SELECT id FROM below
"""
# One statement, however many people there are; each is told once of a version.
TELL = """
INSERT INTO messaging_message (recipient_id, kind, params, subject_kind, subject_id, group_key, dedupe_key, created_at)
SELECT s.id, %(kind)s, %(params)s, %(about)s, %(rulebook)s, '', %(kind)s || ':' || %(version)s || ':' || s.id, %(now)s
FROM org_staff s WHERE s.id = ANY(%(people)s) ON CONFLICT (dedupe_key) DO NOTHING
"""


def concerned(version: Version) -> QuerySet[Staff]:
    """Who has a post in its units or below today, with an account and the right to read it."""
    posts = current_posts().filter(role__grants__kind=Rulebook.KIND, role__grants__verb="read")
    if version.unit_ids:
        posts = posts.filter(unit_id__in=_units_below(version.unit_ids))
    people = Staff.objects.filter(Exists(posts.filter(staff_id=OuterRef("pk"))), account__is_active=True)
    return people.exclude(left_on__lt=clock.today())


def _units_below(unit_ids: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [unit_ids])
        return [row[0] for row in cursor.fetchall()]


def is_awaited(actor: Actor, version: Version) -> bool:
    """Whether the version holds for the actor, who has not confirmed it yet."""
    if actor.staff_id is None or version.readings.filter(staff_id=actor.staff_id).exists():
        return False
    return concerned(version).filter(id=actor.staff_id).exists()


def awaited_of(actor: Actor) -> list[int]:
    """The versions in force that still await the actor's confirmation; two queries and one per limited rulebook."""
    if actor.staff_id is None:
        return []
    read = Reading.objects.filter(staff_id=actor.staff_id).values("version_id")
    open_ones = Version.objects.filter(id__in=versions_in_force()).exclude(id__in=read).defer("text")
    return [version.pk for version in open_ones if concerned(version).filter(id=actor.staff_id).exists()]


def not_yet(version: Version) -> QuerySet[Staff]:
    read = version.readings.filter(staff_id=OuterRef("pk"))
    return concerned(version).exclude(Exists(read)).order_by("pinyin", "id")


def may_see_readers(actor: Actor) -> bool:
    """Whoever writes or approves rulebooks sees who has read them."""
    return may(actor, Rulebook.KIND, "create") or may(actor, Rulebook.KIND, "approve")


def ask_to_read(version: Version, *, actor: Actor) -> None:
    """Tells everybody concerned. Who approves has read it."""
    book = version.rulebook
    people = concerned(version)
    if actor.staff_id is not None:
        Reading.objects.get_or_create(version=version, staff_id=actor.staff_id, defaults={"confirmed_at": clock.now()})
        people = people.exclude(id=actor.staff_id)
    params = {
        "title": book.title,
        "title_en": book.title_en,
        "day": str(version.effective_on),
        "link": f"/rulebooks/{book.key}?version={version.number}",
    }
    values = {"kind": TO_READ, "params": Jsonb(params), "about": Rulebook.KIND, "rulebook": book.pk}
    values |= {"version": str(version.pk), "now": clock.now(), "people": list(people.values_list("id", flat=True))}
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
