"""Where a picture comes from: the takes that went into it, the AI systems behind it, the JSON sidecar that says so."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...core.canonical import to_plain
from ...core.crew import Crew
from ...core.take import Opinion, Take
from .dossier import TakeDossier, TaskDossier
from .provenance import Provenance

_NO_MODEL = "post"
"""The kind of maker that works on pictures without a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Every take of a delivery by the digest of its picture."""

    takes: Mapping[str, tuple[TaskDossier, TakeDossier]]

    @classmethod
    def of(cls, dossiers: Sequence[TaskDossier]) -> "Family":
        """Gather the takes; of two with the same picture the first stands for both."""
        takes: dict[str, tuple[TaskDossier, TakeDossier]] = {}
        for dossier in dossiers:
            for take in dossier.takes:
                takes.setdefault(take.take.digest, (dossier, take))
        return cls(takes=takes)

    def ancestors(self, take: Take) -> Iterator[Take]:
        """Give the take and every take that went into it, however far back; one may come more than once."""
        yield take
        for ingredient in take.recipe.ingredients if take.recipe else ():
            if ingredient.digest in self.takes:
                yield from self.ancestors(self.takes[ingredient.digest][1].take)

    def provenance(self, take: Take, crew: Crew) -> Provenance | None:
        """Say which AI systems made a take; None for a file brought in, or made from such files alone."""
        kinds = {maker.name: maker.kind for maker in crew.makers}
        recipes = [one.recipe for one in self.ancestors(take) if one.recipe]
        systems: dict[str, str] = {}
        for recipe in recipes:
            if kinds.get(recipe.maker, recipe.kind) == _NO_MODEL:
                continue
            name = f"{recipe.maker} ({recipe.source})" if recipe.revision else recipe.maker
            systems.setdefault(name, recipe.revision or recipe.weights_digest or "unknown")
        if not systems or take.recipe is None:
            return None
        return Provenance(
            source="trainedAlgorithmicMedia" if take.recipe.make == "still" else "compositeWithTrainedAlgorithmicMedia",
            system=", ".join(systems),
            version=", ".join(systems.values()),
        )


def sidecar(dossier: TaskDossier, shown: TakeDossier, family: Family, *, digest: str, stand_in: str) -> str:
    """Write what is known about one delivered still as JSON: recipe, verdict, lineage, money.

    Args:
        dossier: its task.
        shown: its take.
        family: the takes of the delivery.
        digest: of the file as delivered.
        stand_in: what must be said about its maker; empty when nothing.
    """
    take = shown.take
    facts = {
        "schema": "sidecar/1",
        "task": dossier.task.name,
        "department": dossier.task.department,
        "entity": dossier.task.entity,
        "shot": dossier.task.shot,
        "take": take.id,
        "standing": shown.standing,
        "version": shown.publish.version if shown.publish else None,
        "accepted_by": shown.publish.accepted_by if shown.publish else "",
        "why_unfinished": dossier.why,
        "origin": take.origin,
        "stand_in": stand_in if take.recipe else "",
        "file": {
            "path": shown.path,
            "digest": digest,
            "asset_digest": take.digest,
            "width": take.width,
            "height": take.height,
        },
        "recipe": to_plain(take.recipe) if take.recipe else None,
        "verdict": to_plain(shown.verdict) if shown.verdict else None,
        "opinions": [to_plain(opinion, Opinion) for opinion in shown.opinions],
        "lineage": _lineage(take, family),
        "takes": len(dossier.takes),
        "money": {"take_usd": take.usd, "task_usd": dossier.usd},
        "seconds": take.seconds,
        "worker": take.worker,
        "software": dict(take.software),
        "ignored_words": list(take.ignored_words),
    }
    return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _lineage(take: Take, family: Family) -> list[dict[str, str]]:
    rows = []
    for ingredient in take.recipe.ingredients if take.recipe else ():
        row = {"role": ingredient.role, "digest": ingredient.digest}
        if ingredient.digest in family.takes:
            _, source = family.takes[ingredient.digest]
            row |= {"take": source.take.id, "path": source.path, "standing": source.standing}
        rows.append(row)
    return rows
