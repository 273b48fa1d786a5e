"""Addresses of what keeps the house safe, under /settings/security."""

from django.urls import path

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls

from .models import DataIncident
from .screens import compliance, incidents, overview, reviews, risks

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
    path("data-incidents/<int:record_id>/judge", JUDGES(incidents.judge), name="dataincident-judge"),
    path("data-incidents/<int:record_id>/told", JUDGES(incidents.told), name="dataincident-told"),
    path("data-incidents/<int:record_id>/close", JUDGES(incidents.close), name="dataincident-close"),
    *record_urls(incidents.DATA_INCIDENTS),
    path("risks/matrix", risks.matrix, name="risk-matrix"),
    *record_urls(risks.RISKS),
]
