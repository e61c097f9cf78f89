"""English nouns: from plural to singular and back, by rule with the usual exceptions."""

from typing import Final

from .words import word_set

_IRREGULAR: Final[dict[str, str]] = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth", "oxen": "ox", "dice": "die", "lice": "louse", "cacti": "cactus",
    "fungi": "fungus", "octopi": "octopus", "nuclei": "nucleus", "criteria": "criterion", "leaves": "leaf",
    "knives": "knife", "wives": "wife", "lives": "life", "wolves": "wolf", "shelves": "shelf", "loaves": "loaf",
    "halves": "half", "scarves": "scarf", "hooves": "hoof", "elves": "elf", "calves": "calf", "thieves": "thief",
    "dwarves": "dwarf", "selves": "self", "sheaves": "sheaf", "wharves": "wharf", "buses": "bus", "gases": "gas",
    "lenses": "lens", "canvases": "canvas", "atlases": "atlas", "axes": "axe", "quizzes": "quiz",
    "sheeps": "sheep", "deers": "deer", "oases": "oasis", "crises": "crisis",
}  # fmt: skip

_IN_MAN: Final = ("fireman", "policeman", "snowman", "fisherman", "horseman", "postman", "swordsman", "mailman",
                  "gentleman", "businessman", "cavewoman", "policewoman", "businesswoman", "craftsman")  # fmt: skip
_IRREGULAR.update({noun.replace("man", "men"): noun for noun in _IN_MAN})

_SAME: Final = word_set(
    """
    sheep deer fish moose bison salmon trout squid shrimp swine series species aircraft spacecraft hovercraft
    watercraft offspring grass glass moss bus gas lens canvas chess christmas atlas news mathematics athletics
    gymnastics mars venus
    """
)
"""Words that look plural and are not, or are the same in both."""

PLURAL_ONLY: Final = word_set(
    """
    scissors skis glasses eyeglasses sunglasses pants jeans trousers shorts pajamas pyjamas binoculars goggles
    tongs pliers tweezers headphones earphones tights leggings clothes overalls shears clippers stairs outskirts
    """
)
"""Things named in the plural even when there is one of them."""

_IS: Final = word_set(
    """
    iris tennis oasis basis chassis pelvis trellis metropolis acropolis necropolis axis crisis thesis analysis
    paris is this his ibis mantis cannabis hubris
    """
)
_WORN: Final = word_set("sun eye reading safety round square aviator horn-rimmed")
_KEEP_IE: Final = word_set(
    """
    movie cookie zombie brownie selfie hoodie smoothie pixie genie birdie bogie collie prairie eerie rookie
    cookie veggie doggie calorie pie tie die lie
    """
)
_KEEP_E_AFTER_U: Final = word_set("fuse muse cause excuse ruse house blouse mouse spouse grouse")
_KEEP_E: Final = word_set(
    """
    axe horseshoe shoe canoe toe hoe doe oboe foe floe aloe cache headache moustache mustache avalanche quiche
    creche niche psyche maze prize size gauze breeze bronze trapeze blaze glaze haze freeze gaze
    """
)


def singular(noun: str) -> str:
    """Give the singular of the last word of a noun; leaves a singular as it is.

    >>> [singular(noun) for noun in ("hair driers", "toothbrushs", "wolves", "cherries", "buses", "scissors", "glass")]
    ['hair drier', 'toothbrush', 'wolf', 'cherry', 'bus', 'scissors', 'glass']
    """
    head, space, last = noun.rpartition(" ")
    if last == "glasses" and head and head.split()[-1] not in _WORN:
        return f"{head} glass"
    return head + space + _singular_word(last)


def _singular_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or word in _SAME or word in PLURAL_ONLY or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us")) and word not in ("menus", "gnus", "emus", "haikus", "bayous"):
        return word
    if word in _IS:
        return word
    return _without_s(word)


def _without_s(word: str) -> str:
    bare = word[:-1]
    if word.endswith("ies"):
        return bare if bare in _KEEP_IE else word[:-3] + "y"
    if not word.endswith("es") or bare in _KEEP_E or bare in _KEEP_E_AFTER_U:
        return bare
    if word.endswith("uses") and not any(bare.endswith(kept) for kept in _KEEP_E_AFTER_U):
        return word[:-2]
    if word.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
        return word[:-2]
    return bare


def is_plural(word: str) -> bool:
    """Whether a single word reads as a plural."""
    return word in PLURAL_ONLY or _singular_word(word) != word


def plural(noun: str) -> str:
    """Give the plural of the last word of a noun in the singular.

    >>> [plural(noun) for noun in ("castle", "cherry tree", "person", "wolf", "bus", "sheep", "scissors")]
    ['castles', 'cherry trees', 'people', 'wolves', 'buses', 'sheep', 'scissors']
    """
    head, space, last = noun.rpartition(" ")
    return head + space + _plural_word(last)


def _plural_word(word: str) -> str:
    if word in PLURAL_ONLY or f"{word}s" in ("sheeps", "deers") or word in _SAME - {"glass", "bus", "gas", "lens"}:
        return word
    for many, one in _IRREGULAR.items():
        if one == word:
            return many
    if word.endswith(("s", "sh", "ch", "x", "z")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def article(phrase: str) -> str:
    """Put `a` or `an` before a phrase, by its first letter.

    >>> article("owl"), article("red castle"), article("unicorn")
    ('an owl', 'a red castle', 'a unicorn')
    """
    by_sound = phrase.startswith(("uni", "use", "eu", "one "))
    return f"an {phrase}" if phrase[:1] in "aeiou" and not by_sound else f"a {phrase}"
