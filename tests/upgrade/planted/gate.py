"""Where a step stands still: for an hour, when somebody holds its number."""

GATE = 62_000


def stands_still(step: int) -> str:
    held = f"SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE + step} AND granted"
    return f"SELECT CASE WHEN EXISTS ({held}) THEN pg_sleep(3600) END"
