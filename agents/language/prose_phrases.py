"""Fixed phrases of a director's prose as patterns: what opens a picture, leads in, denies, or is no picture.

Patterns are matched in a sentence as it was written, without its full stop.
"""

import re
from typing import Final

from .phrases import TIMES
from .words import COLOURS, NUMBERS, word_set

SHOWN: Final = (
    "picture|pic|shot|scene|frame|image|panel|card|character card|level|still|version|half|illustration|plate|"
    "background picture|postcard|poster|slide|cover"
)
ORDINALS: Final = {
    word: at
    for at, words in enumerate(("last final", "first opening", "second", "third", "fourth", "fifth", "sixth"), start=-1)
    for word in words.split()
}
"""From 0; the last is -1."""
_ORDINAL: Final = "|".join(ORDINALS)
NUMBER: Final = rf"(?:\d{{1,2}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_THINGS_COME: Final = rf"(?=(?:an?|the|some|his|her|their|our|no|{NUMBER})\b)"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


ABBREVIATED: Final = word_set("mr mrs ms dr st no vs sir")
ENDS: Final = re.compile(r"(?<=[.!?;])[\"')]*\s+|\n+|(?<=[\w,]) (?=(?:Scene|Shot|Picture|Frame|SCENE|SHOT) \d+[.:])")
"""Where a sentence ends; `Scene 2.` begins one even where no full stop stands before it."""
MARKER: Final = _any_case(rf"^(?:{SHOWN})s? {NUMBER}(?:$|[.:,]\s*| is\s+| shows\s+)")
"""`Shot 2:`, `Level one is`."""
ORDINAL: Final = _any_case(
    rf"^(?:in |on |for )?(?:the |an? )(?P<n>{_ORDINAL})(?:(?: of the)? (?:{SHOWN}))(?: (?:is|shows|has)\b|,)?\s*"
    rf"|^in the (?P<alone>{_ORDINAL}),? (?=there|we|no)"
)
"""`In the second picture`, `The last picture is`."""
CUT: Final = _any_case(
    r"^(?:(?:and|so|then|next|after that|afterwards|finally|at last|lastly),? )*"
    r"(?:(?:it|we|they|(?:our|the|this|my) [a-z]+)(?: then| all)? )?"
    r"(?:opens?|begins?|starts?|ends?|closes|finish(?:es)?|cuts?|dissolves?|fades?)(?: up)? "
    r"(?:on|with|to|at|in|over) (?=\w)|^(?:and |then )?(?:we|they) close (?:on|with) "
)
"""`We open on`, `Then we cut to`."""
THEN: Final = _any_case(r"^(?:and |so )?(?:first|then|next|after that|afterwards|finally|at last|lastly|somewhere)"
                       r"(?: comes?)?,? ")  # fmt: skip
LEADS: Final = tuple(
    _any_case(pattern)
    for pattern in (
        r"^(?:and|but|so|please|also|only|just|somewhere|perhaps|maybe|here|now|yes|every evening|every morning)[, ]+",
        r"^(?:i|we|you|they)(?:'d| would| will| do| must| should| can)? ?(?:want|need|like|love|see|saw|find|follow|"
        r"meet|watch|show|imagine|picture|look at|keep seeing|notice|visit)(?: it| them)?(?: to (?:see|show|have))? ",
        rf"^(?:make|keep|put|place|show|give|set|draw|paint|build|render|use)s? (?:(?:me|us|them|it) )?{_THINGS_COME}",
        r"^(?:shoot|film|frame|compose)s? (?:me|us|them|it|this) (?:in )?(?:an? )?",
        rf"^(?:me|us) {_THINGS_COME}",
        r"^there(?:'s| is| are| was| were| stands?| once was| lives?) ",
        r"^once upon a time,? ",
        r"^(?:one|that|every|each) (?:morning|day|evening|night),? (?=he |she |they |we |it )",
        rf"^(?:he|she|they) (?:sees?|saw|watch(?:es|ed)?|finds?|found|meets?|live[sd]? in|looks? at) {_THINGS_COME}",
        r"^(?:just|only|the same|same) ",
        r"^seen from [^,]+, ",
        r"^(?:it|this) is (?=(?:an?|the) )",
    )
)
DENIALS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (_any_case(r"^(?:the |this |no )?[a-z]+ (?:must|should|may|can) (?:not|never) (?:contain|show|have|include)"
               r"(?: any)? "), "no "),
    (_any_case(r"^(?:please )?(?:leave out|leave away|avoid)(?: any| all| the)? "), "no "),
    (_any_case(r"^(?:absolutely|definitely|certainly|really) (?=no\b)"), ""),
    (_any_case(r"\b(?:i|we|you) (?:never|do not|don't|must not|should not|shouldn't|will not|won't|cannot)(?: ever)? "
               r"(?:want|need|see|show|like)(?: to (?:see|show|have))? (?:any |an? |the )?"), "no "),
    (_any_case(r"^(?:never|do not|don't)(?: ever)? (?:show|draw|include|put|let us see|film|paint)(?: me| us)? "
               r"(?:any |an? |the )?"), "no "),
    (_any_case(r"^(?P<lead>.*,? and |)(?:the |any |an? )?(?P<n>[\w-]+(?: [\w-]+)?) (?:must|should|may|can)"
               r"(?: not|n't| never)(?: be)?(?: (?:seen|shown|visible|there|appear))?"
               r"(?: (?:in|on|here|anywhere)\b[^,.;]*)?$"), r"\g<lead>no \g<n>"),
    (_any_case(r"(?:,? and |, |^)(?:the |all the )(?P<n>[\w-]+) (?:is|are) "
               r"(?:gone|away|missing|absent|not there|nowhere)\b"), r", no \g<n>"),
    (_any_case(r"\b(?:there )?(?:is|are|was|were) (?=no\b)"), ""),
    (_any_case(r"\bthere (?=no\b)"), ""),
    (_any_case(r"\b(?:there (?:is|are|was|were) )?not (?:one|a single|any) (?=\w)"), "no "),
    (_any_case(r"\bwithout a single "), "without "),
    (_any_case(r"\b(?P<no>(?:no|without) [^,.;]+?) (?:anywhere|any more|anymore|at all|whatsoever|in sight|"
               r"aboard|in (?:it|this one|the (?:frame|picture|shot|image|sky)|any (?:frame|picture|shot)))\b[^,.;]*"),
     r"\g<no>"),
)  # fmt: skip
REWORDED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (_any_case(r"(?:^|(?<=[,.;] ))(?P<s>wide|close|medium) (?:on|of) "), r"\g<s> shot of "),
    (_any_case(r"(?:^|(?<=[,.;] ))(?:and |very |quite |then )?(?P<s>wide|close|medium)(?=[,.;]|$)"), r"\g<s> shot"),
    (_any_case(r",? \b(?:seen|shot|framed|filmed|viewed)(?: very| quite)? (?P<s>wide|close)\b"), r", \g<s> shot"),
    (_any_case(r"\b(?:in )?(?:an? )?(?P<s>wide|close) shot(?=$|,)"), r"\g<s> shot"),
    (_any_case(r"\bin the (?:middle|cent(?:er|re))(?: of the (?:frame|picture|image))?(?=[,.;]|$)"), "in the center"),
    (_any_case(r"(?:, |\b)?\b(?P<t>(?:early )?morning|evening|afternoon) (?:light|sun)\b"), r", \g<t>,"),
    (_any_case(r"\bthe sun (?:is )?(?:going down|setting)\b"), "at sunset"),
    (_any_case(r"\bthe sun (?:is )?(?:coming up|rising)\b"), "at sunrise"),
    (_any_case(r"\b(?:daytime|by day|in (?:bright |broad )?daylight)\b"), "at day"),
    (_any_case(rf"\bthe (?P<t>{'|'.join(TIMES)}) version\b"), r"at \g<t>"),
    (_any_case(r"\b(?:clear|sunny) day\b"), "clear weather, day"),
    (_any_case(r"\bit (?:has been raining|is raining|rains)\b[^,.;]*"), "in rain"),
    (_any_case(r"\bit (?:has been snowing|is snowing|snows)\b[^,.;]*"), "in snowfall"),
    (_any_case(r"(?P<w>\b(?:fog|mist|rain|snow)) so (?:thick|heavy|dense)\b[^,.;]*"), r"in \g<w>"),
    (_any_case(r"\bto the (?P<s>left|right) of\b"), r"\g<s> of"),
    (_any_case(r"\bhang(?:s|ing) from\b"), "on"),
    (_any_case(r"(?:^|(?<=, ))late (?:light|sun)\b"), "evening"),
    (_any_case(r"\b(?P<t>at (?:dawn|day|dusk|night)) and clear\b"), r"\g<t>, clear weather"),
    (_any_case(rf" in (?:the|this) (?:(?:{_ORDINAL}) )?(?:{SHOWN})(?=[,.;]|$)"), ""),
    (_any_case(r",? when [^,.;]*?\b(?:over|gone|past)\b(?: and)?"), ","),
    (_any_case(rf", all (?=(?:{'|'.join(COLOURS)})\b)"), ", "),
    (_any_case(r"\bwho is \w+(?: years old)? and (?=\w+s )"), "who "),
    (_any_case(r"(?<=[\w,]) (?:does not|doesn't|do not|don't|never) (?!show|want|need)\w+[^,.;]*"), ""),
    (_any_case(r"\b(?P<n>[a-z]+s) (?P<a>small|tiny|large|huge) (?=(?:on|in|at) )"), r"\g<a> \g<n> "),
    (_any_case(r"\bhalf (?=(?:under|in|inside|behind|over) )"), ""),
    (_any_case(r" (?:of|on|in) (?:the|this|our) (?:north|south|east|west|season|year|world|town|lot)\b"), ""),
    (_any_case(rf" (?:of|aged) (?:{NUMBER}|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b"
               r"(?= in| with|[,.;]|$)"), ""),
    (_any_case(r"\bfar (?:away|off) and "), ""),
    (_any_case(r",? ?\bit is (?:late|early|cold|warm|hot)\b,?"), ""),
    (_any_case(r"\b(?P<lead>it is |and |is )dark(?= when|$)"), r"\g<lead>night"),
    (_any_case(r" (?:when|as|while) (?:we|they|it) (?:start|begin|finish|end|open|close)s?\b"), ""),
    (_any_case(r" is empty except for "), " with "),
    (_any_case(r"\b(?:they )?(?:stand|sit|walk|lie|wait)s? (?:side by side|back to back|together),? "), ""),
    (_any_case(rf"(?:\bwith |\b)\b(?P<w>fog|mist|rain|snow|haze) (?:in|over|on|across) the (?:(?:{_ORDINAL})\b[^,.;]*"
               r"|\w+(?: below| behind| beyond)?(?=[,.;]|$))"), r"in \g<w>"),
    (_any_case(rf"\b(?:sun|sunshine) in the (?:{_ORDINAL})\b[^,.;]*"), "in clear weather"),
    (_any_case(r"\bon (?:his|her|its|their) (?P<s>left|right)\b"), r"on the \g<s>"),
    (_any_case(rf",? (?:at )?{NUMBER} times of (?:the )?day\b"), ""),
    (_any_case(r",? (?:and|but) (?:he|she|it|they|we|i) (?:never|doesn't|don't|(?:do|does|is|are) not)\b[^,.;]*"),
     ""),
    (_any_case(r",? (?:and |but )?in each of (?:them|these)\b[^,.;]*"), ""),
    (_any_case(r" (?:is|are)$"), ""),
    (_any_case(r"(?P<a>\w+) is (?P<s>small|tiny|large|huge|enormous|tall|short) and (?P<c>\w+)$"),
     r"\g<a> is \g<s> and \g<c>"),
    (_any_case(r" \b(?:(?:all )?alone|by (?:itself|themselves|himself|herself)|as well|throughout|please|again|"
               r"the whole time|all day|always|somewhere)\b(?! of)(?: in the frame)?"), ""),
    (_any_case(r"\bthe same (?=[a-z])"), "the "),
    (_any_case(r"\b(?:very|quite|so) (?=[a-z]+\b)"), ""),
)  # fmt: skip
NO_PICTURES: Final = word_set(
    """
    advert advertisement
    film movie video clip commercial spot documentary story song game brief campaign trailer series episode tone mood
    client sponsor broadcaster producer agency money budget deadline schedule title art department departments second
    minute team crew company board idea feeling style manner script music audience brand year money life cut edit
    everything everybody somebody anything something nothing name rush sequel competition deadline picture image
    version level we i you
    """
)
"""What a sentence is about that describes no picture."""
TEAMS: Final = ("architecture", "environment", "environments", "characters", "post", "props", "creatures", "vehicles",
                "costumes", "lighting", "effects")  # fmt: skip
_TEAM: Final = "|".join(one.title() for one in TEAMS)
TEAM: Final = re.compile(
    rf"^(?P<n>{_TEAM})(?:(?P<colon>:)|,? (?:builds?|paints?|gives?(?: us)?|makes?|puts?|"
    r"draws?|handles?|takes?|"
    r"brings?|has|gets?|is|are))"
    r"\s*"
)
"""`Architecture builds`, `Environment:`."""
NAMED_TEAM: Final = re.compile(rf"\b({_TEAM})\b(?=:| and (?:{_TEAM})| (?:can|will|has|builds|gives|gets|puts|paints)\b)"
                               rf"|(?<=and )({_TEAM})\b")  # fmt: skip
LABEL: Final = _any_case(r"^(?:(?:working )?title|client|length|format|genre|style|tone|music)$")
"""What stands before a colon and says that what follows is no picture."""
SHARED_WORK: Final = re.compile(rf"^(?:{_TEAM}) and (?:{_TEAM})\b")
HAS_WORK: Final = _any_case(r"^(?:the|an?) [a-z]+$")
"""What a department only `has` or `takes`: no picture of its own."""
EVERY: Final = _any_case(rf"^in (?:every|each|all)(?: of the)? (?:{SHOWN})s?,? (?:there (?:is|are) )?")
"""`In every picture there is`."""
COUNT: Final = _any_case(
    rf"\b(?P<n>{NUMBER})(?: [a-z-]+)?? (?:{SHOWN})s?\b(?! (?:left|right|below|above|on|of (?:the|an?) (?:table|wall)))"
)
"""`four pictures`, `six character cards`."""
ONE: Final = _any_case(r"\b(?:one|a single|just one) (?:picture|image|still|illustration)\b|\bthe picture i want\b")
LISTED: Final = _any_case(rf",? and (?=(?:an?|the|{NUMBER}) )|, (?=(?:an?|the|{NUMBER}) )")
"""Between the things of a list."""
