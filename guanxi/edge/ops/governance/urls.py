"""Addresses of what keeps the house safe, under /settings/security."""

from django.urls import path

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls

from .models import DataIncident
from .screens import checklists, compliance, incidents, obligations, overview, reviews, risks, secrets

JUDGES = needs(DataIncident.KIND, "update")
urlpatterns = [
    path("settings/security", overview.overview, name="security"),
    path("settings/security/reviews", reviews.review_list, name="reviews"),
    path("settings/security/reviews/begin", reviews.begin, name="review-begin"),
    path("settings/security/reviews/<int:review_id>", reviews.review_page, name="review"),
    path("settings/security/reviews/<int:review_id>/confirm", reviews.confirm, name="review-confirm"),
    path("settings/security/reviews/<int:review_id>/close", reviews.close, name="review-close"),
    path("settings/security/reviews/<int:review_id>/file", reviews.review_file, name="review-file"),
    path("settings/security/review-lines/<int:line_id>", reviews.line_page, name="review-line"),
    path("settings/security/checks", compliance.checks, name="checks"),
    path("settings/security/checks/report", compliance.make, name="check-report-make"),
    path("settings/security/checks/<int:report_id>", compliance.report_page, name="check-report"),
    path("settings/security/checks/<int:report_id>/print", compliance.report_print, name="check-report-print"),
    path("settings/security/checks/<int:report_id>/file", compliance.report_file, name="check-report-file"),
    path("obligations", obligations.own, name="obligations"),
    path("settings/security/obligations", obligations.state, name="obligations-state"),
    path("settings/security/obligations/remind", obligations.reminders, name="obligations-remind"),
    path("settings/security/checklists", checklists.lists, name="checklists"),
    path("settings/security/checklists/<slug:of>/<slug:key>", checklists.item, name="checklist-item"),
    path("settings/security/classification", secrets.classification, name="classification"),
    path("settings/security/classification/save", secrets.classification_save, name="classification-save"),
    path("documents/<int:document_id>/level", secrets.document_level, name="document-level"),
    path("settings/security/networks", secrets.networks, name="networks"),
    path("settings/security/networks/add", secrets.network_add, name="network-add"),
    path("settings/security/networks/<int:range_id>/remove", secrets.network_remove, name="network-remove"),
    path("settings/security/trace", secrets.copies, name="trace"),
    path("data-incidents/<int:record_id>/judge", JUDGES(incidents.judge), name="dataincident-judge"),
    path("data-incidents/<int:record_id>/told", JUDGES(incidents.told), name="dataincident-told"),
    path("data-incidents/<int:record_id>/close", JUDGES(incidents.close), name="dataincident-close"),
    *record_urls(incidents.DATA_INCIDENTS),
    path("risks/matrix", risks.matrix, name="risk-matrix"),
    *record_urls(risks.RISKS),
]
