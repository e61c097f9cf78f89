"""A critic with a language model that sees: one yes or no for each requirement, the prompt hidden from it."""

import re
from typing import Final

from ...core.chat import Answer, Ask, ChatSpec, Turn
from ...core.plan import Requirement
from ...core.take import Opinion, Score, Unscored
from .fault import Fault, said
from .prompts import marked, prompt_of

CRITIC: Final = "chat"
SURE_TOKENS: Final = 16
"""Of an answer whose first word is all that is wanted."""

_FIRST_WORD: Final = re.compile(r"^\W*(yes|no|unsure)\b[\W]*$", re.IGNORECASE)


def can_be_asked(requirement: Requirement) -> bool:
    """Say whether a requirement can be put to somebody who sees the picture and nothing else."""
    return bool(requirement.asks)


def ask_critic(requirement: Requirement, picture: bytes, spec: ChatSpec) -> Ask:
    """Ask one question about one picture; what else the picture should show is not told.

    Args:
        requirement: with the phrase that is true of a good picture.
        picture: PNG bytes.
        spec: who is asked: one that says how sure it is answers in a word.
    """
    prompt = prompt_of("critic")
    text = f"Is this to be seen in the picture?\n{marked('phrase', requirement.asks)}\nAnswer yes, no or unsure."
    return Ask(
        agent="critic",
        prompt=prompt.digest,
        system=prompt.text,
        turns=(Turn(who="we", text=text),),
        pictures=(picture,),
        is_yes_or_no=True,
        tokens_out=SURE_TOKENS if spec.logprobs else 0,
    )


def read_critic(answer: Answer, requirement: Requirement, critic: str = CRITIC) -> Opinion | Fault:
    """Turn a yes or no into a score: how likely yes was where the server says, else one or nought.

    An absence is asked for positively, so its score is turned round. Whoever is unsure has no opinion.
    """
    text = said(answer)
    if isinstance(text, Fault):
        return text
    if not (found := _FIRST_WORD.match(text)):
        return Fault(kind="malformed", says="answer with one word: yes, no or unsure")
    word = found[1].lower()
    if word == "unsure":
        return Unscored(requirement=requirement.id, critic=critic, reason="the model is unsure")
    yes = answer.yes if answer.yes is not None else float(word == "yes")
    how = f"{yes:.0%} sure of yes" if answer.yes is not None else "it does not say how sure"
    value = 1.0 - yes if requirement.kind == "absence" else yes
    return Score(
        requirement=requirement.id, critic=critic, value=round(value, 6), evidence=f"{answer.model} says {word}, {how}"
    )
