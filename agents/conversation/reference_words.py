"""The closed classes of words with which a director points at tasks."""

from typing import Final

from ..language.words import word_set

POINTING: Final = word_set(
    """
    it this that them these those him her they he she its same
    """
)
"""What was last spoken of."""

GENERIC: Final = word_set(
    """
    set scene location seed seeds
    one ones task tasks thing things job jobs picture pictures image images frame frames asset assets piece
    pieces item items work shot shots element elements result results bit stuff take takes version versions
    attempt attempts sort kind variation variations option options render renders variant variants cell cells
    drawing drawings
    """
)
"""Nouns that any task answers to."""

WHOLE: Final = word_set(
    """
    everything all whole production film movie show lot project everybody anything every entire picture's matrix
    """
)
TEAM: Final = word_set(
    """
    team teams department departments dept depts crew group people folks guys unit artists side gang lot
    """
)
SMALL: Final = word_set(
    """
    the a an of for from on in at to with by about and or all both each every any some my our your his her their
    its in's 's just only also which that who 's little dear poor wee over again around under
    during near inside into please still
    yet back there here own current single whole entire very so far
    """
)
"""Words that point at nothing by themselves. `far` and `near` count where a task is so named."""

EXCEPT: Final = r"(?:except(?: for)?|but not|apart from|other than|excluding|besides|aside from|minus|save for|but)"
REST: Final = (
    r"(?:(?:all )?(?:the )?(?:rest|others|other ones|remaining ones|remainder)(?: of (?:it|them|the .+))?"
    r"|everything else|all else|everyone else)"
)
OTHER: Final = r"(?:the )?(?:other one|other|previous one|one before)"

STATES: Final[dict[str, frozenset[str]]] = {
    name: word_set(states)
    for names, states in {
        "approved accepted signed-off finished done complete completed ready-to-go passed": "accepted approved",
        "failed failing": "unfinished stuck failed rejected",
        "rejected refused": "rejected unfinished",
        "unfinished incomplete": "unfinished stuck",
        "waiting pending undecided": "waiting",
        "ready": "waiting accepted",
        "paused held on-hold": "paused",
        "running making working drawing": "making looking",
        "blocked stuck": "blocked stuck",
        "cancelled omitted dropped": "cancelled omitted",
        "open": "waiting paused making looking ready blocked unfinished stuck",
        "unapproved unaccepted": "waiting paused making looking ready blocked unfinished stuck rejected",
    }.items()
    for name in names.split()
}
"""Words for where a task stands, to the board's words."""

_STATE: Final = "|".join(sorted(STATES, key=len, reverse=True))
STANDS: Final = (
    r"(?:(?:that|which|who|what|whatever|everything that)(?= ))?(?: ?(?:has|have|had|is|are|was|were|did|does|do|"
    r"still|came))*"
    rf"(?: ?(?P<not>not|never))?(?: ?(?:yet|been|still|already|be|got|gotten))* ?\b(?P<state>{_STATE}|fail|pass|wait|"
    rf"waits)\b"
    r"(?: (?:yet|so far|already|for me|on me|for us|to me|the gate|for my answer|for a decision))?"
)
"""`that is not approved`, `which failed`, `waiting for me`."""

VERB_STATES: Final = {"fail": "failed", "pass": "passed", "wait": "waiting", "waits": "waiting"}
