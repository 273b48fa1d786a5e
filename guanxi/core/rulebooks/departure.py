"""Open duties keep somebody from leaving until others have them (ORG-06)."""

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.blockers import Blocker

from .models import Duty

OPEN_DUTIES = Blocker(
    key="duties",
    kind=Duty.KIND,
    label=_("Duties"),
    count=lambda staff_id: Duty.objects.open().filter(assignee_id=staff_id).count(),
    url=lambda staff_id: f"/duties?person={staff_id}",
)
