"""What is written down of a turn is enough to go on from it."""

from callsheet.agents.conversation.scene import Scene
from callsheet.core.proposal import Pack, Proposal
from callsheet.core.wish import About, Compare, Retake, Unclear
from callsheet.graphs.session.hearing import Heard
from callsheet.graphs.session.minutes import left_at, turn_of

KEEP, SEA = About(says="the keep", tasks=("keep",)), About(says="the sea", tasks=("sea",))
PROPOSAL = Proposal(acts=(Pack(),), says=("it is packed",))
ASKED = turn_of("Ada", "compare the sea", Heard(wishes=[Compare(about=SEA)]), reply="t01", proposal=None)
WAITING = turn_of("Ada", "again the keep", Heard(wishes=[Retake(about=KEEP)]), reply="Shall I?", proposal=PROPOSAL)
LOST = turn_of("Ada", "qwertz", Heard(wishes=[Unclear(text="qwertz", why="no words")]), reply="?", proposal=None)


def test_a_conversation_goes_on_about_what_was_spoken_of_last_with_what_waits() -> None:
    scene, proposal = left_at([ASKED, WAITING], Scene())
    assert (scene.last.tasks, scene.before.tasks) == (("keep",), ("sea",))
    assert scene.proposed == (Retake(about=KEEP),)
    assert proposal == PROPOSAL


def test_what_was_dropped_or_not_understood_waits_for_nothing() -> None:
    scene, proposal = left_at([WAITING, LOST], Scene())
    assert scene.last.tasks == ("keep",)
    assert (scene.proposed, proposal) == ((), None)
    assert left_at([], Scene()) == (Scene(), None)
