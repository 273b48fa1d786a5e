"""The import beside COPY and the same checks and inserts in SQL, search words and sounds of names included."""

from __future__ import annotations

import csv
import io
import resource
import statistics
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.records.imports.command import run_import_file

from .company import SIZES
from .measure import Figure, timed

HEADER = [
    "姓名",
    "性别",
    "出生日期",
    "手机",
    "家庭住址",
    "健康状况",
    "是否购买",
    "购买产品",
    "购买金额",
    "活动名称",
    "满意代表",
    "建档日期",
    "备注",
]
SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗", "建国秀英桂兰玉梅淑珍志强丽华文明春生"
SOUNDS = "CREATE TEMP TABLE hand_sound (char text PRIMARY KEY, sound text) ON COMMIT DROP"
STAGE = """
CREATE TEMP TABLE hand_stage (line serial, name text, gender text, born text, phone text, address text, health text,
  purchased text, product text, amount text, event text, rep text, day text, remark text) ON COMMIT DROP
"""
CHECK = """
CREATE TEMP TABLE hand_good ON COMMIT DROP AS
SELECT line, btrim(h.name) AS name, regexp_replace(translate(h.phone, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g') AS phone,
  CASE gender WHEN '男' THEN 'male' WHEN '女' THEN 'female' ELSE '' END AS gender, replace(replace(born, '/', '-'), '.', '-')::date AS born,
  address, health, purchased = '是' AS purchased, product, nullif(regexp_replace(amount, '[^0-9.]', '', 'g'), '')::numeric AS amount,
  event, replace(replace(day, '/', '-'), '.', '-')::date AS day, remark, s.id AS rep_id, p.unit_id
FROM hand_stage h LEFT JOIN org_staff s ON s.name = h.rep LEFT JOIN org_post p ON p.staff_id = s.id AND p.is_main
WHERE btrim(h.name) <> '' AND regexp_replace(h.phone, '[^0-9]', '', 'g') ~ '^(86)?1[3-9][0-9]{9}$'
  AND replace(replace(day, '/', '-'), '.', '-') ~ '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$'
"""
PEOPLE = """
INSERT INTO customers_customer (number, kind, name, pinyin, initials, phone, owner_id, unit_id, status, type, grade, gender,
  birth_on, birth_is_lunar, address, company_name, industry, source, route, need, remark, is_do_not_disturb, search, own,
  version, created_at, updated_at, collected_by_id)
SELECT DISTINCT ON (phone, name) 'K' || lpad(nextval('customers_number')::text, 8, '0'), 'person', name,
  a.sound || ' ' || b.sound || ' ' || c.sound, left(a.sound, 1) || left(b.sound, 1) || left(c.sound, 1), phone,
  rep_id, unit_id, 'potential', '', '', gender, born, FALSE, address, '', '', '', '', '', '', FALSE,
  array_to_tsvector(ARRAY['#' || reverse(phone), left(name, 2), right(name, 2), right(name, 1), '*' || c.sound,
    '*' || b.sound || c.sound, '*' || a.sound || b.sound || c.sound, '~' || left(b.sound, 1) || left(c.sound, 1),
    '~' || left(a.sound, 1) || left(b.sound, 1) || left(c.sound, 1)]), '{}', 1, %(now)s, %(now)s, rep_id
FROM hand_good g JOIN hand_sound a ON a.char = left(name, 1) JOIN hand_sound b ON b.char = substr(name, 2, 1)
JOIN hand_sound c ON c.char = right(name, 1)
WHERE NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.phone = g.phone AND c.name = g.name
  AND c.kind = 'person' AND c.removed_at IS NULL)
ORDER BY phone, name, line ON CONFLICT DO NOTHING
"""
HISTORY = """
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT c.id, v.field, v.value, %(now)s FROM customers_customer c
CROSS JOIN LATERAL (VALUES ('owner', c.owner_id::text), ('unit', c.unit_id::text), ('status', c.status)) v(field, value)
WHERE c.created_at = %(now)s AND v.value IS NOT NULL
"""
FORMS = """
INSERT INTO archive_fileform (number, customer_id, event_name, completed_on, purchased, product, amount, health,
  representative_id, unit_id, remark, version, created_at, updated_at)
SELECT 'D' || lpad(nextval('archive_form_number')::text, 8, '0'), x.id, x.event, x.day, x.purchased, x.product, x.amount,
  x.health, x.rep_id, x.unit_id, x.remark, 1, %(now)s, %(now)s
FROM (SELECT DISTINCT ON (c.id, g.event, g.day) c.id, g.* FROM (SELECT line, name, phone, event, day, purchased, product,
    amount, health, rep_id, unit_id, remark FROM hand_good) g
  JOIN customers_customer c ON c.phone = g.phone AND c.name = g.name AND c.kind = 'person' AND c.removed_at IS NULL
  ORDER BY c.id, g.event, g.day, g.line) x
WHERE NOT EXISTS (SELECT 1 FROM archive_fileform f WHERE f.customer_id = x.id AND f.event_name = x.event
  AND f.completed_on = x.day AND f.removed_at IS NULL)
ON CONFLICT DO NOTHING
"""
TRAIL = """
WITH head AS (INSERT INTO audit_entry (at, name, via, who, address, kind, changes, personal)
  VALUES (%(now)s, 'bench', 'command', 'bench', '', 'import', '{}', '{}') RETURNING id)
INSERT INTO audit_item (entry_id, kind, subject_id)
SELECT head.id, x.kind, x.id FROM head, (SELECT 'customer' AS kind, id FROM customers_customer WHERE created_at = %(now)s
  UNION ALL SELECT 'fileform', id FROM archive_fileform WHERE created_at = %(now)s) x
"""


def write_file(path: Path, *, rows: int, prefix: int, reps: list[str]) -> None:
    surnames, given = SURNAMES, GIVEN
    first = clock.today() - timedelta(days=70)
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for i in range(rows):
            name = surnames[i % 20] + given[i * 7 % len(given)] + given[i * 3 % 17]
            day = (first + timedelta(days=i % 60)).strftime(("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d")[i % 3])
            buys = i % 3 == 0
            out.writerow(
                [name, "男女"[i % 2], f"19{40 + i % 30}-0{1 + i % 9}-1{i % 9}", f"{prefix}{i:08}", f"解放路{i}号", "良好",
                 "是" if buys else "否", "鱼油" if buys else "", "1,980.00" if buys else "", f"活动{i % 8}", reps[i % len(reps)], day, ""]
            )  # fmt: skip


def by_hand(path: Path) -> None:
    text = path.read_text("gb18030")
    values = {"now": clock.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGE)
        cursor.execute(SOUNDS)
        sounds = [(char, pinyin.sort_key(char)) for char in SURNAMES + GIVEN]
        cursor.executemany("INSERT INTO hand_sound VALUES (%s, %s)", sounds)
        columns = "name, gender, born, phone, address, health, purchased, product, amount, event, rep, day, remark"
        with cursor.copy(f"COPY hand_stage ({columns}) FROM STDIN WITH (FORMAT csv, HEADER, NULL '-')") as copy:  # type: ignore[attr-defined]  # psycopg's
            reader = io.StringIO(text)
            while block := reader.read(65536):
                copy.write(block)
        for sql in (CHECK, PEOPLE, HISTORY, FORMS, TRAIL):
            cursor.execute(sql, values if "%(now)s" in sql else None)


def import_figures(rows: int = 100_000, times: int = 2) -> list[Figure]:
    gm = Staff.objects.get(account__login="gm")
    actor = Actor(gm.name, "command", account_id=gm.account_id, staff_id=gm.pk)
    reps = list(Staff.objects.filter(name__startswith="rep").order_by("id").values_list("name", flat=True)[:40])
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(times):
            ours, hand = Path(folder) / "ours.csv", Path(folder) / "hand.csv"
            write_file(ours, rows=rows, prefix=150 + turn, reps=reps)
            write_file(hand, rows=rows, prefix=180 + turn, reps=reps)
            mine.append(timed(partial(_imported, ours, actor, rows)))
            theirs.append(timed(partial(by_hand, hand)))
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE customers_customer, archive_fileform")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    note = f"{rows:,} rows; {rows / statistics.median(mine) * 1000:,.0f} rows a second; process peak {peak} MB"
    return [
        Figure("import of people with file forms", statistics.median(mine), statistics.median(theirs), 1.5, note=note)
    ]


def _imported(path: Path, actor: Actor, rows: int) -> None:
    result = run_import_file(path, "file-forms", actor=actor, choices={"past": "fold"})
    if result["counts"].get("forms_new") != rows:
        raise RuntimeError(f"import took in {result['counts']}")


def figures(size: str) -> list[Figure]:
    return import_figures(rows=min(100_000, SIZES[size].customers))
