"""Names as people here have them: a few surnames for very many, given names spread wide, none tied to an owner."""

from __future__ import annotations

from django.db import connection

from guanxi.base.kernel import pinyin

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "建国秀英桂兰玉梅淑珍志强丽华明春红军文平海燕霞伟芳娜敏静艳勇杰娟涛超波辉刚健俊峰磊鹏斌浩亮飞鑫宇晨雪琴云莲凤洁颖琳雯怡婷慧莹倩佳欣悦萍荣爱翠香月莺媛瑞凡嘉琼勤贞莉"
    "毓卉瑶允舒影荔枝思蓉眉君苑婕馨瑗琰韵融园艺咏卿聪澜纯悠昭冰爽琬茗羽希宁福生龙元全胜学祥才发武新利清彬富顺信子良岩裕河哲江超浩亮政谦亨奇固"
)
# Reading a uniform number squared makes the first of a table much more frequent than the last.
TABLE = """
CREATE TABLE bench_char (kind text, position int, char text, sound text, PRIMARY KEY (kind, position))
"""
# A number between 0 and 1 for row `i`, the same each time; another `{salt}` gives another one.
UNIFORM = "((hashint8extended(i, {salt}) & 1073741823) / 1073741824.0)"
NAME = f"""
SELECT s.char || g.char || COALESCE(h.char, '') AS name,
  concat_ws(' ', s.sound, g.sound, h.sound) AS pinyin,
  left(s.sound, 1) || left(g.sound, 1) || COALESCE(left(h.sound, 1), '') AS initials,
  array_remove(ARRAY[
    COALESCE(h.char, g.char), s.char || g.char, g.char || h.char,
    '*' || COALESCE(h.sound, g.sound), '*' || g.sound || h.sound, '*' || s.sound || g.sound || COALESCE(h.sound, ''),
    '~' || left(g.sound, 1) || left(h.sound, 1), '~' || left(s.sound, 1) || left(g.sound, 1) || COALESCE(left(h.sound, 1), '')
  ], NULL) AS words
FROM bench_char s JOIN bench_char g ON g.kind = 'given'
  AND g.position = floor({len(GIVEN)} * power({UNIFORM.format(salt=2)}, 2))::int
LEFT JOIN bench_char h ON h.kind = 'given' AND {UNIFORM.format(salt=4)} < 0.85
  AND h.position = floor({len(GIVEN)} * power({UNIFORM.format(salt=3)}, 2))::int
WHERE s.kind = 'surname' AND s.position = floor({len(SURNAMES)} * power({UNIFORM.format(salt=1)}, 2))::int
"""


def build_names() -> None:
    rows = [
        (kind, position, char, pinyin.sort_key(char, is_person=kind == "surname"))
        for kind, chars in (("surname", SURNAMES), ("given", GIVEN))
        for position, char in enumerate(chars)
    ]
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.executemany("INSERT INTO bench_char VALUES (%s, %s, %s, %s)", rows)
