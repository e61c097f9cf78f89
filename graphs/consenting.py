"""A question to a person in the form of LangChain's human in the loop, which LangGraph's own tools can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from langchain.agents.middleware.human_in_the_loop import (
    ActionRequest,
    ApproveDecision,
    HITLRequest,
    RejectDecision,
    ReviewConfig,
)
from langgraph.types import interrupt
from pydantic import Field

Decision = Annotated[ApproveDecision | RejectDecision, Field(discriminator="type")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person answers."""

    decisions: list[Decision]
    """One for each action, in the order they were shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """What the answer comes to."""

    kind: Literal["yes", "no", "unanswered"]
    why: str = ""
    """What the person said with a no, or what is missing from the answer."""


def ask(actions: Sequence[ActionRequest]) -> Consented:
    """Interrupt the run until a person has decided about all of these, which are done together or not at all.

    Nothing may be paid or decided before it in the same node: a resumed node begins again.
    """
    return consented(interrupt(request_of(actions), response_schema=Answer), len(actions))


def request_of(actions: Sequence[ActionRequest]) -> HITLRequest:
    """Put actions as a request a person may approve or reject; editing one would change what the others were bound to.

    >>> request_of([ActionRequest(name="roll", args={})])["review_configs"]
    [{'action_name': 'roll', 'allowed_decisions': ['approve', 'reject']}]
    """
    review = [ReviewConfig(action_name=one["name"], allowed_decisions=["approve", "reject"]) for one in actions]
    return HITLRequest(action_requests=list(actions), review_configs=review)


def consented(answer: Answer, actions: int) -> Consented:
    """Say what an answer comes to: yes only where every action is approved.

    Args:
        answer: a decision for each action.
        actions: how many were shown.

    >>> yes, no = ApproveDecision(type="approve"), RejectDecision(type="reject", message="too dark")
    >>> consented(Answer(decisions=[yes]), 1)
    Consented(kind='yes', why='')
    >>> consented(Answer(decisions=[yes, no]), 2)
    Consented(kind='no', why='too dark')
    >>> consented(Answer(decisions=[yes]), 2)
    Consented(kind='unanswered', why='it takes 2 decisions, one for each action, and these are 1')
    """
    decisions = answer.decisions
    if len(decisions) != actions:
        why = f"it takes {actions} decisions, one for each action, and these are {len(decisions)}"
        return Consented(kind="unanswered", why=why)
    rejected = [one for one in decisions if one["type"] == "reject"]
    said = "; ".join(one["message"] for one in rejected if one.get("message"))
    return Consented(kind="no" if rejected else "yes", why=said)
