"""Templates of sentences as the tables write them.

`<about>` stands for tasks, `<takes>` for takes by number, `<n>` for a count, `<usd>` for money, `<budget>` for an
amount whose unit may be left out, `<text>` for a note, `<maker>` for somebody of the crew. A template must fit a whole
part of a turn; of those that fit, the first whose words resolve is taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say one kind of wish."""

    kind: str
    template: str


def templates(kind: str, lines: str) -> Iterator[Rule]:
    """Read a table: one template a line; a line that ends in `|` goes on in the next.

    >>> [rule.template for rule in templates("help", '''
    ...     help
    ...     what (?:can|
    ...             may) i say
    ... ''')]
    ['help', 'what (?:can|may) i say']
    """
    template = ""
    for line in lines.strip().splitlines():
        template += line.strip()
        if not template.endswith("|"):
            yield Rule(kind, template)
            template = ""
