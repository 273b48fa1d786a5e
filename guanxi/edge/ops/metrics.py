"""A few figures in the text format that collectors read; all from the database, so any process may answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from guanxi.base.kernel import space


@dataclass(frozen=True)
class Measure:
    name: str
    help: str
    # One row per value: the value, then the labels named in `labels`.
    sql: str
    labels: tuple[str, ...] = ()


MEASURES = [
    Measure(
        "guanxi_jobs",
        "Jobs by state.",
        "SELECT count(*), status::text FROM procrastinate_jobs GROUP BY status ORDER BY status",
        ("state",),
    ),
    Measure(
        "guanxi_oldest_waiting_job_seconds",
        "How long the oldest job that is due has waited.",
        """SELECT coalesce(extract(epoch FROM now() - min(coalesce(job.scheduled_at, event.at))), 0)
           FROM procrastinate_jobs job
           LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
           WHERE job.status = 'todo' AND coalesce(job.scheduled_at, event.at) <= now()""",
    ),
    Measure(
        "guanxi_revivals",
        "Jobs taken up again after their worker died.",
        "SELECT coalesce(sum(times), 0) FROM ops_revival",
    ),
    Measure(
        "guanxi_workers",
        "Workers heard of in the last half minute.",
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'",
    ),
    Measure(
        "guanxi_database_connections",
        "Connections to the database.",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    ),
    # Without any they count from when this installation was first looked after, so that silence is an alarm too.
    Measure(
        "guanxi_backup_verified_age_seconds",
        "How old the newest backup is that was found to bring everything back.",
        """SELECT extract(epoch FROM now() - coalesce(
             (SELECT max(least(finished_at, verified_at)) FROM ops_keptset WHERE is_good AND gone_at IS NULL), since))
           FROM ops_backupplan""",
    ),
    Measure(
        "guanxi_backup_age_seconds",
        "How old the newest backup is.",
        """SELECT extract(epoch FROM now() - coalesce(
             (SELECT max(finished_at) FROM ops_keptset WHERE trouble = '' AND gone_at IS NULL), since))
           FROM ops_backupplan""",
    ),
    Measure("guanxi_database_bytes", "Size of the database.", "SELECT pg_database_size(current_database())"),
]


def text() -> str:
    return "".join(line for measure in MEASURES for line in _lines(measure)) + "".join(_of_disks())


def _of_disks() -> Iterator[str]:
    yield "# HELP guanxi_disk_free_bytes Room on the disk of each place.\n# TYPE guanxi_disk_free_bytes gauge\n"
    for volume in space.volumes():
        yield f'guanxi_disk_free_bytes{{place="{volume.place}"}} {volume.free}\n'
    yield "# HELP guanxi_disk_short Less room than must stay free.\n# TYPE guanxi_disk_short gauge\n"
    for volume in space.volumes():
        yield f'guanxi_disk_short{{place="{volume.place}"}} {volume.is_short:d}\n'


def _lines(measure: Measure) -> Iterator[str]:
    yield f"# HELP {measure.name} {measure.help}\n# TYPE {measure.name} gauge\n"
    with connection.cursor() as cursor:
        cursor.execute(measure.sql)
        for value, *labels in cursor.fetchall():
            pairs = ",".join(f'{name}="{label}"' for name, label in zip(measure.labels, labels, strict=True))
            yield f"{measure.name}{{{pairs}}} {value}\n" if pairs else f"{measure.name} {value}\n"
