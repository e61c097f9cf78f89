"""Which answer a question gets."""

from ...core.errors import Bug
from ...core.wish import (
    Compare,
    Costs,
    Help,
    Leave,
    Price,
    ShowPlan,
    ShowTakes,
    Status,
    Unclear,
    Why,
    Wish,
)
from . import answers
from .view import View

_NOTHING_YET = "nothing is planned yet: say what the film shows, in a sentence, or name a brief"


def answer(view: View | None, wish: Wish) -> str:  # noqa: PLR0911 - one line per question
    """Answer a wish that only asks. Blocking: call it off the event loop."""
    match wish:
        case Help():
            return answers.HELP
        case Leave():
            return "the work stays as it is; open the session again to go on"
        case _ if view is None:
            return _NOTHING_YET
        case Status(about=about):
            return answers.status(view, about)
        case ShowPlan(about=about):
            return answers.plan(view, about)
        case ShowTakes(about=about, takes=takes):
            return answers.takes(view, about, takes)
        case Compare(about=about, takes=takes):
            return answers.compare(view, about, takes)
        case Why(about=about):
            return answers.why(view, about)
        case Costs(about=about):
            return answers.costs(view, about)
        case Price(about=about):
            return answers.to_come(view, about)
        case _:
            raise Bug(f"{wish.verb} is no question")


def unclear_in_words(unclear: Unclear) -> str:
    """Say what was not understood, and the nearest things one can say."""
    said = f"I did not understand {unclear.text!r}: {unclear.why}"
    return f"{said}\nyou could say: {' / '.join(unclear.nearest)}" if unclear.nearest else said
