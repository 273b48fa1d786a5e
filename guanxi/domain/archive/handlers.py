"""Forms follow their customer to the new owner."""

from django.db import connection

from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor

FOLLOW = """
UPDATE archive_fileform f SET representative_id = c.owner_id, unit_id = c.unit_id, version = f.version + 1
FROM customers_customer c WHERE c.id = f.customer_id AND c.id = ANY(%s) AND f.removed_at IS NULL
"""


ATTENDED = """
UPDATE archive_attendance a SET owner_id = c.owner_id, unit_id = c.unit_id
FROM customers_customer c WHERE c.id = a.customer_id AND c.id = ANY(%s) AND a.removed_at IS NULL
"""


def follow_customer(event: Event, actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [list(event.ids)])
        cursor.execute(ATTENDED, [list(event.ids)])
