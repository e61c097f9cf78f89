"""Beginning a film: by rules at once, or broken down by a language model once the director has agreed to its price."""

from dataclasses import dataclass

from ...core.brief import Brief
from ...core.crew import Crew
from ...core.settings import Settings
from ..advice import direct_in, director_price
from ..folder import Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A brief that a language model could break down, which costs money."""

    brief: Brief
    says: str


def offer_of(brief: Brief, crew: Crew) -> Offer | None:
    """Offer to have a brief directed; None where nobody is hired for it, or it names its tasks itself."""
    price, spec = director_price(brief, crew), crew.chat_of("director")
    if price is None or spec is None:
        return None
    likely, most = price
    says = (
        f"{spec.name} can break this down for about {likely:.4f} USD, at most {most:.4f}: yes, or no and I go by rules"
    )
    return Offer(brief=brief, says=says)


async def directed(
    offer: Offer, folder: Folder, crew: Crew, *, seed: int, settings: Settings
) -> tuple[Brief, list[str]]:
    """Have a brief directed; give it as it is from now on, and what the director should hear.

    Where the model is of no use, the brief stays as it was, and that is said.
    """
    thought = await direct_in(folder.root, offer.brief, crew, settings=settings, seed=seed)
    if thought.found is None:
        return offer.brief, [f"{thought.chat} was no help, so this is planned by rules: {thought.why}"]
    questions = [f"{thought.chat} asks: {one}" for one in thought.found.questions]
    return thought.found.brief, [f"{thought.chat} broke it down for {thought.usd:.4f} USD", *questions]
