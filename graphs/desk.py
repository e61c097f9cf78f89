"""The desk: plan, run, follow, look, decide, bring in, prove. Every door calls this and only this."""

from ..tools.fsck import Trouble, check_production
from .approvals import Question, inbox, take_named
from .calibrating import calibrate
from .deciding import Standing, decide, ingest, look
from .planning import call_sheet, plan
from .running import Delivery, Production, follow, produce
from .standing import Step

__all__ = [
    "Delivery",
    "Production",
    "Question",
    "Standing",
    "Step",
    "Trouble",
    "calibrate",
    "call_sheet",
    "check_production",
    "decide",
    "follow",
    "inbox",
    "ingest",
    "look",
    "plan",
    "produce",
    "take_named",
]
