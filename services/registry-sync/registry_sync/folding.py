"""Under which key do two spellings of one name, reading or address meet? For finding and comparing only; what is stored stays as it came.

Pure. A key folds widths and compatibility forms (NFKC), variant characters, small and large kana, signs between parts. It never
decides alone: `matching.py` asks for several identifiers.
"""

import re
import unicodedata
from functools import lru_cache

_VARIANTS = (
    "髙高 﨑崎 嵜崎 碕崎 邊辺 邉辺 齋斉 齊斉 斎斉 澤沢 廣広 國国 濱浜 濵浜 櫻桜 惠恵 眞真 圓円 榮栄 實実 德徳 龍竜 瀧滝 淵渕 渊渕 嶋島 嶌島 條条 亞亜 壽寿 "
    "藏蔵 鐵鉄 冨富 𠮷吉 槇槙 檜桧 彌弥 禮礼 靜静 鹽塩 來来 佛仏 區区 學学 會会 樂楽 氣気 總総 繩縄 萬万 莊荘 豐豊 與与 鷗鴎 黑黒 麥麦 黃黄 凉涼 勳勲 卷巻 "
    "嚴厳 增増 壯壮 奧奥 將将 嶽岳 峯峰 巖巌 彥彦 戶戸 晉晋 曉暁 橫横 步歩 每毎 淸清 渴渇 煕熙 燈灯 爲為 犧犠 獨独 產産 畫画 當当 發発 盡尽 硏研 祿禄 福福 "
    "穗穂 稻稲 絲糸 緖緒 縣県 聰聡 聲声 舊旧 莖茎 葢蓋 藝芸 藥薬 處処 裝装 觀観 證証 譽誉 讓譲 賣売 轉転 遙遥 邨村 鄕郷 醫医 釋釈 鑛鉱 關関 隆隆 隨随 雜雑 靈霊 "
    "顯顕 餘余 驛駅 驗験 髮髪 鷄鶏 點点 黨党 齡齢 龜亀 渡邉渡辺"
)
"""Pairs (as written, key). Ours, from the old forms of the 常用漢字表 and the variants that family registers often have; not a standard."""
_KANJI = str.maketrans({pair[0]: pair[1] for pair in _VARIANTS.split() if len(pair) == 2})
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BETWEEN = re.compile(r"[\s・･.,'’\-‐‑–—―]")
_KANA = str.maketrans(
    "ァィゥェォッャュョヮヵヶヲヂヅヰヱ",
    "アイウエオツヤユヨワカケオジズイエ",
    "ー－-‐‑–—―～〜゛゜",
)
_HIRAGANA = str.maketrans({chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)})
_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_COUNTED = re.compile("([〇一二三四五六七八九十百]+)(?=丁目|番|号|の|条|-|$)")
_PARTS = re.compile(r"丁目|番地の?|番|号室?|の(?=[0-9])|[-‐‑–—―ー−]")
_FROM_FIRST_NUMBER = re.compile("([^0-9]*)([0-9]+(?:-[0-9]+)*)")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", _SELECTORS.sub("", text))


def _key(text: str) -> str:
    """One case, and composed again: what stood apart may have come together."""
    return unicodedata.normalize("NFKC", text.upper())


@lru_cache(maxsize=20_000)
def name_key(text: str) -> str:
    """Of a name: width, variants and what stands between its parts play no part."""
    return _key(_BETWEEN.sub("", _plain(text)).translate(_KANJI))


@lru_cache(maxsize=20_000)
def kana_key(text: str) -> str:
    """Of a reading: also small and large kana, hiragana, long vowels, ヂ・ジ, ヅ・ズ, ヲ・オ."""
    return _key(_BETWEEN.sub("", _plain(text).translate(_HIRAGANA)).translate(_KANA).replace("ヴ", "ブ"))


@lru_cache(maxsize=20_000)
def address_key(text: str) -> str:
    """Of an address: town and numbers (丁目・番・号) in whatever way they are written; what follows them (a building) is left out."""
    plain = _BETWEEN_WORDS.sub("", _plain(text)).translate(_KANJI)
    plain = _COUNTED.sub(lambda found: str(_number(found[1])), plain)
    plain = _PARTS.sub("-", plain)
    found = _FROM_FIRST_NUMBER.match(plain)
    return f"{found[1]}{found[2]}".strip("-") if found else plain.strip("-")


_BETWEEN_WORDS = re.compile(r"\s")


def _number(kanji: str) -> int:
    """A number up to 999 in kanji, by places or digit by digit."""
    if "十" not in kanji and "百" not in kanji:
        return int(kanji.translate(_DIGITS))
    total = digit = 0
    for sign in kanji:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = int(sign.translate(_DIGITS))
    return total + digit
