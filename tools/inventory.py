"""What a production refers to and delivers: whether it is all there, and what is to be done where it is not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from ..core.canonical import digest_of_bytes, from_json
from ..core.decision import Repair
from ..core.delivery import Manifest
from ..core.errors import AssetDamaged, AssetMissing
from ..core.fact import Entry, MoveChosen, PlanChanged, ProductionPlanned, TakeMade, TakePublished, TasksAdded
from ..core.history import History
from ..core.plan import Plan
from ..core.thought import AnswerGiven
from .asset_home import Assets
from .assets import AssetStore

RESTORE = "restore the journal from a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is not as it must be."""

    what: str
    where: str
    mend: str
    digest: str = ""
    """Of the asset it is about; empty where it is about none."""
    set_aside: str = ""
    """Where the damaged file was moved to; empty where it still lies where it was, or is missing."""


def check_assets(entries: Sequence[Entry], store: Assets, *, is_own: bool, sets_aside: bool) -> Iterator[Trouble]:
    """Read every asset the journal refers to, the brief its plans refer to, and what else its own folder keeps.

    What else lies in a store shared with other productions is theirs to check.
    """
    check = partial(_check_asset, store, sets_aside=sets_aside)
    pictures = _references(entries)
    for digest, where in pictures.items():
        yield from check(digest, where, mend=_how_to_mend(digest, where))
    documents = {one.fact.plan_digest: "the plan" for one in entries if isinstance(one.fact, ProductionPlanned)}
    documents.pop("", None)
    for digest in tuple(documents):
        named = _named_in(store, digest)
        if named is not None and not named:
            yield Trouble(what=f"asset {digest} is no plan", where="the plan", mend=f"restore {digest} from a backup")
        documents |= named or {}
    documents |= {one.fact.addition_digest: "an addition" for one in entries if isinstance(one.fact, TasksAdded)}
    answers = (one.fact for one in entries if isinstance(one.fact, AnswerGiven))
    documents |= {fact.exchange: f"what the {fact.agent} was told" for fact in answers if fact.exchange}
    documents |= {one.fact.change_digest: "a change" for one in entries if isinstance(one.fact, PlanChanged)}
    for digest, where in documents.items():
        yield from check(digest, where, mend=f"restore {digest} from a backup")
    for digest in store.digests() if is_own else ():
        if digest not in pictures and digest not in documents:
            yield from check(digest, "the store", mend=f"restore {digest} from a backup, or delete it")


def _named_in(store: Assets, digest: str) -> dict[str, str] | None:
    """Map what a plan names to what it is: its brief and its look's references; nothing for what is no plan."""
    try:
        plan: Plan = from_json(Plan, store.get(digest))
    except (AssetMissing, AssetDamaged):
        return None
    except ValidationError:
        return {}
    asked = (one for task in plan.tasks for one in task.requirements if one.id == "style:references")
    references = {one: "a reference of the look" for each in asked for one in each.value.split(",")}
    return {plan.brief_digest: "the brief", **references}


def _check_asset(store: Assets, digest: str, where: str, *, mend: str, sets_aside: bool) -> Iterator[Trouble]:
    try:
        store.get(digest)
    except AssetMissing:
        yield Trouble(what=f"asset {digest} is missing", where=where, mend=mend, digest=digest)
    except AssetDamaged:
        aside = store.set_aside(digest) if sets_aside and isinstance(store, AssetStore) else None
        yield Trouble(
            what=f"asset {digest} is damaged",
            where=where,
            mend=mend,
            digest=digest,
            set_aside=str(aside or ""),
        )


def _how_to_mend(digest: str, where: str) -> str:
    task, _, take = where.partition("/t")
    again = f", have `callsheet replay DIR {task} --take {int(take)}` make it again" if take.isdecimal() else ""
    return f"restore {digest} from a backup{again}, or retake {where}"


def _references(entries: Sequence[Entry]) -> dict[str, str]:
    """Map each picture the journal refers to, to the first thing that does."""
    found: dict[str, str] = {}
    for one in entries:
        match one.fact:
            case TakeMade() as fact:
                recipe = fact.take.recipe
                named = [(fact.take.id, fact.take.digest)]
                named += [(fact.take.id, part.digest) for part in (recipe.ingredients if recipe else ())]
            case TakePublished() as fact:
                named = [(f"{fact.task} v{fact.version:03d}", fact.digest)]
            case MoveChosen(move=Repair() as move, take=take):
                named = [(f"the repair after {take}", move.mask)]
            case _:
                continue
        for where, digest in named:
            found.setdefault(digest, where)
    return found


def check_delivery(folder: Path, history: History) -> Iterator[Trouble]:
    """Compare the manifest with the journal, and the delivered files with the manifest."""
    path, mend = folder / "manifest.json", "run the brief again: it writes the delivery anew and makes nothing twice"
    if not path.is_file():
        if history.delivery:
            yield Trouble(what="the manifest of the delivery is missing", where=str(path), mend=mend)
        return
    text = path.read_bytes()
    try:
        manifest: Manifest = from_json(Manifest, text)
    except ValidationError:
        yield Trouble(what="the manifest cannot be read", where=str(path), mend=mend)
        return
    if history.delivery and digest_of_bytes(text) != history.delivery.manifest_digest:
        yield Trouble(what="the manifest is not the one the journal says was written", where=str(path), mend=mend)
    known = {take.digest for record in history.tasks.values() for take in record.takes}
    for asset in manifest.assets:
        what = _fault_of_file(folder, asset.path, asset.digest)
        if not what and asset.asset_digest not in known:
            what = f"delivers {asset.asset_digest}, which no take has"
        if what:
            yield Trouble(what=what, where=asset.path, mend=mend)
    for name, digest in manifest.files.items():
        if what := _fault_of_file(folder, name, digest):
            yield Trouble(what=what, where=name, mend=mend)


def _fault_of_file(folder: Path, name: str, digest: str) -> str:
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        return "points out of the delivery"
    try:
        data = place.read_bytes()
    except OSError as error:
        return f"the delivered file cannot be read ({error.strerror})"
    return "" if digest_of_bytes(data) == digest else "the delivered file is not the one in the manifest"
