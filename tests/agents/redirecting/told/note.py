"""What a note asks for, with the words and requirements its task has from then on."""

from typing import NamedTuple


class Told(NamedTuple):
    """A note about one task of the castle, and what becomes different."""

    task: str
    note: str
    prompt: str
    """From now on; empty where nothing becomes different."""
    negative: str
    """Where it becomes different."""
    asks: tuple[tuple[str, str], ...]
    """What was asked for, and what is."""
