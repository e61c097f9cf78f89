"""The desk: plan, run, follow, look, decide, order, bring in, prove. Every door calls this and only this."""

from ..tools.fsck import Trouble, check_production
from .approvals import Question, inbox, take_named
from .board import Board, board_of
from .calibrating import calibrate
from .changing import Price, brief_of, change, price_of
from .deciding import Standing, decide, ingest, look, note
from .driver import Driver, driver_of, is_driven
from .forecast import cheapest_in_time, outlooks
from .onlooking import Onlooker, look_on
from .ordering import OrderKind, add, order
from .orders import InForce, in_force, named
from .planning import call_sheet, plan
from .reconciling import Reconciliation, reconcile
from .running import Delivery, Production, follow, produce
from .standing import Step
from .stopping import allow_all, stop, stop_all, stopped_all
from .waits import waits_of

__all__ = [
    "Board",
    "Delivery",
    "Driver",
    "InForce",
    "Onlooker",
    "OrderKind",
    "Price",
    "Production",
    "Question",
    "Reconciliation",
    "Standing",
    "Step",
    "Trouble",
    "add",
    "allow_all",
    "board_of",
    "brief_of",
    "calibrate",
    "call_sheet",
    "change",
    "cheapest_in_time",
    "check_production",
    "decide",
    "driver_of",
    "follow",
    "in_force",
    "inbox",
    "ingest",
    "is_driven",
    "look",
    "look_on",
    "named",
    "note",
    "order",
    "outlooks",
    "plan",
    "price_of",
    "produce",
    "reconcile",
    "stop",
    "stop_all",
    "stopped_all",
    "take_named",
    "waits_of",
]
