"""Surnames are read as surnames, and a name is found by either reading of its characters."""

from __future__ import annotations

import pytest

from guanxi.base.kernel.pinyin import search_tokens, sort_key
from tests.kernel.test_pinyin import finds

ONE = """
曾zeng 仇qiu 单shan 解xie 查zha 盖ge 区ou 任ren 华hua 朴piao 翟zhai 缪miao 尹yin 冼xian 覃qin 葛ge 乐yue 纪ji
应ying 过guo 宁ning 车che 石shi 沈shen 员yun 郇xun 秘bi 黑he 折she 种chong 召shao 燕yan 句gou 尉wei 祭zhai 那na
曲qu 都du 干gan 逄pang 牟mou 阚kan 郗xi 宓mi 繁po 薄bo 瞿qu 卜bu 谌chen 隗wei 乜nie 佴nai 粘nian 厍she 贠yun
么yao 幺yao 訾zi 仉zhang 相xiang 行xing 强qiang 柏bai 晟cheng 藏zang 洪hong 盛sheng 适kuo 参shen 万wan 冯feng
贾jia 吕lv 舍she 少shao 重chong 称cheng 炅gui 角jue
"""
TWO = """
尉迟:yu_chi 单于:chan_yu 万俟:mo_qi 长孙:zhang_sun 令狐:ling_hu 澹台:tan_tai 亓官:qi_guan 宰父:zai_fu
鲜于:xian_yu 呼延:hu_yan 赫连:he_lian 皇甫:huang_fu 申屠:shen_tu 仲孙:zhong_sun 轩辕:xuan_yuan 钟离:zhong_li
宇文:yu_wen 慕容:mu_rong 司马:si_ma 上官:shang_guan 欧阳:ou_yang 夏侯:xia_hou 诸葛:zhu_ge 东方:dong_fang
公冶:gong_ye 濮阳:pu_yang 淳于:chun_yu 闾丘:lv_qiu 司徒:si_tu 司空:si_kong 端木:duan_mu 乐正:yue_zheng
拓跋:tuo_ba 百里:bai_li 南宫:nan_gong 独孤:du_gu 贺兰:he_lan 宗政:zong_zheng
"""


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize("entry", ONE.split())
def test_of_one_character(entry: str) -> None:
    assert sort_key(f"{entry[0]}丽") == f"{entry[1:]} li"


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize("entry", TWO.split())
def test_of_two_characters(entry: str) -> None:
    surname, _colon, sounds = entry.partition(":")
    assert sort_key(f"{surname}丽") == sounds.replace("_", " ") + " li"


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize("typed", ["zengli", "cengli", "zl", "cl"])
def test_both_readings_find_the_name(typed: str) -> None:
    assert finds(typed, search_tokens("曾丽"))
