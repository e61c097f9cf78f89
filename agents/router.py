"""The router: which maker does a task, with which recipe, and why not the others. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from ..core.crew import Crew, MakerSpec
from ..core.decision import Escalate, Move, Repair, Rewrite
from ..core.fact import TurnedDown
from ..core.money import to_micros
from ..core.plan import Start, Task
from ..core.take import Ingredient, Recipe
from .planning.envelopes import makers_for
from .planning.odds import Odds, Price
from .planning.wording import unknown_words

_REPAIR_STRENGTH: Final = "1.0"
"""A repair starts from noise inside its mask: what was wrong there must not shine through."""

_ROLES: Final[Mapping[str, Literal["layer", "source", "reference"]]] = {"composite": "layer", "still": "reference"}
"""As what a task takes its inputs in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The router's choice for one attempt."""

    recipe: Recipe
    maker: MakerSpec
    why: str
    turned_down: tuple[TurnedDown, ...]


def seed_of(production_seed: int, task: str, attempt: int) -> int:
    """Derive the seed of one attempt: 31 bits, independent of when and where it runs.

    >>> seed_of(7, "keep_day", 1) == seed_of(7, "keep_day", 1) != seed_of(7, "keep_day", 2)
    True
    """
    text = f"{production_seed}/{task}/{attempt}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1


def route(
    task: Task,
    crew: Crew,
    *,
    attempt: int,
    seed: int,
    inputs: Sequence[str],
    moves: Sequence[Move],
    prefers: Sequence[str] = (),
    left_usd: float | None = None,
    aspect: str = "1:1",
    odds: Odds | None = None,
) -> Route | None:
    """Pick maker and recipe for one attempt; None when nobody on the crew can do the task.

    Args:
        task: the job.
        crew: who is hired.
        attempt: from 1, counting every take the task ever had.
        seed: the production's.
        inputs: digests of the task's input takes, in the task's own order.
        moves: this round's moves so far: the last escalation says who makes the take, the last rewrite with which
            prompt, and a repair that comes last, from which picture.
        prefers: makers the department asks first, where the task can pay them.
        left_usd: what the task may still spend, None for any amount; the choice may cost more when nobody costs less.
        aspect: the look's, for makers that draw any size.
        odds: what is known of this crew's makers; None is its file's rates.
    """
    odds = odds or Odds()
    able = [maker for maker in makers_for(task.make, crew) if task.start is None or maker.repairs]
    if not able:
        return None
    payable = [one for one in able if left_usd is None or to_micros(one.usd or 0.0) <= to_micros(left_usd)]
    chosen, why = _choose(task, payable or able, moves, prefers, odds)
    prices, is_escalated = odds.prices(task, able), any(isinstance(move, Escalate) for move in moves)
    return Route(
        recipe=_revised(_recipe(task, chosen, seed_of(seed, task.name, attempt), inputs, aspect), moves, task.start),
        maker=chosen,
        why=why,
        turned_down=tuple(
            TurnedDown(maker=maker.name, why=_why_not(task, maker, chosen, prices, is_escalated=is_escalated))
            for maker in crew.makers
            if maker != chosen
        ),
    )


def _choose(
    task: Task, able: Sequence[MakerSpec], moves: Sequence[Move], prefers: Sequence[str], odds: Odds
) -> tuple[MakerSpec, str]:
    by_name = {maker.name: maker for maker in able}
    for move in reversed(moves):
        if isinstance(move, Escalate) and move.maker in by_name:
            return by_name[move.maker], f"escalated: {move.why}"
    return first_choice(task, able, prefers, odds)


def first_choice(task: Task, able: Sequence[MakerSpec], prefers: Sequence[str], odds: Odds) -> tuple[MakerSpec, str]:
    """Pick who makes a task's first take, and say why.

    The department's wish first; then who knows the prompt's words; then, where every maker's odds are known, the least
    price of a passed take, as drawn for this task from what the odds may be; else the weakest and cheapest, and now and
    then a maker nobody knows yet.

    Args:
        task: the job.
        able: makers that can do it, at least one, weakest first.
        prefers: names the department asks first.
        odds: what is known of them.
    """
    by_name = {maker.name: maker for maker in able}
    if task.maker in by_name:
        return by_name[task.maker], task.maker_why or "you asked for it"
    for name in prefers:
        if name in by_name:
            return by_name[name], f"{task.department} asks {name} first"
    unknown = {maker.name: _unknown(task, maker) for maker in able}
    fluent = [maker for maker in able if unknown[maker.name] == min(unknown.values())]
    if len(able) > 1 and (prices := odds.prices(task, able)):
        return _least_price(fluent, prices, odds.says(able))
    chosen = min(fluent, key=lambda maker: (maker.strength, maker.usd or 0.0))
    if newcomer := odds.newcomer(task, fluent, chosen):
        return newcomer, f"tried out: this studio does not know yet how often its takes pass ({chosen.name} is usual)"
    return chosen, f"{'cheapest' if len(able) > 1 else 'the only one'} that makes a {task.make}"


def _least_price(able: Sequence[MakerSpec], prices: Mapping[str, Price], stands_on: str) -> tuple[MakerSpec, str]:
    chosen = min(able, key=lambda maker: (prices[maker.name].drawn, maker.strength))
    best = min(able, key=lambda maker: (prices[maker.name].expected, maker.strength))
    usd, least = prices[chosen.name].expected, prices[best.name].expected
    if usd > least:
        why = f"tried out: a passed take is expected to cost {usd:.4f} USD, against {least:.4f} of {best.name}"
        return chosen, f"{why}, and that is not certain ({stands_on})"
    return chosen, f"least expected price of a passed take ({usd:.4f} USD; {stands_on})"


def _unknown(task: Task, maker: MakerSpec) -> int:
    return len(unknown_words(task.prompt, frozenset(maker.words)))


def _why_not(
    task: Task, maker: MakerSpec, chosen: MakerSpec, prices: Mapping[str, Price], *, is_escalated: bool
) -> str:
    if task.make not in maker.makes:
        return f"does not make a {task.make}"
    if maker.usd is None:
        return "has no price"
    if prices and prices[maker.name].expected > prices[chosen.name].expected:
        usd, best = prices[maker.name].expected, prices[chosen.name].expected
        return f"a passed take is expected to cost {usd:.4f} USD, against {best:.4f}"
    if maker.strength > chosen.strength:
        return f"dearer ({maker.usd:.4f} against {chosen.usd or 0:.4f} USD); kept for escalation"
    return "weaker; it had its tries" if is_escalated and maker.strength < chosen.strength else "not preferred"


def _recipe(task: Task, maker: MakerSpec, seed: int, inputs: Sequence[str], aspect: str) -> Recipe:
    role = _ROLES.get(task.make, "source")
    given = () if role == "reference" and not maker.references else inputs
    width, height = _size(maker, aspect)
    return Recipe(
        maker=maker.name,
        kind=maker.kind,
        make=task.make,
        source=maker.portable_source,
        revision=maker.revision,
        weights_digest=maker.weights_digest,
        prompt=task.prompt,
        negative=task.negative,
        seed=seed,
        width=width,
        height=height,
        steps=maker.steps,
        guidance=maker.guidance,
        ingredients=tuple(Ingredient(role=role, digest=one) for one in given),
        settings=dict(task.settings),
    )


def _revised(recipe: Recipe, moves: Sequence[Move], start: Start | None) -> Recipe:
    """Carry out on a recipe what the moves ask beyond another seed or maker, and from what it starts."""
    rewritten = next((move.prompt for move in reversed(moves) if isinstance(move, Rewrite)), recipe.prompt)
    if moves and isinstance(last := moves[-1], Repair):
        start = Start(picture=last.picture, mask=last.mask)
    if start is None:
        return replace(recipe, prompt=rewritten)
    parts = [Ingredient(role="image", digest=start.picture)]
    if start.mask:
        parts.append(Ingredient(role="mask", digest=start.mask))
    return replace(
        recipe,
        prompt=rewritten,
        ingredients=(*recipe.ingredients, *parts),
        settings={**recipe.settings, "strength": f"{start.strength:.2g}" if start.strength < 1 else _REPAIR_STRENGTH},
    )


def _size(maker: MakerSpec, aspect: str) -> tuple[int, int]:
    """Give the picture's size: the maker's own, or its area in the look's aspect where it draws any size.

    Sides are multiples of 64, which every latent diffusion model accepts.
    """
    if not maker.settings.get("any_aspect"):
        return maker.width, maker.height
    across, _, down = aspect.partition(":")
    ratio = float(across) / float(down)
    area = maker.width * maker.height
    return _round_to_64((area * ratio) ** 0.5), _round_to_64((area / ratio) ** 0.5)


def _round_to_64(side: float) -> int:
    return max(64, 64 * round(side / 64))
