"""Specs become makers and critics: what a worker does first, wherever it lives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ..core.canonical import digest_of
from ..core.crew import CriticSpec, MakerSpec
from ..core.errors import CallsheetError, MakerBroke, MakerFailed
from ..core.plan import Requirement
from ..core.ports import BatchMaker, Critic, Maker
from ..core.take import Made, Opinion, Recipe, Unscored
from .catalog import CRITICS, MAKERS
from .frame import check_made


def build_maker(spec: MakerSpec) -> Maker:
    """Load a maker; slow, and blocking.

    Raises:
        UnknownName: nobody registered its kind.
        MissingExtra: its library is not installed.
        CrewError: its checkpoint is not there, or is no checkpoint.
        MakerFailed: it would not load.
    """
    return cast("Callable[[MakerSpec], Maker]", MAKERS.get(spec.kind))(spec)


def build_critic(spec: CriticSpec) -> Critic:
    """Load a critic; slow, and blocking. Raises as `build_maker` does."""
    return cast("Callable[[CriticSpec], Critic]", CRITICS.get(spec.kind))(spec)


def build_panel(specs: Sequence[CriticSpec]) -> "Panel":
    """Load every critic of a crew but the language models: those are asked where the money is kept."""
    hosted = [one for one in specs if not one.is_chat]
    return Panel(seats=tuple(Seat(name=one.name, checks=one.checks, critic=build_critic(one)) for one in hosted))


def make_with(maker: Maker, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
    """Call a maker so that whatever goes wrong inside it is its failure and not the production's.

    Raises:
        CallsheetError: as the maker raised it; anything else it raised becomes `MakerBroke`.
    """
    try:
        made = maker.make(recipe, ingredients)
        check_made(made, recipe.maker)
        return made
    except CallsheetError:
        raise
    except Exception as error:
        raise _failure(recipe, error) from error


def make_all(
    maker: Maker, recipes: Sequence[Recipe], ingredients: Sequence[Mapping[str, bytes]]
) -> list[Made | CallsheetError]:
    """Have a maker answer several recipes: together where it can (`BatchMaker`), one by one where it cannot.

    Args:
        maker: whom to ask.
        recipes: what to make.
        ingredients: one mapping for each recipe.

    Returns:
        One answer for each recipe, in order: its picture, or why there is none. One recipe's refusal leaves the others
        their pictures; what a whole batch breaks on is the answer to each of its recipes.
    """
    if not isinstance(maker, BatchMaker):
        return [_answer(maker, recipe, given) for recipe, given in zip(recipes, ingredients, strict=True)]
    try:
        answers = list(maker.make_many(recipes, ingredients))
    except CallsheetError as error:
        return [error] * len(recipes)
    except Exception as error:  # noqa: BLE001 - a maker may be anybody's code
        return [_failure(recipe, error) for recipe in recipes]
    if len(answers) != len(recipes):
        what = f"it gave {len(answers)} answers to {len(recipes)} recipes"
        return [MakerFailed(recipe.maker, what) for recipe in recipes]
    return [_checked(answer, recipe) for answer, recipe in zip(answers, recipes, strict=True)]


def _checked(answer: Made | CallsheetError, recipe: Recipe) -> Made | CallsheetError:
    """Give an answer of a batch, or why what is handed over as a picture is none."""
    try:
        if isinstance(answer, Made):
            check_made(answer, recipe.maker)
        return answer
    except MakerFailed as error:
        return error


def _answer(maker: Maker, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made | CallsheetError:
    try:
        return make_with(maker, recipe, ingredients)
    except CallsheetError as error:
        return error


def _failure(recipe: Recipe, error: Exception) -> MakerBroke:
    return MakerBroke(recipe.maker, f"it raised {type(error).__name__}: {error}"[:500])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A critic and the kinds of requirement it is asked about."""

    name: str
    checks: tuple[str, ...]
    critic: Critic


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All critics of a crew, asked as one."""

    seats: tuple[Seat, ...]

    def spec(self) -> str:
        """Name the panel by the digest of its critics' specs."""
        return digest_of(tuple(seat.critic.spec() for seat in self.seats))

    def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
    ) -> tuple[Opinion, ...]:
        """Ask every critic about the kinds it checks.

        Returns:
            At least one opinion for each requirement, in the requirements' order; `Unscored` where nobody checks that
            kind, or the critic broke.
        """
        given: dict[str, list[Opinion]] = {one.id: [] for one in requirements}
        for seat in self.seats:
            asked = [one for one in requirements if one.kind in seat.checks]
            if asked:
                for opinion in _ask(seat, picture, asked, earlier, references):
                    given[opinion.requirement].append(opinion)
        return tuple(opinion for one in requirements for opinion in given[one.id] or [_nobody(one)])


def _ask(
    seat: Seat,
    picture: bytes,
    asked: Sequence[Requirement],
    earlier: Sequence[str],
    references: Mapping[str, bytes],
) -> Sequence[Opinion]:
    try:
        opinions = seat.critic.look(picture, asked, earlier, references)
    except Exception as error:  # noqa: BLE001 - a critic may be anybody's code
        return _unscored(seat, asked, f"it broke: {type(error).__name__}: {error}"[:300])
    if [one.requirement for one in opinions] != [one.id for one in asked]:
        return _unscored(seat, asked, "it did not answer what it was asked")
    return opinions


def _unscored(seat: Seat, asked: Sequence[Requirement], reason: str) -> Sequence[Opinion]:
    return [Unscored(requirement=one.id, critic=seat.name, reason=reason) for one in asked]


def _nobody(requirement: Requirement) -> Unscored:
    return Unscored(
        requirement=requirement.id, critic="panel", reason=f"no critic of the crew checks {requirement.kind}"
    )
