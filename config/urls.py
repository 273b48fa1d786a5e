from django.urls import URLPattern, URLResolver, include, path

from guanxi.base.org.web import public
from guanxi.base.ui import urls as ui_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("guanxi.edge.api.urls")),
    path("", include(ui_urls.patterns(public))),
    path("", include("guanxi.base.org.urls")),
    path("", include("guanxi.base.records.urls")),
    path("", include("guanxi.core.customers.urls")),
    path("", include("guanxi.core.privacy.urls")),
    path("", include("guanxi.core.activities.urls")),
    path("", include("guanxi.core.documents.urls")),
    path("", include("guanxi.core.messaging.urls")),
    path("", include("guanxi.core.rulebooks.urls")),
    path("", include("guanxi.domain.archive.urls")),
    path("", include("guanxi.edge.ops.urls")),
]

handler400 = "guanxi.base.ui.errors.handler400"
handler404 = "guanxi.base.ui.errors.handler404"
handler403 = "guanxi.base.ui.errors.handler403"
handler500 = "guanxi.base.ui.errors.handler500"
