"""The independent judge: a classifier that production never sees."""

from .atoms import ANYTHING, Atom, AtomKind, Reading, atoms_of, holds
from .judge import Judge, load_judge

__all__ = ["ANYTHING", "Atom", "AtomKind", "Judge", "Reading", "atoms_of", "holds", "load_judge"]
