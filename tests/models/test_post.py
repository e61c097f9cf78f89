import numpy as np
import pytest
from PIL import Image, ImageDraw

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.crew import MakerSpec
from callsheet.core.errors import MakerFailed
from callsheet.core.take import Ingredient, Made, Recipe
from callsheet.evals.conformance_models import check_maker
from callsheet.models.frame import as_png, opened, to_pixels
from callsheet.models.grading import grade, palette_of
from callsheet.models.keying import key
from callsheet.models.oklab import COLOURS, from_lab, to_lab
from callsheet.models.post import PostMaker
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.vocabulary import Scene

MAKER = PostMaker(MakerSpec(name="post", kind="post", makes=("composite", "grade", "crop", "upscale")))
KNIGHT = as_png(paint(Scene(kind="knight", colour="blue", ground="studio"), 3))
PLATE = as_png(paint(Scene(kind=None, ground="snow", time="dusk", weather="fog"), 4))


def recipe(make: str, role: str, *pictures: bytes, mask: bytes | None = None, **settings: str) -> Recipe:
    parts = [Ingredient(role=role, digest=digest_of_bytes(one)) for one in pictures]
    parts += [Ingredient(role="mask", digest=digest_of_bytes(mask))] if mask else []
    fields = {"maker": "post", "kind": "post", "source": "", "revision": "", "weights_digest": "", "prompt": ""}
    numbers = {"seed": 1, "width": 64, "height": 64, "steps": 1, "guidance": 1.0}
    return Recipe(make=make, negative="", ingredients=tuple(parts), settings=settings, **fields, **numbers)


def made(make: str, role: str, *pictures: bytes, mask: bytes | None = None, **settings: str) -> Made:
    given = {digest_of_bytes(one): one for one in (*pictures, *([mask] if mask else []))}
    return MAKER.make(recipe(make, role, *pictures, mask=mask, **settings), given)


def pixels(one: Made) -> np.ndarray:
    return to_pixels(opened(one.data, "post"))


def disc(background: str, *, y: float = 0.75) -> bytes:
    image = Image.new("RGB", (64, 64), background)
    ImageDraw.Draw(image).ellipse((20, 64 * y - 24, 44, 64 * y), fill="#c02020")
    return as_png(image)


@pytest.mark.parametrize(
    ("make", "role", "settings"),
    [
        ("composite", "layer", {}),
        ("grade", "source", {"palette": "slate,ember,snow", "grain": "0.3"}),
        ("crop", "source", {"box": "0.25,0,0.75,1"}),
        ("upscale", "source", {"scale": "3"}),
    ],
)
def test_every_post_job_is_a_maker(make: str, role: str, settings: dict[str, str]) -> None:
    check_maker(MAKER, recipe(make, role, PLATE, **settings), {digest_of_bytes(PLATE): PLATE})


def test_a_subject_on_a_plain_backdrop_is_keyed_to_its_outline() -> None:
    alpha, _ = key(opened(disc("#cecece"), "post"))
    inside = np.asarray(opened(disc("#cecece"), "post"))[..., 1] < 100
    wrong = np.abs((alpha > 0.5).astype(int) - inside.astype(int)).sum()
    assert wrong <= 0.1 * inside.sum()


def test_a_keyed_edge_is_feathered() -> None:
    alpha, _ = key(opened(KNIGHT, "post"))
    assert ((alpha > 0.05) & (alpha < 0.95)).sum() > 20


def test_a_picture_keyed_over_sky_and_ground_leaves_both_behind() -> None:
    scene = paint(Scene(kind="castle", colour="red", ground="grass", time="day"), 11)
    alpha, _ = key(scene)
    assert alpha[:8].mean() < 0.02
    assert alpha[-4:].mean() < 0.05
    assert 0.1 < alpha.mean() < 0.6


def test_a_composite_keeps_the_plate_where_no_layer_covers_it() -> None:
    both, plate = pixels(made("composite", "layer", PLATE, KNIGHT)), to_pixels(opened(PLATE, "post"))
    assert np.abs(both[:6] - plate[:6]).max() < 0.02
    assert np.abs(both - plate).max() > 0.2


def test_a_mask_wins_over_keying() -> None:
    nothing = as_png(Image.new("L", (64, 64), 0))
    plate = to_pixels(opened(PLATE, "post"))
    hidden = pixels(made("composite", "layer", PLATE, KNIGHT, mask=nothing))
    assert np.abs(hidden - plate).max() < 0.01
    everything = as_png(Image.new("L", (64, 64), 255))
    shown = pixels(made("composite", "layer", PLATE, KNIGHT, mask=everything, match="0"))
    assert np.abs(shown - to_pixels(opened(KNIGHT, "post"))).max() < 0.01


def test_the_ground_is_darker_at_the_subjects_feet() -> None:
    plate = as_png(Image.new("RGB", (64, 64), "#a0a0a0"))
    with_shadow = pixels(made("composite", "layer", plate, disc("#e0e0e0"), shadow="0.8", match="0"))
    without = pixels(made("composite", "layer", plate, disc("#e0e0e0"), shadow="0", match="0"))
    assert with_shadow[49:52, 28:36].mean() < without[49:52, 28:36].mean() - 0.05


def test_layers_of_another_size_are_fitted_to_the_plate() -> None:
    large = as_png(opened(KNIGHT, "post").resize((256, 256)))
    assert (made("composite", "layer", PLATE, large).width, made("composite", "layer", PLATE, large).height) == (64, 64)


def test_a_grade_moves_a_picture_toward_its_palette() -> None:
    def warmth(one: np.ndarray) -> float:
        return float((one[..., 0] - one[..., 2]).mean())

    plain = to_pixels(opened(as_png(paint(Scene(kind="castle", ground="grass"), 1)), "post"))
    warm, cold = palette_of(["umber", "ember", "cream"]), palette_of(["midnight", "steel", "ice"])
    assert warmth(grade(plain, warm, strength=0.7)) > warmth(plain) + 0.05
    assert warmth(grade(plain, cold, strength=0.7)) < warmth(plain) - 0.05


def test_a_grade_of_no_strength_changes_nothing() -> None:
    plain = to_pixels(opened(PLATE, "post"))
    assert np.abs(grade(plain, palette_of(["ember"]), strength=0) - plain).max() < 0.003


def test_grain_follows_its_seed() -> None:
    plain, palette = to_pixels(opened(PLATE, "post")), palette_of(["slate", "snow"])
    one, same, other = (grade(plain, palette, strength=0.5, grain=0.5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("word", COLOURS)
def test_every_palette_word_is_a_colour(word: str) -> None:
    assert palette_of([word]).shape == (1, 3)


def test_oklab_goes_there_and_back() -> None:
    some = np.random.default_rng(0).random((16, 16, 3), np.float32)
    assert np.abs(from_lab(to_lab(some)) - some).max() < 1e-3


def test_oklab_of_white_and_black_are_its_ends() -> None:
    ends = to_lab(np.array([[1, 1, 1], [0, 0, 0]], np.float32))
    assert np.allclose(ends, [[1, 0, 0], [0, 0, 0]], atol=1e-3)


def test_a_crop_is_the_box_of_the_picture() -> None:
    cut = made("crop", "source", PLATE, box="0.25,0,0.75,0.5")
    assert (cut.width, cut.height) == (32, 32)
    assert np.array_equal(pixels(cut), to_pixels(opened(PLATE, "post"))[:32, 16:48])


def test_an_upscale_is_so_many_times_as_large() -> None:
    larger = made("upscale", "source", KNIGHT, scale="4")
    assert (larger.width, larger.height) == (256, 256)
    small = opened(larger.data, "post").resize((64, 64), Image.Resampling.BOX)
    assert np.abs(to_pixels(small) - to_pixels(opened(KNIGHT, "post"))).mean() < 0.03


@pytest.mark.parametrize(
    ("make", "settings", "says"),
    [
        ("grade", {"palette": "slate,emberr"}, "no palette colour named 'emberr'; give #rrggbb, or one of: black"),
        ("grade", {}, "the look has none"),
        ("grade", {"palette": "ember", "strength": "lots"}, "'lots', not a number"),
        ("crop", {"box": "0,0,2,1"}, "not left, top, right, bottom"),
        ("crop", {}, "four fractions"),
        ("upscale", {"scale": "9"}, "outside 2 to 8"),
        ("still", {}, "draws none"),
    ],
)
def test_what_post_cannot_do_is_said(make: str, settings: dict[str, str], says: str) -> None:
    with pytest.raises(MakerFailed, match=says):
        made(make, "source", PLATE, **settings)


def test_an_ingredient_that_is_no_picture_is_said() -> None:
    with pytest.raises(MakerFailed, match="no picture"):
        made("crop", "source", b"not a picture", box="0,0,1,1")


def test_an_ingredient_that_was_not_handed_over_is_named() -> None:
    with pytest.raises(MakerFailed, match="was not handed over"):
        MAKER.make(recipe("crop", "source", PLATE, box="0,0,1,1"), {})
