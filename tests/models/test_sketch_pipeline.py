"""The generators in the box, as diffusers pipelines."""

from collections.abc import Iterator
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
import transformers
from PIL import Image, ImageDraw

import callsheet
from callsheet.models.sketch.network import denoise, flow_loss, fold, noised, unfold, velocity
from callsheet.models.sketch.painter import paint
from callsheet.models.sketch.pipeline import SketchPipeline
from callsheet.models.sketch.vocabulary import Scene

WEIGHTS = Path(callsheet.__file__).parent / "models" / "sketch" / "weights"
PROMPT = "one large red castle on grass at dusk in clear weather"


@pytest.fixture(scope="module")
def pipeline() -> Iterator[SketchPipeline]:
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.disable_progress_bar()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield SketchPipeline.from_pretrained(WEIGHTS / "sketch-s")
    torch.set_num_threads(threads)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_same_seed_draws_the_same_bytes(pipeline: SketchPipeline) -> None:
    first, again, other = (
        pipeline(PROMPT, num_inference_steps=3, generator=seeded(seed)).images[0].tobytes() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_prompt_matters(pipeline: SketchPipeline) -> None:
    day, night = (
        np.asarray(
            pipeline(f"an empty grass field at {time}", num_inference_steps=4, generator=seeded(1)).images[0]
        ).mean()
        for time in ("day", "night")
    )
    assert day > night + 30


def test_a_light_redraw_stays_near_its_picture(pipeline: SketchPipeline) -> None:
    picture = paint(Scene(kind="castle", time="day"), 4)
    near, far = (
        pipeline(PROMPT, image=picture, strength=s, num_inference_steps=8, generator=seeded(3)).images[0]
        for s in (0.25, 1.0)
    )
    apart = [np.abs(np.asarray(p, float) - np.asarray(picture, float)).mean() for p in (near, far)]
    assert apart[0] < apart[1]


def test_inpainting_keeps_every_pixel_outside_the_mask(pipeline: SketchPipeline) -> None:
    picture = paint(Scene(kind="castle", colour="blue"), 4)
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rectangle((20, 20, 50, 50), fill=255)
    drawn = pipeline(
        PROMPT, image=picture, mask_image=mask, strength=0.8, num_inference_steps=5, generator=seeded(5)
    ).images[0]
    changed = (np.asarray(drawn) != np.asarray(picture)).any(-1)
    assert not changed[np.asarray(mask) == 0].any()
    assert changed[np.asarray(mask) == 255].any()


def test_a_mask_without_a_picture_is_refused(pipeline: SketchPipeline) -> None:
    with pytest.raises(ValueError, match="mask needs a picture"):
        pipeline(PROMPT, mask_image=Image.new("L", (64, 64)))


def test_every_step_is_reported(pipeline: SketchPipeline) -> None:
    steps: list[int] = []

    def note(_: SketchPipeline, step: int, __: torch.Tensor, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        steps.append(step)
        return state

    pipeline(PROMPT, num_inference_steps=4, guidance_scale=1, generator=seeded(0), callback_on_step_end=note)
    assert steps == [0, 1, 2, 3]


def test_words_beyond_the_vocabulary_are_named(pipeline: SketchPipeline) -> None:
    assert pipeline.unknown_words("a shiny red Castle, at dusk!") == ("shiny",)


def test_unknown_words_change_nothing(pipeline: SketchPipeline) -> None:
    plain, padded = (
        pipeline(text, num_inference_steps=2, generator=seeded(6)).images[0].tobytes()
        for text in ("a red castle", "a shiny, gorgeous red castle")
    )
    assert plain == padded


def test_a_saved_copy_draws_the_same_bytes(pipeline: SketchPipeline, tmp_path: Path) -> None:
    pipeline.save_pretrained(tmp_path)
    copy = SketchPipeline.from_pretrained(tmp_path)
    pictures = [p(PROMPT, num_inference_steps=2, generator=seeded(7)).images[0].tobytes() for p in (pipeline, copy)]
    assert pictures[0] == pictures[1]


def test_weights_hold_no_pickles() -> None:
    kinds = {path.suffix for path in WEIGHTS.rglob("*") if path.is_file()}
    assert kinds <= {".json", ".safetensors", ".md"}


def test_the_weights_fit_the_repository() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) < 40_000_000


def test_folding_pixels_loses_nothing() -> None:
    pixels = torch.rand(2, 3, 64, 64)
    assert torch.equal(unfold(fold(pixels)), pixels)


def test_a_perfect_guess_gives_the_exact_velocity_and_no_loss() -> None:
    clean, noise, sigma = torch.rand(3, 48, 4, 4), torch.randn(3, 48, 4, 4), torch.tensor([0.1, 0.5, 0.9])
    x = noised(clean, noise, sigma)
    assert torch.allclose(velocity(clean, x, sigma), noise - clean, atol=1e-4)
    assert flow_loss(clean, clean, sigma, torch.ones(1)).item() == 0
    assert flow_loss(noise, clean, sigma, torch.ones(1)).item() > 0


def test_one_step_of_a_perfect_flow_ends_on_the_picture() -> None:
    clean, noise, sigma = torch.rand(1, 48, 4, 4), torch.randn(1, 48, 4, 4), torch.tensor([1.0])
    assert torch.allclose(noise - velocity(clean, noise, sigma), clean, atol=1e-6)


def test_the_guess_has_the_shape_of_what_is_noised(pipeline: SketchPipeline) -> None:
    x = torch.randn(1, 48, 16, 16)
    guess = denoise(
        pipeline.unet, x, torch.tensor([1.0]), torch.zeros(1, 24, pipeline.unet.config["cross_attention_dim"])
    )
    assert guess.shape == x.shape
