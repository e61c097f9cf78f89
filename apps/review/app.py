"""The dailies page's addresses: the grid, a task, its pictures, what happens meanwhile, and one form that decides."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import parse_qs, quote

from fastapi import FastAPI, Header, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from ...core.errors import AssetMissing, CallsheetError, SetupError, StaleDecision, UnknownName
from ...core.settings import Settings
from ...graphs import desk
from ...graphs.desk import Onlooker
from .guard import Access, Guard
from .live import Pieces, grid_pieces, news, task_pieces
from .pages import STATIC, Pages
from .pictures import Pictures

_STATIC_KINDS: Final[Mapping[str, str]] = {
    "review.css": "text/css",
    "review.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FORM_BYTES: Final = 64 * 1024
_MOST_NOTE: Final = 4000
_ACTIONS: Final = ("approve", "reject", "retake", "omit", "note")
_DID: Final[Mapping[str, str]] = {
    "approve": "approved",
    "reject": "rejected",
    "retake": "to be done again",
    "omit": "left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review: what it shows, to whom, and who may open it."""

    onlooker: Onlooker
    access: Access
    by: str
    settings: Settings
    is_over: Callable[[], bool] = lambda: False
    """Whether open pages are told to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person sent: a decision with what it is bound to, or a note."""

    action: str
    take: str | None
    digest: str
    round: int
    note: str


class FormWrong(SetupError):
    """A form that no page of ours sent."""

    def __init__(self, what: str, status: int = 422) -> None:
        super().__init__(what, status)
        self.what, self.status = what, status

    def __str__(self) -> str:
        return f"{self.what}; use the page's own buttons"


def review_app(review: Review) -> ASGIApp:
    """Give the application, guarded."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages, pictures = Pages(review.onlooker, by=review.by), Pictures(review.onlooker)
    _add_errors(app, pages)
    _add_pages(app, review, pages)
    _add_files(app, review, pictures)
    _add_news(app, review, pages)
    _add_decisions(app, review, pages)
    return Guard(app, review.access)


def _add_pages(app: FastAPI, review: Review, pages: Pages) -> None:
    @app.get("/")
    async def grid(show: str = "all", sort: Literal["cut", "score"] = "cut") -> HTMLResponse:
        await review.onlooker.refresh()
        return HTMLResponse(pages.grid(show=show, sort=sort))

    @app.get("/task/{name}")
    async def task(name: str) -> HTMLResponse:
        await review.onlooker.refresh()
        return HTMLResponse(pages.task(name))


def _add_files(app: FastAPI, review: Review, pictures: Pictures) -> None:
    @app.get("/picture/{digest}")
    async def picture(digest: str) -> Response:
        return Response(await pictures.full(digest), media_type="image/png")

    @app.get("/thumb/{digest}")
    async def thumb(digest: str) -> Response:
        return Response(await pictures.small(digest), media_type="image/png")

    @app.get("/static/{name}")
    async def static(name: str) -> FileResponse:
        if name not in _STATIC_KINDS:
            raise AssetMissing(name[:80])
        return FileResponse(STATIC / name, media_type=_STATIC_KINDS[name])

    @app.get("/animatic.mp4")
    def animatic() -> FileResponse:
        path: Path = review.onlooker.standing.folder / "animatic.mp4"
        if not path.is_file():
            raise AssetMissing("animatic.mp4")
        return FileResponse(path, media_type="video/mp4")


def _add_news(app: FastAPI, review: Review, pages: Pages) -> None:
    def stream(pieces: Pieces, since: int, last: str) -> StreamingResponse:
        begin = int(last) if last.isdigit() else since
        told: AsyncIterator[str] = news(review.onlooker, pages, pieces, since=begin, is_over=review.is_over)
        return StreamingResponse(told, media_type="text/event-stream")

    @app.get("/news")
    async def of_all(since: int, last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
        return stream(grid_pieces(review.onlooker, pages), since, last_event_id)

    @app.get("/task/{name}/news")
    async def of_one(name: str, since: int, last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
        review.onlooker.standing.task(name)
        return stream(task_pieces(review.onlooker, pages, name), since, last_event_id)


def _add_decisions(app: FastAPI, review: Review, pages: Pages) -> None:
    @app.post("/task/{name}/decide")
    async def decide(name: str, request: Request) -> Response:
        form = await _form(request)
        try:
            says = await _carry_out(review, name, form)
        except StaleDecision as stale:
            await review.onlooker.refresh()
            if _wants_json(request):
                return JSONResponse({"says": str(stale), "kind": "stale"}, 409)
            return HTMLResponse(pages.conflict(name, str(stale), what=form.action, note=form.note), 409)
        return _done(request, says, f"/task/{quote(name)}")

    @app.post("/course/{point}/decide")
    async def answer(point: str, request: Request) -> Response:
        form = await _form(request)
        await review.onlooker.refresh()
        asked = review.onlooker.standing.history.course_questions
        if point not in asked:  # a task's decision is bound to its picture, and has its own address
            raise UnknownName("question about the course", point[:80], list(asked))
        folder, settings = review.onlooker.standing.folder, review.settings
        await desk.decide(folder, point, form.action, by=review.by, note=form.note, settings=settings)
        return _done(request, f"the course: {form.action}, by {review.by}", "/")


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept") == "application/json"


def _done(request: Request, says: str, place: str) -> Response:
    """Tell a script what was recorded, and send a plain form's person on."""
    return JSONResponse({"says": says, "kind": "done"}) if _wants_json(request) else RedirectResponse(place, 303)


async def _carry_out(review: Review, task: str, form: Form) -> str:
    """Record what the person decided, at the desk, and say what was recorded."""
    folder = review.onlooker.standing.folder
    if form.action == "note":
        await desk.note(folder, task, form.note, by=review.by, settings=review.settings)
        return f"{task}: noted, by {review.by}"
    decision = await desk.decide(
        folder,
        task,
        form.action,
        by=review.by,
        take=form.take,
        note=form.note,
        digest=form.digest,
        round=form.round,
        settings=review.settings,
    )
    driver = review.onlooker.driver()
    is_driven = driver is not None and driver.is_alive
    later = "" if is_driven else "; the next `callsheet run` carries it out"
    about = f" ({decision.digest[:19]})" if decision.digest else ""
    return f"{task}{about}: {_DID[decision.action]}, by {review.by}{later}"


async def _form(request: Request) -> Form:
    """Read a form of ours, in the one way our pages send them."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        raise FormWrong(f"the form must come as {_FORM}", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_FORM_BYTES:
            raise FormWrong(f"the form has more than {_MOST_FORM_BYTES} bytes", 413)
    try:
        sent = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise FormWrong("the form cannot be read") from None
    return _checked({name: values[0] for name, values in sent.items()})


def _checked(sent: Mapping[str, str]) -> Form:
    action, nth, note = sent.get("action", ""), sent.get("round", ""), sent.get("note", "").strip()
    if action not in _ACTIONS:
        raise FormWrong(f"nobody can {action[:40]!r}")
    if len(note) > _MOST_NOTE:
        raise FormWrong(f"the note has more than {_MOST_NOTE} characters")
    if action != "note" and ("digest" not in sent or not (nth.isascii() and nth.isdigit() and len(nth) < 10)):
        raise FormWrong("the decision does not say what the person was shown")
    return Form(
        action=action, take=sent.get("take") or None, digest=sent.get("digest", ""), round=int(nth or 0), note=note
    )


def _add_errors(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(CallsheetError)
    async def say(request: Request, error: CallsheetError) -> Response:
        if _wants_json(request):
            return JSONResponse({"says": str(error), "kind": "refused"}, _status(error))
        return HTMLResponse(pages.refused(str(error)), _status(error))


def _status(error: CallsheetError) -> int:
    match error:
        case FormWrong(status=status):
            return status
        case UnknownName() | AssetMissing():
            return 404
        case StaleDecision():
            return 409
        case SetupError():
            return 422
        case _:
            return 503
