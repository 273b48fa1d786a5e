"""The product, and the toy beside it."""

from django.urls import URLPattern, URLResolver, include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product
from guanxi.base.records.screens.urls import record_urls

from .gift import GIFTS

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((record_urls(GIFTS), "toy"))),
    *product,
]
