"""What any maker, critic and home for workers must do: for our tests, and for people who bring their own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType

from PIL import Image

from ..core.canonical import from_json, to_json
from ..core.errors import UnknownName
from ..core.plan import Requirement
from ..core.ports import BatchMaker, Critic, Maker, Workers
from ..core.take import Made, Opinion, Recipe, Score, Unscored


class NotConforming(AssertionError):
    """An implementation breaks a promise of its port."""


def check_maker(maker: Maker, recipe: Recipe, ingredients: Mapping[str, bytes], *, is_exact: bool = True) -> None:
    """Check one maker with a recipe it can make.

    Args:
        maker: the maker, loaded.
        recipe: something it can make.
        ingredients: the bytes of every digest the recipe names.
        is_exact: whether the same recipe must give the same bytes, as it must on CPU.

    Raises:
        NotConforming: what it broke.
    """
    made = maker.make(recipe, ingredients)
    _check_made(made)
    if is_exact:
        _demand(maker.make(recipe, ingredients).data == made.data, "the same recipe gives the same bytes")
        maker.make(replace(recipe, seed=recipe.seed + 1), ingredients)
        again = maker.make(recipe, ingredients)
        _demand(again.data == made.data, "what was made in between changes nothing")
    if recipe.make == "still":
        other = maker.make(replace(recipe, seed=recipe.seed + 1), ingredients)
        _demand(other.data != made.data, "another seed gives another picture")


def check_batch_maker(maker: BatchMaker, recipes: Sequence[Recipe], *, is_exact: bool = True) -> None:
    """Check a maker that can make several pictures at once.

    Args:
        maker: the maker, loaded.
        recipes: several without ingredients, of sizes it can make; one among them may be beyond it.
        is_exact: whether a picture must be the same to the byte in any company.

    Raises:
        NotConforming: what it broke.
    """
    together = maker.make_many(recipes, [{}] * len(recipes))
    _demand(len(together) == len(recipes), "one answer a recipe")
    _demand(list(maker.make_many([], [])) == [], "nothing asked, nothing answered")
    for place, (recipe, answer) in enumerate(zip(recipes, together, strict=True)):
        (alone,) = maker.make_many([recipe], [{}])
        _demand(isinstance(alone, Made) == isinstance(answer, Made), f"recipe {place} fares alike in any company")
        if isinstance(answer, Made) and isinstance(alone, Made):
            _check_made(answer)
            if is_exact:
                _demand(alone.data == answer.data, f"picture {place} does not depend on its company")


def check_critic(
    critic: Critic,
    picture: bytes,
    requirements: Sequence[Requirement],
    references: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[Opinion, ...]:
    """Check one critic with requirements of kinds it says it checks; gives its opinions for further asking.

    Args:
        critic: the critic, loaded.
        picture: PNG bytes.
        requirements: of kinds it checks.
        references: by digest, what its requirements of continuity name as their value.

    Raises:
        NotConforming: what it broke.
    """
    opinions = critic.look(picture, requirements, (), references)
    answered = [one.requirement for one in opinions]
    _demand(answered == [one.id for one in requirements], "one opinion a requirement, in order")
    for opinion in opinions:
        match opinion:
            case Score(value=value):
                _demand(0 <= value <= 1, f"scores lie in [0, 1], not {value}")
            case Unscored(reason=reason):
                _demand(bool(reason), "no opinion comes with its reason")
    _demand(critic.look(picture, requirements, (), references) == opinions, "the same picture gets the same opinions")
    alone = tuple(critic.look(picture, [one], (), references)[0] for one in requirements)
    _demand(alone == opinions, "an opinion does not depend on what else is asked")
    _demand(critic.look(picture, (), (), {}) == (), "nothing asked, nothing answered")
    compared = [one for one in requirements if one.kind == "continuity"]
    without = critic.look(picture, compared, (), {})
    _demand(all(isinstance(one, Unscored) for one in without), "without the reference there is no opinion of it")
    _demand(bool(critic.spec()) and critic.spec() == critic.spec(), "it names itself the same way every time")
    return opinions


async def check_workers(
    workers: Workers, recipes: Sequence[Recipe], requirements: Sequence[Requirement], *, seconds: float = 120
) -> None:
    """Check a home for workers, without closing it.

    Args:
        workers: the home.
        recipes: two or more different stills, without ingredients.
        requirements: anything, also of kinds nobody checks.
        seconds: the deadline of the whole check.

    Raises:
        NotConforming: what it broke.
    """
    async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
        calls = [
            group.create_task(workers.make(recipe.maker, recipe, {}, token=f"call-{number}"))
            for number, recipe in enumerate([*recipes, *recipes])
        ]
    made = [call.result() for call in calls]
    for one in made:
        _check_made(one)
    count = len(recipes)
    same = all(first.data == second.data for first, second in zip(made[:count], made[count:], strict=True))
    _demand(same, "the same recipe gives the same bytes whoever makes it")
    _demand(len({one.data for one in made}) == len(set(map(to_json, recipes))), "answers reach the call they belong to")
    async with asyncio.timeout(seconds):
        opinions = await workers.look(made[0].data, requirements, (), {})
    heard = list(dict.fromkeys(one.requirement for one in opinions))
    _demand(heard == [one.id for one in requirements], "every requirement gets an opinion, in order")
    try:
        await workers.make("nobody-of-that-name", recipes[0], {}, token="x")
    except UnknownName:
        return
    raise NotConforming("a maker the crew does not have is an UnknownName")


def _check_made(made: Made) -> None:
    with Image.open(BytesIO(made.data)) as image:
        _demand(image.format == "PNG", f"pictures are PNG, not {image.format}")
        _demand(image.size == (made.width, made.height), f"it says {made.width} x {made.height} and is {image.size}")
    _demand(len(bytes.fromhex(made.fingerprint)) == 8, "a fingerprint has 16 hex digits")
    _demand(made.seconds >= 0, "it took some time")
    _demand(bool(made.worker), "it says who made it")
    _demand(from_json(Made, to_json(replace(made, data=b""))) == replace(made, data=b""), "it survives being written")


def _demand(holds: bool, promise: str) -> None:  # noqa: FBT001 - an assertion with a sentence
    if not holds:
        raise NotConforming(f"broken promise: {promise}")
