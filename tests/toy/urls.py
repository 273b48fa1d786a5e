"""The product, and the toy beside it."""

from django.urls import URLPattern, URLResolver, include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product
from guanxi.base.records.screens.urls import record_urls
from guanxi.edge.api.interface import addresses, new_interface
from guanxi.edge.api.standard import standard_resource

from .gift import GIFTS

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

resource = standard_resource(GIFTS)
interface = new_interface("toy-api")
interface.add_router("", resource)
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((record_urls(GIFTS), "toy"))),
    path("api/v1/", include((addresses(interface, resource.endpoints), "toy-api"))),
    *product,
]
