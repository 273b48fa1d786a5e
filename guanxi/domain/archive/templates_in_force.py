"""Which version of a controlled form is used today."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Refused

from .models import FormTemplate


def in_force() -> QuerySet[FormTemplate]:
    """The newest version of each code that has begun and is not retired."""
    today = clock.today()
    begun = FormTemplate.objects.filter(effective_on__lte=today)
    current = begun.order_by("code", "-version").distinct("code").values("id")
    return FormTemplate.objects.filter(Q(retired_on=None) | Q(retired_on__gt=today), id__in=current).order_by("id")


def template_for(kind: str) -> FormTemplate:
    found = in_force().filter(kind=kind).first()
    if found is None:
        raise Refused(_("No version of this form is in force. Somebody who keeps the forms has to issue one."))
    return found
