"""Tell in which of its five single-byte charsets Cyrillic text was written, by how letters follow each other."""

import re
from itertools import pairwise

# What is the more usual in mail wins where both read alike.
CODECS = {"cp1251": 0.4, "koi8_u": 0.3, "cp866": 0.0, "iso8859_5": 0.0, "mac_cyrillic": -0.4}

_LETTERS = "^абвгдежзийклмнопрстуфхцчшщъыьэюя"
# How often the letter of the column follows that of the row in Russian words, as a rounded logarithm; the
# first row and column stand for the ends of words.
_FOLLOWS = """
    077878558728678898977665652002635 807867767367878077785456665000067 463002600504635707406033005450033
    782433823706736745566040334274005 563204500602623706305000000000200 570534840705556756556034330253005
    955667666467779567783445664000033 463006600603025300304000000002000 483636530504456605305000300043004
    854756746677777647880566654000067 800025000004433003660202222000000 682500622803734807576024000000000
    773032840804605700446000300058076 873300800703445750406200200053004 782346833805007800676404430084046
    807878766577887578884455664000335 472022700605604848046003020044004 683554852805366843567340043065036
    664634720607655775695043440056027 884735803806456858726320420068205 745556555056555066660050635000362
    250002402600300604024300000000000 730330300400234605303300000000300 350300600703000203000000030000000
    470000700704026200054000020004000 450200600604525303234000000002000 050000600600002000002000000003000
    000000400000000000000000000000003 705644602075564053452060350000002 803223406304047000650002342000053
    000022000004400020350300020000000 704004202002303002002460000606000 804504625033545023462033205000054
"""
_SCORES = {
    first + second: int(score)
    for first, row in zip(_LETTERS, _FOLLOWS.split(), strict=True)
    for second, score in zip(_LETTERS, row, strict=True)
}
# Letters of the neighbours, as the Russian ones that stand in their place.
_NEIGHBOURS = str.maketrans("ёіїєґўјљњћџђѓќ", "еииегуйлнччдгк")
_USUAL_SIGNS = frozenset("«»—–„“”’‘…№§°±·•©®™€ \xa0")
# Capital letters of Russian in one charset are these in another; a Serbian text has few of them.
_UNUSUAL_LETTERS = frozenset("ЂЃЉЊЌЋЏЎђѓљњќћџў")
_MISPLACED_SIGN = re.compile(
    r"[€»”’©®™°][а-яё]|„(?![^“”]*[“”])|‘(?![^’]*’)|“(?![^”]*”)(?<!„)|[а-яё][«„€]", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_MAX_BYTES = 4_000


def cyrillic_score(text: str) -> float:
    """Return how likely text reads as Russian or a language beside it: above 4 it does, below 2 it does not."""
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0
    total = pairs = 0.0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        letters = word.lower().translate(_NEIGHBOURS)
        # Capital letters begin words or fill them; they do not stand within.
        if not (word.islower() or word.isupper() or word[1:].islower() or len(word) < 2):
            total -= 5 * sum(a.islower() and b.isupper() for a, b in pairwise(word))
        total += sum(_SCORES.get(a + b, -4) for a, b in pairwise(f"^{letters}^"))
        pairs += len(word) + 1
    strange: float = sum(not (character.isalpha() or character in _USUAL_SIGNS) for character in foreign)
    strange += (
        len(_MISPLACED_SIGN.findall(text)) + sum(character in _UNUSUAL_LETTERS for character in foreign) / 2
    )
    latin = sum(character.isalpha() and not "\u0400" <= character <= "\u04ff" for character in foreign)
    return (total - 10 * strange - 6 * latin) / max(1.0, pairs + strange)


def best_cyrillic(data: bytes) -> tuple[float, str]:
    """Return the score of the best reading and its codec."""
    sample = data[:_MAX_BYTES]
    if len(data) > _MAX_BYTES:
        sample = b"\n".join(line for line in data.split(b"\n") if not line.isascii())[:_MAX_BYTES]
    # The longer the text, the less it matters what is usual.
    weight = 10 / max(10, sum(byte > 0x7F for byte in sample))
    return max(
        (cyrillic_score(sample.decode(codec, "replace")) + bonus * weight, codec)
        for codec, bonus in CODECS.items()
    )
