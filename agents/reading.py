"""Prompt text to atoms: a small grammar of picture English, without a dictionary of things.

The reader walks the prompt once, left to right. At each place it tries the fixed phrases (time, weather, shot, side,
style, negation, relation), then a noun phrase; a relation waits for the noun phrase that completes it.
"""

import re
from dataclasses import dataclass, field
from re import Match
from typing import Final

from . import phrases
from ..core.plan import RequirementKind
from .noun_phrase import (
    PREPOSITIONS,
    NounPhrase,
    aspect_of,
    ends_run,
    is_adverb,
    is_modifier,
    is_participle,
    is_verb,
    only_modifiers,
    says_one,
    settle,
)
from .nouns import singular
from .words import COLOURS, DETERMINERS, FINITE, FUNCTION, MATERIALS, NUMBERS, PLURAL_ONLY_PAIRS, THINGS_TOO, TRANSITIVE
