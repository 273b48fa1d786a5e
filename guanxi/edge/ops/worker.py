"""The process that runs jobs. It gives up its life rather than a job: see `leave_with_the_database`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import django
import psycopg

from guanxi.edge.ops.reaper import HEARTBEAT_SECONDS

if TYPE_CHECKING:
    from procrastinate.job_context import JobContext
    from procrastinate.middleware import AsyncCallNext
    from procrastinate.worker import Worker

LOST_DATABASE = 70


async def leave_with_the_database(call_next: AsyncCallNext, context: JobContext, worker: Worker) -> Any:
    """A job that loses its connection did not fail: end here, and the reaper has it run again."""
    from guanxi.base.org import stamps

    try:
        with stamps.held():
            return await call_next()
    except Exception as error:
        if is_connection_loss(error):
            os._exit(LOST_DATABASE)
        raise


def is_connection_loss(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return error.sqlstate is None or error.sqlstate[:3] in {"57P", "080"}
        error = error.__cause__
    return False


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from guanxi.core.rulebooks.jobs import make_up_for_the_night
    from guanxi.edge.ops.backups.shipping import Shipper
    from guanxi.edge.ops.sealer import Sealer

    make_up_for_the_night()
    sealer, shipper = Sealer(), Shipper()
    sealer.start()
    shipper.start()
    try:
        asyncio.run(run())
    finally:
        sealer.stop()
        shipper.stop()


async def run(*, wait: bool = True) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as running:
        async with running.open_async():
            await running.run_worker_async(
                name=f"worker-{os.getpid()}",
                wait=wait,
                concurrency=2,
                fetch_job_polling_interval=2,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                shutdown_graceful_timeout=8,
                worker_middleware=[leave_with_the_database],
            )


if __name__ == "__main__":
    main()
