"""Is it up, is it ready, how is it doing. Nothing here tells a version, a host or a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from guanxi.base.org.addresses import address_of
from guanxi.base.org.web import public
from guanxi.edge.ops import metrics
from guanxi.edge.ops.reaper import SILENT_SECONDS


@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """This process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
def readyz(_request: HttpRequest) -> HttpResponse:
    checks = {name: _holds(check) for name, check in CHECKS.items()}
    return JsonResponse({"ready": all(checks.values()), "checks": checks}, status=200 if all(checks.values()) else 503)


PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@public
def metrics_page(request: HttpRequest) -> HttpResponse:
    """For a collector on this machine. What came through a proxy came from elsewhere."""
    if any(name in request.headers for name in PROXY_HEADERS) or not ip_address(address_of(request)).is_loopback:
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Error:
        return False


def is_database_reachable() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def is_migrated() -> bool:
    return _is_migrated() or _ask_again()


@lru_cache(maxsize=1)
def _is_migrated() -> bool:
    """Once true it stays true for this process; a new release is a new process."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _ask_again() -> bool:
    _is_migrated.cache_clear()
    return _is_migrated()


def is_worker_alive() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [SILENT_SECONDS],
        )
        return bool(cursor.fetchone()[0])


CHECKS: dict[str, Callable[[], bool]] = {
    "database": is_database_reachable,
    "migrations": is_migrated,
    "worker": is_worker_alive,
}
