"""The maker that asks an image service, with the real client, against the wire."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from time import perf_counter

import pytest
from PIL import Image, PngImagePlugin

from callsheet.core.canonical import digest_of
from callsheet.core.crew import MakerSpec
from callsheet.core.errors import ChargeUnknown, CrewError, MakerFailed, ServiceBusy, ServiceRefused
from callsheet.core.take import Ingredient, Made, Recipe
from callsheet.evals import wire
from callsheet.evals.conformance_models import check_maker
from callsheet.models.openai_images import OpenAIImages

Ask = Callable[..., Made]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", wire.KEY)


@pytest.fixture
def server() -> Iterator[wire.WireServer]:
    with wire.openai_server() as server:
        yield server


def spec_of(server: wire.WireServer, **settings: str | float | bool) -> MakerSpec:
    return MakerSpec(
        name="gpt-image",
        kind="openai",
        makes=("still",),
        source="wire-image",
        device="api",
        usd=0.04,
        settings={"base_url": f"{server.base_url}/v1", **settings},
    )


def recipe(**more: object) -> Recipe:
    return replace(
        Recipe(
            maker="gpt-image",
            kind="openai",
            make="still",
            source="wire-image",
            revision="",
            weights_digest="",
            prompt="a red castle",
            negative="",
            seed=7,
            width=320,
            height=192,
            steps=20,
            guidance=3.0,
        ),
        **more,  # type: ignore[arg-type]
    )


def png(image: Image.Image) -> tuple[str, bytes]:
    file = BytesIO()
    image.save(file, "PNG")
    return f"sha256:{sha256(file.getvalue()).hexdigest()}", file.getvalue()


def opened(made: Made) -> Image.Image:
    with Image.open(BytesIO(made.data)) as image:
        return image.copy()


def asks(server: wire.WireServer, **settings: str | float | bool) -> Made:
    return OpenAIImages(spec_of(server, **settings)).make(recipe(), {})


def test_it_keeps_a_makers_promises(server: wire.WireServer) -> None:
    check_maker(OpenAIImages(spec_of(server)), recipe(), {}, is_exact=False)


def test_a_picture_comes_in_the_recipes_size_and_says_how_it_got_there(server: wire.WireServer) -> None:
    made = asks(server, quality="low")
    assert (made.width, made.height) == opened(made).size == (320, 192)
    assert made.software["drawn_px"] == "1536x1024"
    assert made.software["fitted"] == "cropped from 1536x1024 to 1536x922, scaled to 320x192"
    assert b'"quality":"low"' in server.requests[0].body


def test_a_take_says_that_the_service_knows_no_seed(server: wire.WireServer) -> None:
    first, second = asks(server), asks(server)
    assert first.data != second.data
    assert first.software["ignored"].startswith("seed")


def test_words_to_leave_out_go_into_the_prompt(server: wire.WireServer) -> None:
    OpenAIImages(spec_of(server)).make(recipe(negative="people"), {})
    assert b"Do not show: people." in server.requests[0].body


def test_what_the_service_made_of_the_prompt_is_kept() -> None:
    with wire.openai_server([wire.Good(revised_prompt="a very red castle")]) as server:
        assert asks(server).software["revised_prompt"] == "a very red castle"


def test_a_picture_that_fits_keeps_its_bytes_and_with_them_where_it_says_it_is_from() -> None:
    image, notes = Image.new("RGB", (320, 192), "red"), PngImagePlugin.PngInfo()
    notes.add_text("made-by", "the wire")
    file = BytesIO()
    image.save(file, "PNG", pnginfo=notes)
    with wire.openai_server([wire.Good(picture=file.getvalue())]) as server:
        made = asks(server)
    assert made.data == file.getvalue()
    assert made.software["fitted"] == "as it came"


def test_a_picture_of_another_format_comes_as_png() -> None:
    file = BytesIO()
    Image.new("RGB", (320, 192), "red").save(file, "WEBP")
    with wire.openai_server([wire.Good(picture=file.getvalue())]) as server:
        assert asks(server).data.startswith(b"\x89PNG")


def edit_of(image: Image.Image, mask: Image.Image | None) -> tuple[Recipe, dict[str, bytes]]:
    given, parts = {}, []
    for role, one in (("image", image), ("mask", mask)):
        if one is not None:
            digest, data = png(one)
            given[digest] = data
            parts.append(Ingredient(role=role, digest=digest))  # type: ignore[arg-type]
    return recipe(ingredients=tuple(parts), settings={"strength": "1.0"}), given


@pytest.mark.parametrize("keeps", [True, False])
def test_an_edit_paints_where_the_mask_is_white_and_keeps_the_rest(server: wire.WireServer, keeps: bool) -> None:
    mask = Image.new("L", (320, 192), 0)
    mask.paste(255, (0, 0, 160, 192))
    asked, given = edit_of(Image.new("RGB", (320, 192), (255, 0, 0)), mask)
    made = OpenAIImages(spec_of(server, keep_outside=keeps)).make(asked, given)
    picture = opened(made)
    assert picture.size == (320, 192)
    assert picture.getpixel((300, 100)) == (255, 0, 0)
    assert picture.getpixel((20, 100)) != (255, 0, 0)
    assert "strength" in made.software["ignored"]
    assert ("outside the mask as before" in made.software["fitted"]) is keeps


def test_an_edit_keeps_its_outside_even_where_the_service_does_not() -> None:
    blue = png(Image.new("RGB", (1536, 1024), "blue"))[1]
    mask = Image.new("L", (320, 192), 0)
    mask.paste(255, (0, 0, 160, 192))
    asked, given = edit_of(Image.new("RGB", (320, 192), (255, 0, 0)), mask)
    with wire.openai_server([wire.Good(picture=blue)]) as server:
        picture = opened(OpenAIImages(spec_of(server)).make(asked, given))
    assert picture.getpixel((20, 100)) == (0, 0, 255)
    assert picture.getpixel((300, 100)) == (255, 0, 0)


def test_an_edit_lies_where_the_picture_lay_when_the_service_answers_in_another_size() -> None:
    drawn = Image.new("RGB", (768, 512), "white")
    frame_top = round(512 * (1024 - 922) / 2 / 1024)
    drawn.paste((0, 0, 255), (0, frame_top, 768, frame_top + 6))
    asked, given = edit_of(Image.new("RGB", (320, 192), "red"), None)
    with wire.openai_server([wire.Good(picture=png(drawn)[1])]) as server:
        picture = opened(OpenAIImages(spec_of(server)).make(asked, given))
    assert picture.getpixel((160, 0))[0] < 100  # type: ignore[index]
    assert picture.getpixel((160, 190)) == (255, 255, 255)


def test_references_go_along_as_pictures_of_their_own(server: wire.WireServer) -> None:
    pictures = [png(Image.new("RGB", (50, 50), colour)) for colour in ("red", "green")]
    parts = tuple(Ingredient(role="reference", digest=digest) for digest, _ in pictures)
    made = OpenAIImages(spec_of(server)).make(recipe(ingredients=parts), dict(pictures))
    assert (made.width, made.height) == (320, 192)
    (request,) = server.requests
    assert request.path == "/v1/images/edits"
    assert request.body.count(b'name="image[]"') == 2


def test_a_mask_without_an_image_is_refused_before_anything_is_bought(server: wire.WireServer) -> None:
    digest, data = png(Image.new("L", (320, 192)))
    with pytest.raises(MakerFailed, match="no image to repaint"):
        OpenAIImages(spec_of(server)).make(
            recipe(ingredients=(Ingredient(role="mask", digest=digest),)), {digest: data}
        )
    assert not server.requests


NOT_A_PICTURE = wire.Good(picture=b"\x89PNG no picture at all")
OUTCOMES = [
    (wire.rate_limited(7), ServiceBusy, "429: Rate limit", 0),
    (wire.overloaded(), ServiceBusy, "529: Overloaded", 0),
    (wire.unavailable(), ServiceBusy, "503", 0),
    (wire.Refused(status=500, kind="server_error", message="oops"), MakerFailed, "broke on it .500: oops", 0),
    (wire.Refused(status=504, kind="server_error", message="timeout"), ChargeUnknown, "504: timeout", 0),
    (wire.Refused(status=403, kind="permission", message="not you"), ServiceRefused, "403: not you; mend its key", 0),
    (wire.Refused(status=404, kind="invalid", message="no model"), MakerFailed, "404: no model.; mend its block", 0),
    (wire.spend_cap(), ServiceRefused, "may spend no more .* raise the limit", 0),
    (wire.moderation_blocked("gore"), MakerFailed, r"will not draw this: .*\[gore\].*reword the task", 0),
    (wire.Dropped(), ChargeUnknown, "connection broke", 0),
    (wire.Dropped(after_work=True), ChargeUnknown, "connection broke", 1),
    (wire.Hung(), ChargeUnknown, r"no whole answer within 0\.7 s", 1),
    (wire.Dripped(bytes_per_second=20), ChargeUnknown, r"no whole answer within 0\.7 s", 1),
    (wire.Truncated(), ChargeUnknown, "not what the API promises", 1),
    (wire.Mistyped(), ChargeUnknown, "not what the API promises .*sign in", 0),
    (NOT_A_PICTURE, ChargeUnknown, "cannot be shown", 1),
]


@pytest.mark.parametrize(("reply", "error", "says", "sold"), OUTCOMES)
def test_every_outcome_has_a_type_and_is_asked_for_once(
    reply: wire.Reply, error: type[MakerFailed], says: str, sold: int
) -> None:
    with wire.openai_server([reply]) as server:
        began = perf_counter()
        with pytest.raises(MakerFailed, match=says) as told:
            asks(server, deadline_seconds=0.7)
        assert perf_counter() - began < 15  # whatever else the machine does
        assert type(told.value) is error
        assert told.value.retryable is (error is ServiceBusy or "broke on it" in says)
        assert (len(server.requests), len(server.sold)) == (1, sold)


@pytest.mark.parametrize(
    ("reply", "brought"),
    [
        (wire.Dropped(after_work=True), ""),
        (wire.Dripped(bytes_per_second=20), ""),
        (wire.Truncated(), "strange"),
        (wire.Mistyped(), "strange"),
        (wire.Mistyped(content_type="application/json", body=b'{"data": []}'), "strange"),
        (wire.Mistyped(content_type="application/json", body=b'{"data": [{}]}'), "spoilt"),
        (wire.Mistyped(content_type="application/json", body=b'{"data": [{"b64_json": "%"}]}'), "spoilt"),
        (NOT_A_PICTURE, "spoilt"),
    ],
)
def test_a_lost_answer_is_told_from_one_that_came_and_is_of_no_use(reply: wire.Reply, brought: str) -> None:
    with wire.openai_server([reply]) as server, pytest.raises(ChargeUnknown) as told:
        asks(server, deadline_seconds=0.7)
    assert told.value.answer == brought


def test_the_service_says_how_long_to_wait() -> None:
    with wire.openai_server([wire.rate_limited(7)]) as server:
        with pytest.raises(ServiceBusy) as told:
            asks(server)
        assert told.value.seconds == 7


def test_a_service_that_is_not_there_was_never_asked(server: wire.WireServer) -> None:
    server.stop()
    with pytest.raises(ServiceBusy, match="cannot be reached"):
        asks(server)


def test_ten_megabytes_nobody_asked_for_change_nothing() -> None:
    with wire.openai_server([wire.Bloated()]) as server:
        assert asks(server).width == 320


def test_a_wrong_key_says_what_to_mend(server: wire.WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_KEY", "other")
    with pytest.raises(ServiceRefused, match=r"Incorrect API key.*mend its key"):
        asks(server, key_env="STUDIO_KEY")


def test_the_same_purchase_carries_the_same_key_and_any_other_another(
    server: wire.WireServer,
) -> None:
    maker = OpenAIImages(spec_of(server))
    for one in (recipe(), recipe(), recipe(seed=8), recipe(bought_before=1)):
        maker.make(one, {})
    first, again, other, anew = (one.key for one in server.requests)
    assert first == again == digest_of(recipe())
    assert other != first
    assert anew == f"{first}/2"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"base_url": "http://images.example.com/v1"}, "unencrypted"),
        ({"base_url": "images.example.com"}, "no address"),
        ({"qualty": "low"}, "settings.qualty"),
        ({"sizes": "large"}, "settings.sizes"),
        ({"key_env": "NO_SUCH_KEY"}, "the environment has no NO_SUCH_KEY"),
    ],
)
def test_a_block_that_makes_no_sense_is_refused_before_anything_is_asked(
    server: wire.WireServer, settings: dict[str, str], says: str
) -> None:
    with pytest.raises(CrewError, match=says):
        OpenAIImages(spec_of(server, **settings))
    assert not server.requests
