"""What was said, as the journal keeps it, and where a conversation was left. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ...agents.conversation.scene import Scene, speaking_of
from ...core.canonical import from_json, to_json
from ...core.fact import TurnTaken
from ...core.proposal import Proposal
from ...core.wish import AnyWish, Wish
from .hearing import Heard

_LAST_TURNS: Final = 8
"""So many are taken up again; what was spoken of before those is forgotten."""


def turn_of(by: str, text: str, heard: Heard, *, reply: str, proposal: Proposal | None) -> TurnTaken:
    """Write a turn down.

    Args:
        by: who spoke.
        text: what was said; empty where it came as wishes.
        heard: as it was understood.
        reply: what the crew answered.
        proposal: what waits for a yes since.
    """
    return TurnTaken(
        by=by,
        text=text,
        wishes=tuple(to_json(one) for one in heard.wishes),
        read_by=heard.by,
        reply=reply,
        proposal=to_json(proposal) if proposal else "",
        degraded=heard.degraded,
    )


def left_at(turns: Sequence[TurnTaken], scene: Scene) -> tuple[Scene, Proposal | None]:
    """Say where a conversation was left: what it was about, and what waits for a yes.

    Args:
        turns: all that were taken, oldest first.
        scene: before any of them.
    """
    wishes: list[Wish] = []
    for turn in turns[-_LAST_TURNS:]:
        wishes = [from_json(AnyWish, one) for one in turn.wishes if '"verb"' in one]
        scene = speaking_of(scene, wishes)
    if not turns or not turns[-1].proposal:
        return scene, None
    return replace(scene, proposed=tuple(wishes)), from_json(Proposal, turns[-1].proposal)
