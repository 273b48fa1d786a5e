"""Who keeps the house safe: everybody whose role may change what stands under security."""

from __future__ import annotations

from guanxi.base.kernel import clock
from guanxi.base.org.models import Grant, Post


def keepers() -> list[int]:
    roles = Grant.objects.filter(kind="security", verb="update").values("role_id")
    today = clock.today()
    posts = Post.objects.filter(role_id__in=roles, starts_on__lte=today, staff__left_on=None)
    posts = posts.exclude(ends_on__lt=today)
    return list(posts.order_by("staff_id").values_list("staff_id", flat=True).distinct())
