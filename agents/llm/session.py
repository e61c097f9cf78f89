"""Understanding a director with a language model: words become wishes, their names held to the plan."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Final, cast

from pydantic import ConfigDict, Field

from ...core.chat import Answer, Ask, Turn
from ...core.names import names_to_offer
from ...core.plan import Plan, Task
from ...core.wish import ASKING, About, AnyWish, Begin, Budget, Consent, Greenlight, Ingest, Status, Unclear, Wish
from .fault import Fault, parsed
from .prompts import DATA, marked, prompt_of, schema_text

MOST_WISHES: Final = 20
_MOST_EARLIER: Final = 6
_ALL: Final = re.compile(r"\b(?:all|every|everything|everybody|everyone|whole|both)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidUnclear:
    """Words that mean nothing the desk can carry out."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=2000)]
    why: Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was meant."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    wishes: Annotated[tuple[AnyWish, ...], Field(max_length=MOST_WISHES)] = ()
    unclear: Annotated[tuple[SaidUnclear, ...], Field(max_length=MOST_WISHES)] = ()


def ask_session(text: str, plan: Plan | None, *, makers: Sequence[str] = (), earlier: Sequence[str] = ()) -> Ask:
    """Ask what a director means.

    Args:
        text: what was said now.
        plan: of the production; None before there is one.
        makers: the crew's, by name.
        earlier: what was said before, oldest first, so that "those" has a meaning.
    """
    prompt = prompt_of("session")
    listed = "\n".join(_line(task) for task in (plan.tasks if plan else ()))
    parts = [marked("plan", listed or "There is none yet.")]
    if makers:
        parts.append(marked("makers", ", ".join(makers)))
    if earlier:
        parts.append(marked("earlier", "\n".join(earlier[-_MOST_EARLIER:])))
    said = f"{DATA}\n\n" + "\n\n".join([*parts, marked("said", text)]) + "\n\nWhich wishes are these?"
    return Ask(
        agent="session",
        prompt=prompt.digest,
        system=prompt.text,
        turns=(Turn(who="we", text=said),),
        schema_name="understood",
        schema=schema_text(Understood),
    )


def _line(task: Task) -> str:
    shows = f" of {task.entity}" if task.entity else ""
    return f"- {task.name} [{task.department}] {task.make}{shows}: {task.prompt[:120]}"


def read_session(answer: Answer, text: str, plan: Plan | None) -> tuple[Wish | Unclear, ...] | Fault:
    """Turn an answer into wishes; whatever the director did not say, or the plan does not have, is unclear.

    A model says yes for nobody, and it brings in no number, file or brief of its own.
    """
    found = parsed(Understood, answer)
    if isinstance(found, Fault):
        return found
    if not found.wishes and not found.unclear:
        return Fault(kind="malformed", says="there is neither a wish nor anything unclear in it")
    unclear = [Unclear(text=one.text, why=one.why) for one in found.unclear]
    return (*(_held(wish, text, plan) for wish in found.wishes), *unclear)


def _held(wish: Wish, text: str, plan: Plan | None) -> Wish | Unclear:
    """Hold one wish to what was said and planned."""
    match wish:
        case Consent() | Greenlight():
            return Unclear(text=text, why="only you can say yes", nearest=("yes", "no", "greenlight"))
        case Begin(brief=brief) if not _is_said(brief, text):
            return Unclear(text=text, why="it is not clear what the new production is to show")
        case Ingest(file=file) if not _is_said(file, text):
            return Unclear(text=text, why="no such file was named")
        case Budget(usd=usd) if usd not in [float(one) for one in _NUMBER.findall(text)]:
            return Unclear(text=text, why="no such amount was named", nearest=("set the budget to 5 USD",))
        case _:
            about = getattr(wish, "about", None)
            return _named(wish, about, text, plan) if isinstance(about, About) else wish


def _named(wish: Wish, about: About, text: str, plan: Plan | None) -> Wish | Unclear:
    """Hold what a wish is about to the plan's names; a department alone means all of its tasks."""
    tasks = [task.name for task in plan.tasks] if plan else []
    teams = [one.name for one in plan.departments] if plan else []
    for name in about.tasks:
        if name not in tasks:
            near = tuple(names_to_offer(name, tasks)[:3])
            return Unclear(text=about.says or text, why=f"no task is called {name!r}", nearest=near)
    if about.department and about.department not in teams:
        near = tuple(names_to_offer(about.department, teams)[:3])
        return Unclear(text=about.says or text, why=f"no department is called {about.department!r}", nearest=near)
    is_bare = not about.tasks and not about.department
    if is_bare and (about.says or not (isinstance(wish, ASKING) or _ALL.search(text))):
        return Unclear(text=about.says or text, why="it is not clear which tasks are meant")
    named = about.tasks
    if not named and about.department and plan:
        named = tuple(task.name for task in plan.tasks if task.department == about.department)
    if not named and plan:
        named = tuple(tasks)
    settled = replace(about, tasks=tuple(dict.fromkeys(named)))
    return replace(cast("Status", wish), about=settled)


def _is_said(words: str, text: str) -> bool:
    return bool(words.strip()) and " ".join(words.split()).lower() in " ".join(text.split()).lower()
