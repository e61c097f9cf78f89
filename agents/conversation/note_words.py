"""The words and patterns of notes: parts of pictures, orders, opinions, comparisons."""

import re
from typing import Final

from ..language.phrases import TIMES, WEATHER_ADJECTIVES, WEATHERS
from ..language.words import word_set

PARTS: Final = word_set(
    """
    sky skies light lights lighting background foreground backdrop shadow shadows sun moon stars face faces eye
    eyes hair mood contrast composition framing horizon water wave waves cloud clouds ground floor wall walls
    roof window windows door flag flags smoke cloak armour sword shield helmet crown wing wings tail scales head
    hand hands arm arms leg legs body pose colour colours palette tone tones saturation exposure detail details
    texture edges edge lens perspective distance atmosphere fog mist rain snow haze weather storm style size
    scale position stone stones rock rocks grass sand mast sails hat robe staff beard fire flames glow
    reflection reflections depth focus grain look sunset sunrise air trees tree hills mountains sea ocean night
    day time blacks whites highlights crop cape horse silhouette outline outlines left right top bottom middle
    centre expression line lines bricks moss ivy dirt dust
    """
)
"""What any picture may have: `the sky` is no task, but a part of what was last spoken of."""
ORDERS: Final = (
    r"(?:"
    r"we should have|could we have|could i have|i would like|i would love|can we have|let us have|"
    r"let us make|can i have|may i have|regenerate|re-light|rerender|give me|give us|"
    r"relight|reshoot|retouch|we need|we want|adjust|change|colour|i need|i want|i wish|redraw|"
    r"remake|render|retake|revise|rework|bring|do me|dress|frame|light|paint|place|"
    r"rerun|shoot|stage|style|tweak|crop|dial|draw|give|have|keep|make|move|push|redo|take|"
    r"tint|turn|fix|let|put|set|try|do|show me"
    r")"
)
FILLED: Final = re.compile(
    r"^(?:, |: |; |- )*(?:(?:to be|to look|to have|to become|so that it is|so it is|be|look|looks|into|to|becomes?|so "
    r"that|were|was|again|over|but|and|only|just|this time|that is|which is|which are|and make (?:it|them)|but make "
    r"(?:it|them)|,|:|-)(?: |$))*"
)
SUBJECT: Final = re.compile(
    r"(?P<about>.+?) (?P<aux>is|are|was|were|looks|look|looked|feels|feel|seems|seem|appears|must|should|needs|need|"
    r"has|have|had|ought|wants|want|could|can|will|would|does|do|'s|lacks|lack|reads|read|comes|deserves?) "
    r"(?P<text>.+)"
)
INVERTED: Final = re.compile(
    r"(?:can|could|may|might|should) (?P<about>.+?) (?:perhaps |maybe |please )?(?P<aux>be|look|have|become|wear|"
    r"stand) (?P<text>.+)"
)
ADDING: Final = (
    re.compile(
        r"(?:add|put|insert|include|place|throw in|paint|draw|bring) (?P<text>.+?) (?:to|on|in|into|onto|behind|"
        r"around|over|at|above|under|beside|next to|in front of|for) (?P<about>.+)"
    ),
    re.compile(
        r"(?:remove|take|take away|lose|drop|cut|erase|get rid of|clear|delete|tone down|turn down|dial down|reduce|"
        r"paint out|dial back|turn up|increase|bring down|bring up|push|lower|raise|soften|sharpen|fix|change|swap|"
        r"exchange|replace|warm|darken|brighten) "
        r"(?P<text>.+?) (?:from|out of|off|on|in|of|around) (?P<about>.+)"
    ),
    re.compile(r"(?P<text>.+?) (?:on|in|for|around|over|at|behind|of|about|to|with|across|above) (?P<about>.+)"),
    re.compile(
        r"(?:for|on|in|about|with|as for|regarding) (?P<about>.+?) (?:, |: |- |i want |i would like |we need |i need "
        r")+(?P<text>.+)"
    ),
    re.compile(r"(?P<about>.+?) (?::|,|-) (?P<text>.+)"),
)
BY_VERB: Final = re.compile(
    r"(?P<verb>darken|brighten|lighten|warm up|warm|cool down|cool|soften|sharpen|age|enlarge|shrink|blur|mute|tone "
    r"down|desaturate|saturate|clean up|simplify|light up|dim|weather|ruin|relight|de-age|roughen|dirty|zoom in on|"
    r"zoom in to|zoom out (?:of|from)|push in on|pull back from|flip|mirror|rotate|straighten|loosen|tighten|"
    r"tidy|relax|thin|thicken) "
    r"(?P<about>.+?)(?: (?P<more>up|down|a (?:bit|little|lot)|slightly|more|further|by .+|with .+|please|somewhat))?"
)
WISHED: Final = re.compile(
    r"\b(?:too|more|less|fewer|enough|without|remove|missing|lacks?|lacking|must|should|needs?|supposed|wrong "
    r"(?:colour|side|size|place|number|light|time)|instead|a (?:bit|little|touch|tad)|slightly|kind of|sort of|rather|"
    r"way|"
    r"not|no longer|never|half|twice|double|bit|could use|ought|wants|than|same|like in|only)\b"
)
OPINION: Final = re.compile(
    r"(?:(?:i|we) (?:really |do |just |quite |absolutely |also |still |honestly |rather )*(?:do not |did not |never "
    r")?(?:really |quite |much )?(?:like|liked|love|hate|hated|dislike|adore|enjoy|enjoyed|admire|loathe|am (?:not "
    r")?(?:so "
    r"|really |very )?(?:in love with|crazy about|sure|convinced|keen|fond|happy|unhappy|pleased|impressed|"
    r"worried|excited|thrilled|sold|bored|"
    r"disappointed|intrigued|a fan)|have (?:mixed|doubts|my doubts|a feeling)|can not stand|miss|wonder|remember|"
    r"appreciate|doubt|care)\b.*)"
    r"|(?:(?:that|this|it|they|these|those|take \w+|the \w+ one) )?(?:is |are |looks? |was |were |feels? "
    r")?(?:(?:really|"
    r"very|so|quite|pretty|"
    r"absolutely|just|such|what|how|a|not|rather) )*(?:beautiful|nice|lovely|gorgeous|great|wonderful|interesting|"
    r"boring|ugly|pretty|amazing|awesome|stunning|bad|terrible|awful|horrible|good|fine|okay|superb|excellent|"
    r"fantastic|brilliant|marvellous|impressive|magnificent|splendid|cool|funny|strange|weird|odd|dull|disappointing|"
    r"perfect|promising|cute|neat|meh|hmm|hm|wow|better|exquisite|solid|decent)(?: (?:work|job|stuff|picture|image|"
    r"one|try|effort|thing|start|piece|shot|light|mood|everyone|everybody|team|all|to me|so far|now))*"
    r"|(?:good|nice|great|well|lovely|bad|fine) (?:job|work|done|stuff|try|one|effort)(?: .*)?|well done(?: .*)?|"
    r"(?:wow|hmm|hm|ugh|ooh|oh|aha|bravo|yuck|meh)(?: .*)?|there is (?:something|a problem|an issue).*|not a (?:big "
    r")?fan(?: .*)?|not (?:my|really my) (?:taste|favourite|thing|cup of tea)|"
    r"my favourite.*|.+ (?:bores?|pleases?|moves?|bothers?|annoys?|reminds?|delights?|worries|intrigues?) me.*"
)
NOTED: Final = re.compile(
    r"(?:(?:add |make |take |leave |write )?(?:a |this )?(?:note|remark|comment|memo)(?: (?:down|that|to self|for "
    r"later|this))*|"
    r"remember(?: that)?|for the record|write (?:this |that |it )?down(?: for later)?(?: that)?|"
    r"jot down(?: that)?|keep in mind(?: that)?|"
    r"bear in mind(?: that)?|fyi|by the way)(?: (?:on|for|about|to) (?P<about>.+?) ?(?:,|:|;|-|that)| ?[,:;-])? "
    r"(?P<text>.+)"
)
FRAMED: Final = {*TIMES, *WEATHERS, *WEATHER_ADJECTIVES, "snow", "storm", "dark", "light"}
CONNECTING: Final = word_set("at in on of by with from during under and , that which except or without")
OPEN_ENDED: Final = word_set("the a of shot shots my our in at on")
POINTS_ON: Final = word_set("this that these those all both every each")
INSIDE: Final = re.compile(
    rf"(?P<part>(?:the |that |his |her |its )?(?:\w+ )?(?:{'|'.join(sorted(PARTS))})) (?:in|on|of|behind|above|around|"
    rf"over) "
)
AGAIN: Final = re.compile(
    r"(?:(?:do|try|redo|make|shoot|render)(?: it| that| this| them)? (?:again|over|once more)|again|once more|one "
    r"more(?: take)?|"
    r"another(?: one| take| go)?|redo|retake|reshoot)(?: ,)? (?:but |and |only |just |this time |, )*(?P<text>(?:with|"
    r"without|in|at|on|less|more|by) .+)"
)
ON: Final = 2
NOTES_BEGIN: Final = word_set(
    "more less fewer no too much a some another not enough without with only lots extra add slightly"
)
SIDES: Final = word_set("left right top bottom middle centre side background foreground")
VERBS: Final = word_set("has have is are was be do does did must should make give put get that which i we you")
ASKED: Final = word_set("be become wear stand must should needs need ought wants want could can would will lacks lack")
DETERMINERS: Final = word_set("the all every each this that these those it them everything my our")
MEASURES: Final = word_set("more less much far even and bit slightly lot")
