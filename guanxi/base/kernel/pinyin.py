"""How Chinese names sound: sort keys, initials, and the tokens and queries of search (one vector per record).

Tokens, each made so that one index look-up answers one way of typing a name:
    上海        two neighbouring characters, and the last character alone
    *jianguo    the sound from each syllable on, asked as a prefix: no cutting of typed pinyin into syllables
    ~jg         the initials from each syllable on, asked as a prefix
    #8765...    the digits of a phone backwards, asked as a prefix: any end of a number
    =c0001      codes and Latin words, asked as a prefix
Surnames sound otherwise than the same character inside a name (曾 zeng, 仇 qiu), so both sounds are findable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from .names import is_chinese_name, is_han
from .phone import digits_of

_SURNAME_TABLE = """
曾:zeng 仇:qiu 单:shan 解:xie 区:ou 查:zha 朴:piao 盖:ge 华:hua 任:ren 尉:wei 乐:yue 缪:miao 秘:bi 冼:xian
折:she 黑:he 逄:pang 翟:zhai 纪:ji 燕:yan 宁:ning 葛:ge 覃:qin 种:chong 召:shao 隗:wei 郗:xi 乜:nie 阚:kan
宓:mi 繁:po 牟:mou 郇:xun 句:gou 勾:gou 谌:chen 祭:zhai 过:guo 应:ying 那:na 么:yao 幺:yao 撒:sa 盛:sheng
车:che 干:gan 都:du 占:zhan 曲:qu 逯:lu 晟:cheng 员:yun 贠:yun 洗:xian 佴:nai 訾:zi 柏:bai 卜:bu 仉:zhang
相:xiang 行:xing 强:qiang 粘:nian 笮:ze 瞿:qu 贾:jia 藏:zang 石:shi 冯:feng 沈:shen 重:chong 称:cheng 适:kuo
洪:hong 哈:ha 厍:she 麴:qu 令:ling 万:wan 参:shen 哥:ge 杜:du 薄:bo 舍:she 少:shao 叶:ye 丁:ding 大:da
炅:gui 角:jue 逢:pang
尉迟:yu_chi 单于:chan_yu 万俟:mo_qi 长孙:zhang_sun 令狐:ling_hu 澹台:tan_tai 亓官:qi_guan 宰父:zai_fu
夏侯:xia_hou 皇甫:huang_fu 鲜于:xian_yu 拓跋:tuo_ba 呼延:hu_yan 欧阳:ou_yang 司马:si_ma 上官:shang_guan
诸葛:zhu_ge 东方:dong_fang 慕容:mu_rong 公孙:gong_sun 轩辕:xuan_yuan 宇文:yu_wen 太史:tai_shi 申屠:shen_tu
公冶:gong_ye 濮阳:pu_yang 淳于:chun_yu 钟离:zhong_li 闾丘:lv_qiu 司徒:si_tu 司空:si_kong 仲孙:zhong_sun
端木:duan_mu 南宫:nan_gong 独孤:du_gu 赫连:he_lian 贺兰:he_lan 百里:bai_li 东郭:dong_guo 西门:xi_men
"""
SURNAMES = dict(pair.split(":") for pair in _SURNAME_TABLE.split())
LONGEST_SOUND = 40
MOST_INITIALS = 6
# As many digits at the end of a phone as a mask leaves.
MASK_SHOWS = 4
SOUND_SIGNS = (("*", LONGEST_SOUND), ("~", MOST_INITIALS), ("=", LONGEST_SOUND))
_WORD = re.compile(r"[a-z0-9]+")
_SEPARATORS = re.compile(r"[\s,，、;；]+")
_WRITTEN_V = str.maketrans("ü", "v")


@dataclass(frozen=True)
class SearchQuery:
    """`tsquery` is cast with ::tsquery. With `recheck`, rows must also contain it (LIKE) in a name column. With
    `masked`, rows whose phone is masked for the reader must meet this query too: more of a phone than the mask shows
    finds them only when it is the whole number, or it could be found out digit by digit. `has_phone`: a part may be the
    end of one."""

    tsquery: str
    recheck: str = ""
    masked: str = ""
    has_phone: bool = False


def syllables(name: str, *, is_person: bool = True) -> list[str]:
    """One syllable a character; Latin words stay whole. 重庆 is read as a phrase in names of organisations."""
    if is_person and is_chinese_name(name):
        return _surname_sounds(name)
    return _phrase_sounds(name)


def sort_key(name: str, *, is_person: bool = True) -> str:
    """What the stored pinyin column holds: syllables apart, so that 西安 comes before 先."""
    return " ".join(syllables(name, is_person=is_person))


def initials(name: str, *, is_person: bool = True) -> str:
    return "".join(sound[0] for sound in syllables(name, is_person=is_person))


def search_tokens(
    name: str,
    *,
    phones: Iterable[str] = (),
    codes: Iterable[str] = (),
    other_names: Iterable[str] = (),
    is_person: bool = True,
) -> list[str]:
    """The distinct lexemes of a record, for `array_to_tsvector`. `other_names`: company, nickname, contact."""
    tokens = set(_name_tokens(name, is_person))
    for other in other_names:
        tokens.update(_name_tokens(other, False) if other else ())
    tokens.update(f"#{digits_of(phone)[::-1]}" for phone in phones if phone)
    tokens.update(f"={code.casefold()}" for code in codes if code)
    return sorted(tokens)


@dataclass(frozen=True)
class Words:
    """What a row keeps about how a name is written and sounds."""

    sort_key: str
    initials: str
    tokens: list[str]


def words_of_person(name: str, phone: str) -> Words:
    """The three at once, for imports of many people: three times as fast as asking one by one."""
    if not is_chinese_name(name):
        return Words(sort_key(name), initials(name), search_tokens(name, phones=(phone,)))
    sounds = _surname_sounds(name)
    plain = [_sound(char) for char in name]
    tokens = {*_pairs(name), name[-1], f"#{digits_of(phone)[::-1]}", *_tails(sounds)}
    if plain != sounds:
        tokens.update(_tails(plain))
    return Words(" ".join(sounds), "".join(sound[0] for sound in sounds), sorted(tokens))


def search_query(text: str) -> SearchQuery | None:
    """The query for what somebody typed into the search box; None when there is nothing to look for."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold().translate(_WRITTEN_V)
    parts = [part for part in _SEPARATORS.split(plain) if part]
    if not parts:
        return None
    has_phone = any(map(_phone_digits, parts))
    if len(parts) > 1 and all(_WORD.fullmatch(part) for part in parts):
        return SearchQuery(_several_latin(parts), masked=_for_masked(parts), has_phone=has_phone)
    rechecks = [part for part in parts if len(_han(part)) > 2]
    recheck = rechecks[0] if len(rechecks) == 1 else ""
    found = _together(parts)
    return SearchQuery(found, recheck, _for_masked(parts), has_phone) if found else None


def _for_masked(parts: list[str]) -> str:
    is_telling = any(len(_phone_digits(part)) > MASK_SHOWS for part in parts)
    return _together(parts, whole_phones=True) if is_telling else ""


def _together(parts: list[str], *, whole_phones: bool = False) -> str:
    asked = [query for part in parts if (query := _part(part, whole_phones=whole_phones))]
    return " & ".join(f"({query})" for query in asked)


def _several_latin(parts: list[str]) -> str:
    """`wang jian guo` is one name typed apart, `wang 5678` two things known of one person."""
    joined = "".join(parts)
    apart = _together(parts)
    return f"{apart} | {_prefix('*' + joined[:LONGEST_SOUND])}" if joined.isalpha() else apart


def _part(part: str, *, whole_phones: bool = False) -> str:
    if digits := _phone_digits(part):
        is_whole = whole_phones and len(digits) > MASK_SHOWS
        phone = (_quoted if is_whole else _prefix)("#" + digits[::-1])
        return f"{phone} | {_prefix('=' + part)}"
    if _WORD.fullmatch(part):
        return " | ".join(_prefix(sign + part[:limit]) for sign, limit in SOUND_SIGNS)
    han = _han(part)
    if not han:
        return _prefix("=" + part)
    if len(han) == 1:
        return _prefix(han)
    return " & ".join(_quoted(pair) for pair in _pairs(han))


def _phone_digits(part: str) -> str:
    """Four digits and more look like the end of a phone; with +86 or dashes it is the same number."""
    if not re.fullmatch(r"\+?[\d\-()]{4,}", part):
        return ""
    digits = digits_of(part)
    return digits[2:] if part.startswith("+86") else digits


def _name_tokens(name: str, is_person: bool) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", name).casefold()
    han = _han(plain)
    yield from _pairs(han)
    if han:
        yield han[-1]
    for sounds in _readings(name, is_person):
        yield from _tails(sounds)
    yield from (f"={word}" for word in _WORD.findall(plain))


def _readings(name: str, is_person: bool) -> list[list[str]]:
    sounds = syllables(name, is_person=is_person)
    plain = [_sound(char) for char in name] if is_person and is_chinese_name(name) else sounds
    return [sounds] if plain == sounds else [sounds, plain]


def _tails(sounds: list[str]) -> Iterable[str]:
    whole, firsts = "".join(sounds), "".join(sound[0] for sound in sounds)
    at = 0
    for start, sound in enumerate(sounds):
        yield "*" + whole[at : at + LONGEST_SOUND]
        # One letter alone is not worth a token: it would find a third of everybody.
        if start + 1 < len(sounds) or not start:
            yield "~" + firsts[start : start + MOST_INITIALS]
        at += len(sound)


def _pairs(han: str) -> list[str]:
    return [han[i : i + 2] for i in range(len(han) - 1)]


def _han(text: str) -> str:
    return "".join(char for char in text if is_han(char))


def _surname_sounds(name: str) -> list[str]:
    for length in (2, 1):
        sound = SURNAMES.get(name[:length])
        if sound and len(name) >= length:
            return sound.split("_") + [_sound(char) for char in name[length:]]
    return [_sound(char) for char in name]


@lru_cache(maxsize=30_000)
def _sound(char: str) -> str:
    return lazy_pinyin(char)[0].casefold() or char


@lru_cache(maxsize=20_000)
def _phrase_sounds(name: str) -> list[str]:
    """About 0.1 ms uncached, which only organisations and long names pay."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    sounds = (_WORD.findall(sound) or ([sound] if any(map(is_han, sound)) else []) for sound in lazy_pinyin(plain))
    return [word for words in sounds for word in words]


def _prefix(token: str) -> str:
    return f"{_quoted(token)}:*"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
