"""From whatever the director handed in to a plan, with nothing spent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from ..agents.briefs import MOST_BYTES, SUFFIXES, decode_brief
from ..agents.director import plan_brief
from ..core.brief import MOST_BUDGET_USD, Brief, SpendingCaps
from ..core.canonical import digest_of, from_json
from ..core.certificate import Certificate
from ..core.crew import Crew
from ..core.errors import BriefError, OutputError, SetupError
from ..core.money import Caps
from ..core.plan import Plan, Preflight
from ..core.track_record import TrackRecord
from ..models.catalog import load_crew
from .learning import recall
from .look_references import Pictures, gathered


@dataclass(frozen=True, kw_only=True)
class Called:
    """A brief with the crew that will make it, and the plan that comes of it."""

    brief: Brief
    crew: Crew
    seed: int = 0
    seen: TrackRecord | None = None
    """How the studio's takes did before."""
    pictures: Pictures = field(default_factory=dict)
    """What the look refers to."""

    @cached_property
    def plan(self) -> Plan:
        """Plan it when somebody asks: who goes on with a production has its plan already. Raises as `plan` does."""
        return plan_brief(self.brief, self.crew, seed=self.seed, track_record=self.seen)


def read_brief(source: Brief | str | Path) -> Brief:
    """Read a brief from a file, or take a sentence or a `Brief` as it is.

    A string is a file's path when it ends like one (a file suffix we read) or is one word with a path separator, and a
    sentence otherwise.

    Raises:
        BriefError: there is no such file, or the brief makes no sense.
    """
    if isinstance(source, Brief):
        return source
    path = Path(source)
    if isinstance(source, Path) or _looks_like_path(source):
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)  # enough to refuse what is too long
        except OSError as error:
            raise BriefError(str(source), f"cannot be read ({error.strerror})", "check the path") from None
        return decode_brief(data, path.name)
    return decode_brief(source.encode(), "sentence")


def _looks_like_path(text: str) -> bool:
    return Path(text.strip()).suffix in SUFFIXES or (len(text.split()) == 1 and "/" in text)


def plan(
    brief: Brief | str | Path,
    *,
    crew: str | Path | None = None,
    seed: int = 0,
    budget_usd: float | None = None,
    history: str | Path | None = None,
) -> Plan:
    """Plan a brief: tasks, requirements, preflight and forecast. Nothing is spent or written.

    Args:
        brief: a path, a sentence, or a `Brief`.
        crew: a crew file; None is the embedded sketch crew.
        seed: the production's; every take's seed derives from it.
        budget_usd: overrides the brief's.
        history: the studio's, for the router to learn from; None plans from the crew file alone.

    Raises:
        SetupError: the brief, the crew file or the budget does not allow a plan; says where and how to mend it.
    """
    return call_sheet(brief, crew=crew, seed=seed, budget_usd=budget_usd, history=history).plan


def call_sheet(
    brief: Brief | str | Path,
    *,
    crew: str | Path | None = None,
    seed: int = 0,
    budget_usd: float | None = None,
    cores: int | None = None,
    certificate: str | Path | None = None,
    history: str | Path | None = None,
) -> Called:
    """Read a brief and all it is planned with; arguments and errors as in `plan`, which comes with the plan itself."""
    read, pictures = gathered(read_brief(brief), _folder_of(brief))
    if budget_usd is not None:
        if not 0 < budget_usd <= MOST_BUDGET_USD:
            fix = f"give an amount of US dollars above 0, at most {MOST_BUDGET_USD:,}"
            raise BriefError("--budget", f"{budget_usd!r} is no budget", fix)
        read = replace(read, budget_usd=budget_usd)
    if certificate is not None:
        read = replace(read, quality=replace(read.bar(), certificate=read_certificate(Path(certificate))))
    hired = load_crew(Path(crew) if crew else None, cores=cores)
    seen = recall(Path(history) if history else None, read, hired)
    return Called(brief=read, crew=hired, seed=seed, seen=seen, pictures=pictures)


def _folder_of(source: Brief | str | Path) -> Path:
    """Give the folder a brief's own paths start from: the file's, else the present one."""
    if isinstance(source, Path) or (isinstance(source, str) and _looks_like_path(source)):
        return Path(source).parent
    return Path()


def refuse_blocked(findings: Sequence[Preflight]) -> None:
    """Let pass what can be made.

    Raises:
        SetupError: this crew cannot make a task; says which, why, and what would mend it.

    >>> refuse_blocked([Preflight(task="sea", state="degraded", why="nobody checks its weather")])
    """
    blocked = [finding for finding in findings if finding.state == "blocked"]
    if not blocked:
        return
    first = blocked[0]
    says = f"{first.task!r} cannot be made with this crew: {first.why}; {first.fix}"
    more = f" ({len(blocked) - 1} more of {len(findings)} tasks cannot be made either)" if len(blocked) > 1 else ""
    raise SetupError(f"{says}{more}")


def read_certificate(path: Path) -> Certificate:
    """Read a certificate `callsheet calibrate` wrote; raises `OutputError` when it is none."""
    try:
        return from_json(Certificate, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    except ValueError:
        raise OutputError(
            str(path), "is no certificate", "write one with `callsheet calibrate DIR --out FILE`"
        ) from None


def identity_of(brief: Brief) -> str:
    """Name a brief by what it asks for; its budget and caps may change without making it another production."""
    teams = {name: replace(team, most_usd=None) for name, team in brief.departments.items()}
    return digest_of(replace(brief, budget_usd=1.0, caps=None, departments=teams))


def caps_of(brief: Brief) -> Caps:
    """Give what a brief allows to be spent at most, beside its budget."""
    own, teams = brief.caps or SpendingCaps(), brief.departments.items()
    named = {name: team.most_usd for name, team in teams if team.most_usd is not None}
    return Caps(call_usd=own.call_usd, day_usd=own.day_usd, departments_usd=named)
