"""How long a production will still take, by what ended so far. Pure."""

from .board import OPEN, Board


def seconds_left(board: Board, working_seconds: float) -> float | None:
    """Extrapolate from what ended since the board was put up: the work, but no less than the longest chain left.

    Args:
        board: up to date.
        working_seconds: since the first take was asked for, or since the board was put up.

    Returns:
        None while nothing has ended, and where nothing is left that goes on by itself.
    """
    sums = board.sums
    if sums.ended_seconds <= 0 or not any(board.by_state[state] for state in OPEN):
        return None
    work = working_seconds * sums.open_seconds / sums.ended_seconds
    return max(work, board.longest_seconds() * sums.making_seconds / sums.ended_seconds)
