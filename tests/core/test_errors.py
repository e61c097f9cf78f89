"""Errors cross processes, and speak to the person who can do something."""

import pickle

import pytest

from callsheet.core import errors
from callsheet.core.errors import CallsheetError
from callsheet.core.settings import SettingsWrong

EXAMPLES: dict[str, tuple[object, ...]] = {
    "CallsheetError": ("something",),
    "SetupError": ("something",),
    "WorldError": ("something",),
    "Bug": ("something",),
    "BriefError": ("tasks.keep", "an unknown department 'x'", "name one of: art"),
    "CrewError": ("makers.0", "an unknown kind 'x'", "name one of: sketch"),
    "OutputError": ("out/castle", "is a file", "name a folder"),
    "BudgetExceeded": (0.5, 0.25),
    "DirectionSpent": (0.02, 0.01),
    "CapReached": (0.04, 0.01, 2.0, "day", "2026-11-21"),
    "SpendingStopped": (0.04, "by Ada", "`callsheet resume DIR` has it go on"),
    "BudgetAllotted": (0.002, 0.0, 4.9936, 5.0),
    "StaleDecision": ("keep", "Ada already decided"),
    "NothingToDo": ("nothing of 'post' is paused", "see `callsheet status`"),
    "UnknownName": ("task", "kep", ("keep", "sea")),
    "NotAPicture": ("notes.txt", "is text"),
    "MissingExtra": ("the sketch crew", "local"),
    "LeaseLost": ("out/castle", "pid 7 on studio"),
    "MakerFailed": ("sketch", "out of memory", True),
    "OutOfMemory": ("sdxl", "32.00 GiB were asked for", True),
    "MakerBroke": ("sketch", "it raised RuntimeError: CUDA error", False),
    "ServiceAway": ("gpt-image", "[Errno 111] Connection refused", 10.0),
    "ServiceBusy": ("gpt-image", "429: too many requests", 20.0),
    "ServiceRefused": ("gpt-image", "401: no such key"),
    "ChargeUnknown": ("gpt-image", "no answer within 240 s", True, "spoilt"),
    "WorkerLost": ("sketch/0", "hung past 120 s"),
    "ClusterLost": ("10.0.0.7:6379", "its head does not answer"),
    "ChatFailed": ("openai:gpt-5-mini", "rate_limited", "429: slow down", True, 20.0),
    "CallWithdrawn": ("sketch", "paused by Ada"),
    "AssetMissing": ("sha256:" + "0" * 64,),
    "AssetDamaged": ("sha256:" + "0" * 64,),
    "StoreAway": ("s3://studio", "connection refused"),
    "DiskBroken": ("/out", "disk I/O error"),
    "DiskFull": ("/out", "No space left on device"),
}

CLASSES = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CallsheetError)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling_with_all_it_says(kind: type[CallsheetError]) -> None:
    error = kind(*EXAMPLES[kind.__name__])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_an_error_defined_outside_the_tree_survives_pickling_too() -> None:
    error = SettingsWrong("workers", "must be at least 1")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_names_every_error_with_its_parent_above(kind: type[CallsheetError]) -> None:
    tree = errors.__doc__ or ""
    assert kind.__name__ in tree
    for parent in kind.__mro__[1:]:
        if issubclass(parent, CallsheetError):
            assert tree.index(parent.__name__) < tree.index(kind.__name__)


def test_a_misspelt_name_is_answered_with_the_near_ones() -> None:
    assert "did you mean keep_day" in str(errors.UnknownName("task", "kep_day", ["keep_day", "sea_plate"]))


def test_a_name_like_no_other_is_answered_with_the_known_ones() -> None:
    assert "known: keep_day, sea_plate" in str(errors.UnknownName("task", "zzz", ["keep_day", "sea_plate"]))


def test_only_what_may_help_again_says_it_can_be_retried() -> None:
    assert errors.WorkerLost("w", "died").retryable
    assert not errors.MakerFailed("m", "cannot").retryable
    assert errors.MakerFailed("m", "out of memory", retryable=True).retryable
    assert errors.OutOfMemory("m", "a batch of 8").retryable
    assert not errors.DiskFull("/", "full").retryable
    assert errors.ChatFailed("openai:m", "overloaded", "529").retryable
    assert not errors.ChatFailed("openai:m", "spend_cap", "400").retryable
