"""What a director's words may be about at one moment of a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.brief import Brief
from ...core.plan import Plan
from ...core.wish import (
    About,
    Approve,
    Command,
    Compare,
    Consent,
    Costs,
    Ingest,
    MoreLike,
    Omit,
    Options,
    Price,
    Reject,
    Remark,
    Reroute,
    Retake,
    Revise,
    ShowPlan,
    ShowTakes,
    Status,
    Unclear,
    Why,
    Wish,
)
from .glossary import Glossary, glossary_of

_Asked = Status | ShowPlan | ShowTakes | Compare | Why | Costs | Price
_Ordered = Revise | Retake | MoreLike | Options | Approve | Reject | Omit | Ingest | Reroute | Command
Aimed = _Asked | _Ordered | Remark
"""Wishes that are about something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a turn is understood against. `replace` it from turn to turn: a plan is looked up once."""

    plan: Plan | None = None
    """None before anything is planned: a sentence is then a brief."""
    brief: Brief | None = None
    makers: tuple[str, ...] = ()
    """The crew's makers by name."""
    takes: Mapping[str, int] = field(default_factory=dict)
    """How many takes each task has."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Where each task stands, in the board's word: `accepted`, `unfinished`, `waiting`, `paused`, `making` ..."""
    last: About = field(default_factory=About)
    """What was last spoken of: what `it` means."""
    before: About = field(default_factory=About)
    """What was spoken of before that: what `the other one` means."""
    last_take: int | None = None
    """The take that was last shown or spoken of, by number."""
    proposed: tuple[Wish, ...] = ()
    """What was proposed and waits for a yes."""
    said: tuple[Wish, ...] = ()
    """What was wished in the turn before: what `this one too` repeats."""
    lost: str = ""
    """What was not understood in the turn before: `the towers, I mean` says it again."""
    glossary: Glossary = field(default_factory=Glossary, repr=False, compare=False)
    """The plan's words. Made from the plan unless it is given."""

    def __post_init__(self) -> None:
        if self.plan and (self.glossary.plan is not self.plan or self.glossary.brief is not self.brief):
            object.__setattr__(self, "glossary", glossary_of(self.plan, self.brief))

    @property
    def whole(self) -> About:
        """The whole production."""
        return About(tasks=self.glossary.names)


def speaking_of(scene: Scene, wishes: Sequence[Wish | Unclear]) -> Scene:
    """Remember what a turn was about, so that the next one can say `it`.

    >>> from ...core.wish import Retake
    >>> keep, sea = About(says="the keep", tasks=("keep",)), About(says="the sea", tasks=("sea",))
    >>> later = speaking_of(Scene(last=sea), [Retake(about=keep)])
    >>> later.last.says, later.before.says
    ('the keep', 'the sea')
    """
    scene = replace(scene, lost=next((wish.text for wish in reversed(wishes) if isinstance(wish, Unclear)), ""))
    for wish in wishes:
        about = about_of(wish)
        if not about or not about.tasks or about.tasks == scene.glossary.names:
            continue
        take = _take_in(wish)
        if about.tasks == scene.last.tasks:
            scene = replace(scene, last=about, last_take=take or scene.last_take)
        else:
            scene = replace(scene, last=about, before=scene.last, last_take=take)
    said = tuple(wish for wish in wishes if not isinstance(wish, Unclear | Consent))
    return replace(scene, said=said) if said else scene


def about_of(wish: Wish | Unclear) -> About | None:
    """Give what a wish is about; None for those that are about nothing in particular.

    >>> from ...core.wish import Leave, Retake
    >>> about_of(Leave()), about_of(Retake(about=About(says="it")))
    (None, About(says='it', tasks=(), department=''))
    """
    return wish.about if isinstance(wish, Aimed) else None


def _take_in(wish: Wish | Unclear) -> int | None:
    match wish:
        case Approve(take=take) | MoreLike(take=take):
            return take
        case ShowTakes(takes=takes) | Compare(takes=takes):
            return takes[-1] if takes else None
    return None


def only_of(proposed: Sequence[Wish], about: About) -> tuple[Wish, ...]:
    """Narrow what is proposed to some of its tasks; wishes that are about none of them fall away.

    >>> from ...core.wish import Approve, Retake
    >>> wishes = [Approve(about=About(says="all", tasks=("keep", "sea"))), Retake(about=About(tasks=("gate",)))]
    >>> only_of(wishes, About(says="the keep", tasks=("keep", "gate_far")))
    (Approve(about=About(says='the keep', tasks=('keep',), department=''), take=None, verb='approve'),)
    """
    wanted, kept = set(about.tasks), list[Wish]()
    for wish in proposed:
        of = about_of(wish)
        tasks = tuple(task for task in of.tasks if task in wanted) if of else ()
        if tasks:
            kept.append(about_instead(wish, replace(about, tasks=tasks)))
    return tuple(kept)


def about_instead(wish: Wish, about: About) -> Wish:
    """Say the same of other tasks."""
    return replace(wish, about=about) if isinstance(wish, Aimed) else wish
