"""What is said around a wish: politeness, fillers, yes and no, reasons, second thoughts."""

import re
from typing import Final

from .asides import without_clauses
from .sayings import Saying, Word, bare

_BEFORE: Final = re.compile(
    r"(?:(?:tell (?:me|us)(?= (?:what|how|why|where|when|who|which) )|please to|please do|please|kindly|hey|hi|"
    r"hello|so|well|first(?= why| what| how| where)|now|then|and|"
    r"also|but|okay|right|alright|all right|good|great|just|"
    r"next|finally|first of all|"
    r"lastly|oh|ah|um|uh|hm|hmm|er|listen|look|actually|honestly|thanks|thank you|ta|nice|fine|cool|perfect|"
    r"lovely|wonderful|great|fair enough|in that case|"
    r"for now|"
    r"(?:can|could|would|will|might|may) (?:you(?! mind)|we|someone|somebody|i ask you to|"
    r"i get you to)(?: (?:please|kindly|just|maybe|"
    r"now|also|quickly|go ahead and|please|perhaps|tell me|tell us))*|would you mind|do you mind|(?:would it be|"
    r"is it|would that be) (?:possible|okay|alright|all right) to|i wonder if you could|would you be so kind as to|"
    r""
    r"(?:i|we) (?:want|need|would like|would love|would prefer|expect|ask)(?: for)? (?:you|everyone|them|us) to|(?:i|"
    r"we) (?:want|need|would like|would love|have) to|"
    r"(?:i|we) (?:think|guess|suppose|say|feel|believe|find|reckon)(?: that)? (?:we|you|i) (?:should|can|could|must|"
    r"will|need to|have to)|you (?:should|can|could|may|must|need to|have to)|"
    r"we (?:should|can|could|must|need to|have to)|i am going to|i will|we will|let us|let me|let you|go ahead and|go "
    r"and|be so kind as to|be so kind and|if you (?:can|could|would|please)|"
    r"(?:it )?would be (?:nice|great|good|lovely) (?:if you (?:could|would)|to)|feel free to|make sure(?: to| that "
    r"you| you| that)?|"
    r"(?:can|could|may) (?:i|we) (?:please )?(?:get|have)|on reflection|come to think of it|i was (?:hoping|"
    r"thinking|looking) (?:for|of)(?: something)?|how "
    r"about(?: something)?|"
    r"i would prefer(?: it| something| them)?|i (?:had )?expected(?: it to be| something)?|i would rather have|"
    r"(?:perhaps|maybe)(?= (?:one|two|three|four|another|some|a few|\d+) (?:more|other|further))|try to|time to|"
    r"it is time to|i think|i guess|i feel|i believe|i find|to me|as i said|like i said|my dear|"
    r"everybody|everyone|team|folks|guys|crew|dear|sorry|excuse me|maybe you could|perhaps you could|maybe you can) "
    r"(?:,|:)? ?)"
)
_AFTER: Final = re.compile(
    r"(?: ?,?(?: please| thanks| thank you(?: very much| so much)?| thanks a lot| many thanks| for me| for us| now| "
    r"right now| right away| as soon as possible| immediately| at once|"
    r" then| okay| will you| would you| could you| can you| if you (?:can|could|would|please|do not mind|like)| mate| "
    r"guys| everyone| everybody| folks| team| dear| my friend| instead of that| instead| today| cheers| quickly|"
    r" if (?:that is )?possible| would be (?:great|lovely|nice|good|perfect|wonderful)| (?:so )?(?:when|"
    r"whenever) you are ready| mum| with thanks| when you (?:can|"
    r"have a moment|get a chance)| i think| i guess| i suppose| really| "
    r"actually| sir| boss| yes))$"
)
HEDGES: Final = re.compile(
    r"\b(?:maybe|perhaps|possibly|might(?! you )|shall (?:i|we)|should (?:i|we|you)|would it be|what if|"
    r"(?<!as )if (?:it|they|the|we|"
    r"you|i|that|this|she|he|all|everything|there)\b(?! (?:can|could|would) please)|unless|until (?:it|they|the|we)|"
    r"as long as|provided|in case|(?:once|when|whenever|as soon as|after|before) (?:it|they|the|that|this|those|we|"
    r"all|everything|she|he)\b|i wonder|not sure|i am unsure|or should|or maybe|do you think)\b"
)
"""What makes a wish a thought or a condition: such is never carried out."""

NOT: Final = re.compile(
    r"^(?:(?:please|just|and|but|so|okay) )*(?:(?:you |we |i )?(?:do|must|should|shall|can|could|would|will|did|does) "
    r"?(?:not|never)|never|i would rather not|no need to|there is no need to|i (?:never|am not|was not|have not)|stop "
    r"short of|"
    r"i did not|nobody should|no one should|avoid|refrain from|let us not|i do not want (?:you |us )?to|i would not)\b"
)
REASON: Final = re.compile(
    r" (?:,? ?(?:because(?: of)?|since|due to|seeing that|given that|considering(?: that)?|as (?=it |they |he |she |"
    r"this |that |the )|on account of|so that|in order to)|: because) "
)


def plainly(saying: Saying) -> list[Saying]:
    """List a part of a turn as it was said, and with what is only polite taken off, a little at a time.

    >>> from .sayings import say
    >>> [one.text for one in plainly(say("could you please redo it, thanks"))][-1]
    'redo it'
    """
    said = bare(saying)
    found = [said]
    for _ in range(12):
        begins, ends, shorter = _BEFORE.match(f"{said.text} "), _AFTER.search(said.text), without_clauses(said)
        if begins and begins.end() < len(said.text):
            said = said.between(begins.end(), len(said.text))
            said = _imperative(said) if begins[0].startswith(("would you mind", "do you mind")) else said
        elif ends and ends.start() > 0:
            said = said.between(0, ends.start())
        elif len(shorter) < len(said):
            said = shorter
        else:
            break
        found.append(said)
    return found


def _imperative(saying: Saying) -> Saying:
    """Read `making` after `would you mind` as `make`."""
    first = saying.words[0]
    stem = first.word.removesuffix("ing")
    if stem == first.word or len(stem) < 2:
        return saying
    base = stem[:-1] if stem[-1] == stem[-2] else f"{stem}e" if stem[-1] in "kvcz" and stem[-2] in "aiou" else stem
    return Saying((Word(base, first.start, first.end), *saying.words[1:]), saying.source)


_STRONG: Final = (
    r"(?:yes|yep|yeah|yup|yea|ja|aye|sure(?: thing)?|of course|certainly|definitely|absolutely|agreed|affirmative|"
    r"okay|y|ya|do (?:it|that|so|this)|please do|go for it|"
    r"sounds (?:good|great|right|fine|perfect|like a plan)|confirm(?:ed)?|correct|exactly|by all means|with pleasure|"
    r"i agree|yes please|make it so|that is (?:right|correct|fine|okay|what i (?:want|meant|mean))|"
    r"(?:that )?works for me|fine by me|(?:let us|just) do (?:it|that|this)|very well|all right|alright|go right "
    r"ahead|you may|yes to all|all of (?:it|them)|be my guest|why not|fire away|very good|good idea|"
    r"i (?:do|am sure|confirm|approve that)|of course yes|indeed|rather|okey dokey|righto|roger(?: that)?|copy(?: "
    r"that)?|right on|deal|done|as you (?:say|propose|suggest)|i would say so|that is it exactly|yessir|totally|"
    r"crack on|write (?:it|that|this) down|"
    r"note (?:it|that)(?: down)?)"
)
_WEAK: Final = (
    r"(?:looks (?:good|great|fine|right|perfect)(?: to me)?|good|great|perfect|fine|right|nice|lovely|excellent|"
    r"wonderful|cool|brilliant|super|please|thanks|thank you|ta|cheers|"
    r"(?:that|it) would be (?:lovely|great|good|nice|wonderful|perfect)|"
    r"then|now|well|ahead|and|, |go ahead|go|absolutely|very|mate|everyone|it is|sir)"
)
_GOING: Final = (
    r"(?:go(?: ahead| on| for it)?|proceed|roll|action|start|continue|carry on|run it|greenlight|green light|do them|"
    r"all of them|accept|accepted|approved|approve|let us go|go go go|ship it|send it|crack on)"
)
_YES: Final = re.compile(rf"(?:(?:{_WEAK}|{_GOING})[ ,]*)*{_STRONG}(?:[ ,!.;]*(?:{_STRONG}|{_WEAK}|{_GOING}))*")
WRY: Final = re.compile(r"(?:oh )?(?:yeah|yea|sure|ya)[ ,]+right")
"""A yes in its words, a no in its tone."""
_MERELY: Final = re.compile(rf"(?:(?:{_WEAK}|{_GOING})[ ,!.;]*)+")
_NO: Final = re.compile(
    r"(?:(?:okay|well|oh|hm|hmm|actually|sorry|please|wait|hang on|hold on|on reflection|on second thoughts?|"
    r"and|thanks|ah|um|er)[ ,]*)*(?:no[ ,]+(?:drop|forget(?: about)?|cancel|scrap|leave|skip|stop|undo|keep) "
    r"(?:it|that|this|the (?:budget|money|rest|lot|idea))|no[ ,]+(?:that|it|this) is (?:far |way |"
    r"much )?too (?:dear|expensive|much|pricey|costly|slow|long)|"
    r"no|nope|nah|n|nay|nein|no (?:thanks|thank you|way|no|"
    r"please)|not (?:now|yet|today|really|that|this|like that|at all|so fast|quite|any of (?:it|them)|one bit)|do "
    r"not(?: (?:do (?:it|that|this|so)|bother|yet|please))?|never(?: ?mind)?|"
    r"forget (?:it|that|about it|about that)|scratch that|i (?:have )?changed my mind|i would rather not|rather not|"
    r"better not|negative|i do not (?:think so|want (?:that|it|this|to))|maybe later|later|leave (?:it|that)(?: "
    r"(?:alone|be|as it is|for now))?|of course not|certainly not|absolutely not|"
    r"on second thoughts?(?:[ ,]*no)?|let me think(?: about (?:it|that))?|i am not sure|none of (?:it|that|them)|"
    r"please do not|hold that|not so fast|disregard(?: that)?|ignore that|belay that|that is (?:wrong|not what i "
    r"(?:meant|said|want|wanted)))(?:[ ,.!;]*(?:(?:scrap|drop|cancel|forget|leave|stop|skip|undo) (?:it|that|"
    r"this)|no|thanks|thank you|please|not now|not yet|never mind|later|do not|"
    r"sorry|i changed my mind|forget it|nope|wait))*"
)
_STARTS_WORK: Final = re.compile(r"(?:roll|action|start|green ?light|go)$")
"""What one says to begin, where nothing waits for an answer."""
_HALT: Final = re.compile(
    r"(?:cancel|stop|wait|hold on|hold it|hang on|skip|drop|undo|abort|halt|reject|refuse|decline)(?: (?:it|that|this|"
    r"a moment|a minute|a second|please))*|wait no|no wait"
)


def consents(saying: Saying, *, is_asked: bool) -> bool | None:
    """Read a bare yes or no; None for all else. What may also be a command is an answer only where one is asked for.

    >>> from .sayings import say
    >>> [consents(say(text), is_asked=True) for text in ("ok go ahead", "not now", "go", "redo it")]
    [True, False, True, None]
    >>> consents(say("go"), is_asked=False) is None
    True
    """
    text = re.sub(r" ?[.!?;:,]+ ?$", "", bare(saying).text)
    text = re.sub(r" ?[!.;] ?", " , ", text)
    if _NO.fullmatch(text):
        return False
    if WRY.fullmatch(text):
        return None
    if _YES.fullmatch(text):
        return None if not is_asked and _STARTS_WORK.search(text) else True
    if is_asked and _HALT.fullmatch(text):
        return False
    return (
        True
        if is_asked
        and _MERELY.fullmatch(text)
        and not re.fullmatch(r"(?:thanks|thank you|now|well|then|and|please|mate)", text)
        else None
    )
