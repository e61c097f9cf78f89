"""A note that names a part of a picture: only that part is painted anew."""

from dataclasses import replace
from typing import Final

from ...agents.planning.envelopes import makers_for
from ...agents.redirecting.regions import Region, region_of
from ...core.change import Change, Difference
from ...core.plan import Start, Task
from ...models.segmentation import part_mask
from .view import View

_UP: Final = frozenset({"sky", "cloud", "horizon"})
_DOWN: Final = frozenset({"ground"})


def kept_elsewhere(view: View, change: Change, task: Task, text: str) -> Change:
    """Have a changed task begin from its standing take, with all but the named part kept; else the change as it is.

    A part counts where it is told apart from the rest: one of several things by its side, or the sky or the ground. It
    needs a maker that repairs, a take the crew made, and a part that can be told from its backdrop. Blocking.
    """
    region = region_of(text, [one.subject for one in task.requirements if one.kind == "existence"])
    take = view.history.tasks[task.name].standing_take
    able = any(maker.repairs for maker in makers_for(task.make, view.crew))
    if region is None or not _is_told_apart(region) or take is None or take.recipe is None or not able:
        return change
    sides = {*region.sides, *(["top"] if region.subject in _UP else ["bottom"] if region.subject in _DOWN else [])}
    mask = part_mask(view.store.get(take.digest), sides, is_backdrop=region.is_backdrop)
    if mask is None:
        return replace(change, notices=(*change.notices, f"found no {region.says()} in {take.id}: all is made anew"))
    start = Start(picture=take.digest, mask=view.store.put(mask))
    told = Difference(task=task.name, what="mask", before="", after=f"{region.says()} of {take.id}; the rest stays")
    become = next((one for one in change.tasks if one.name == task.name), task)
    others = tuple(one for one in change.tasks if one.name != task.name)
    return replace(change, tasks=(*others, replace(become, start=start)), differences=(*change.differences, told))


def _is_told_apart(region: Region) -> bool:
    return bool(region.subject) and (bool(region.sides) or region.is_backdrop)
