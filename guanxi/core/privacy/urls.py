from django.urls import path

from guanxi.base.records.screens.urls import record_urls

from .screens import consents, pages, requests
from .screens.processors import PROCESSORS

app_name = "privacy"
urlpatterns = [
    path("privacy-notice", pages.notice, name="notice"),
    path("privacy/inventory", pages.inventory, name="inventory"),
    path("privacy/wordings", consents.wordings, name="wordings"),
    path("privacy/wordings/<int:purpose_id>/new", consents.new_wording, name="wording-new"),
    path("privacy/requests", requests.desk, name="requests"),
    path("privacy/requests/new", requests.new_request, name="request-new"),
    path("privacy/requests/<int:request_id>", requests.one_request, name="request"),
    path("privacy/requests/<int:request_id>/fulfil", requests.fulfil, name="request-fulfil"),
    path("privacy/requests/<int:request_id>/refuse", requests.refuse, name="request-refuse"),
    path("privacy/requests/<int:request_id>/file", requests.gather, name="request-file"),
    path("privacy/requests/<int:request_id>/download", requests.download, name="request-download"),
    path("privacy/requests/<int:request_id>/erase", requests.erase, name="request-erase"),
    path("privacy/requests/<int:request_id>/restrict", requests.restrict, name="request-restrict"),
    path("privacy/requests/<int:request_id>/hold", requests.hold, name="request-hold"),
    path("privacy/apart/<int:set_apart_id>/release", requests.release, name="release"),
    *record_urls(PROCESSORS),
    path("customers/<int:customer_id>/consents", consents.history, name="consents"),
    path("customers/<int:customer_id>/consents/record", consents.record, name="consent-record"),
    path("customers/<int:customer_id>/consents/withdraw", consents.withdraw, name="consent-withdraw"),
]
