"""Batches drawn by a scripted pipeline, which notes what it was asked and fails where it is told to."""

import threading
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from callsheet.core.crew import MakerSpec
from callsheet.core.errors import MakerFailed, OutOfMemory
from callsheet.core.take import Ingredient, Made, Recipe
from callsheet.evals.conformance_models import NotConforming, check_batch_maker
from callsheet.models.batches import TextBatches
from callsheet.models.darkroom import Darkroom
from callsheet.models.drawing import faults_told
from callsheet.models.fake import FakeMaker
from callsheet.models.rendering import Rendering, alike, filled_up, prepare, rendering_of


def recipe(seed: int = 1, **changes: object) -> Recipe:
    fields = {
        "maker": "xl",
        "kind": "diffusers",
        "make": "still",
        "source": "",
        "revision": "",
        "weights_digest": "",
        "prompt": "a castle",
        "negative": "",
        "seed": seed,
        "width": 32,
        "height": 32,
        "steps": 2,
        "guidance": 3.0,
    }
    return Recipe(**{**fields, **changes})


class ScriptedPipeline:
    """Draws grey cards. Room for so many at once; refuses a prompt of `bad`, withholds one of `nude`."""

    device = torch.device("cpu")

    def __init__(self, room: int = 64, seconds: float = 0.0) -> None:
        self.room, self.seconds = room, seconds
        self.asked: list[list[str]] = []
        self.at_work = self.most_at_work = 0

    def __call__(
        self, prompt: Sequence[str], generator: Sequence[torch.Generator], width: int, height: int
    ) -> SimpleNamespace:
        self.asked.append(list(prompt))
        if len(prompt) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 32.00 GiB")
        if "bad" in prompt:
            raise ValueError("a bad prompt")
        self.at_work += 1
        self.most_at_work = max(self.at_work, self.most_at_work)
        time.sleep(self.seconds)
        self.at_work -= 1
        grey = [int(torch.randint(256, (1,), generator=one)) for one in generator]
        images = [Image.new("RGB", (width, height), (level,) * 3) for level in grey]
        return SimpleNamespace(images=images, nsfw_content_detected=[one == "nude" for one in prompt])


def batches(pipeline: ScriptedPipeline, batch: int) -> TextBatches:
    return TextBatches(pipeline, Rendering(batch=batch), {"made-up": "1"}, drawing=Lock(), decoding=Lock())


def outcomes(promised: Sequence[Future[Made]]) -> list[type]:
    return [type(one.exception() or one.result()) for one in promised]


@pytest.mark.parametrize(("recipes", "calls"), [(1, 1), (3, 1), (4, 1), (5, 2), (9, 3)])
def test_every_call_holds_a_full_batch_however_few_are_asked_for(recipes: int, calls: int) -> None:
    pipeline = ScriptedPipeline()
    promised = batches(pipeline, 4).draw([recipe(seed) for seed in range(recipes)])
    assert outcomes(promised) == [Made] * recipes
    assert [len(asked) for asked in pipeline.asked] == [4] * calls


def test_a_seed_gives_the_same_noise_in_any_company() -> None:
    alone = [batches(ScriptedPipeline(), 1).draw([recipe(seed)])[0].result().data for seed in range(3)]
    together = [one.result().data for one in batches(ScriptedPipeline(), 3).draw([recipe(seed) for seed in range(3)])]
    assert together == alone


def test_a_batch_that_does_not_fit_is_drawn_in_halves_and_so_are_all_from_then_on() -> None:
    pipeline = ScriptedPipeline(room=2)
    drawn = batches(pipeline, 8)
    assert outcomes(drawn.draw([recipe(seed) for seed in range(5)])) == [Made] * 5
    assert [len(asked) for asked in pipeline.asked] == [8, 4, 2, 2, 2]
    assert outcomes(drawn.draw([recipe()])) == [Made]
    assert [len(asked) for asked in pipeline.asked[5:]] == [2]


def test_what_does_not_fit_alone_is_told_as_out_of_memory_and_may_be_tried_elsewhere() -> None:
    drawn = batches(ScriptedPipeline(room=0), 4)
    errors = [one.exception() for one in drawn.draw([recipe(0), recipe(1)])]
    assert [type(error) for error in errors] == [OutOfMemory, OutOfMemory]
    assert errors[0].retryable
    assert str(errors[0]).startswith("maker 'xl' ran out of memory: too little memory to draw: CUDA out of memory")


def test_a_recipe_the_pipeline_refuses_leaves_the_others_of_its_batch_their_pictures() -> None:
    promised = batches(ScriptedPipeline(), 4).draw([recipe(0), recipe(1, prompt="bad"), recipe(2)])
    assert outcomes(promised) == [Made, MakerFailed, Made]
    assert "a bad prompt" in str(promised[1].exception())


def test_a_picture_that_the_safety_checker_withheld_is_refused_alone() -> None:
    promised = batches(ScriptedPipeline(), 4).draw([recipe(0), recipe(1, prompt="nude"), recipe(2)])
    assert outcomes(promised) == [Made, MakerFailed, Made]


def test_a_pipeline_that_checks_or_marks_its_pictures_develops_them_itself() -> None:
    class StableDiffusionPipeline:
        safety_checker: object = None
        watermark: object = None

    checked, marked, bare = (StableDiffusionPipeline() for _ in range(3))
    checked.safety_checker, marked.watermark = object(), object()
    assert [Darkroom.fits(one) for one in (checked, marked, bare, ScriptedPipeline())] == [False, False, True, False]


def test_two_callers_never_draw_at_once() -> None:
    pipeline = ScriptedPipeline(seconds=0.02)
    drawn = batches(pipeline, 1)
    threads = [threading.Thread(target=drawn.draw, args=([recipe(seed)],)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pipeline.most_at_work == 1
    assert len(pipeline.asked) == 4


def test_a_pictures_seconds_are_its_share_of_the_batch() -> None:
    promised = batches(ScriptedPipeline(seconds=0.4), 4).draw([recipe(seed) for seed in range(4)])
    seconds = [one.result().seconds for one in promised]
    assert all(0.1 <= one < 0.3 for one in seconds)


def test_recipes_of_another_size_steps_or_guidance_go_into_another_call() -> None:
    recipes = [recipe(0), recipe(1, width=64), recipe(2), recipe(3, steps=3), recipe(4, guidance=1.0), recipe(5)]
    assert alike(recipes) == [[0, 2, 5], [1], [3], [4]]


def test_recipes_with_ingredients_stay_alone() -> None:
    over = {"ingredients": (Ingredient(role="image", digest="sha256:x"),)}
    assert alike([recipe(0, **over), recipe(1), recipe(2, **over), recipe(3)]) == [[0], [1, 3], [2]]


def test_a_batch_is_filled_up_with_its_last_recipe() -> None:
    assert [one.seed for one in filled_up([recipe(1), recipe(2)], 4)] == [1, 2, 2, 2]
    assert filled_up([recipe(1)], 1) == [recipe(1)]


def test_the_fast_way_is_on_by_itself_on_cuda_only_and_each_part_can_be_turned() -> None:
    spec = {"name": "xl", "kind": "diffusers", "makes": ("still",)}
    assert rendering_of(MakerSpec(**spec)) == Rendering()
    on = rendering_of(MakerSpec(**spec, device="cuda:1", batch=8))
    assert on == Rendering(batch=8, is_channels_last=True, encodings=256, develops_aside=True)
    off = {"channels_last": False, "encodings": 0, "aside": False, "compile": True}
    assert rendering_of(MakerSpec(**spec, device="cuda", settings=off)) == Rendering(is_compiled=True)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("Tried to allocate"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        MemoryError(),
    ],
)
def test_every_way_of_running_out_of_memory_is_told_as_that(error: Exception) -> None:
    with pytest.raises(OutOfMemory), faults_told("xl", "draw"):
        raise error


def test_what_did_not_fit_is_let_go_however_long_the_error_is_kept() -> None:
    class Tensor:
        pass

    def draw() -> None:
        latents = Tensor()
        left.append(weakref.ref(latents))
        raise torch.OutOfMemoryError("Tried to allocate")

    left: list[weakref.ref[Tensor]] = []
    with pytest.raises(OutOfMemory) as kept, faults_told("xl", "draw"):
        draw()
    assert kept.value.__cause__ is not None
    assert left[0]() is None


def test_another_fault_is_no_lack_of_memory() -> None:
    says = "could not draw: RuntimeError: shapes differ"
    with pytest.raises(MakerFailed, match=says) as caught, faults_told("xl", "draw"):
        raise RuntimeError("shapes differ")
    assert not isinstance(caught.value, OutOfMemory)
    assert not caught.value.retryable


def test_compiling_is_for_fixed_shapes_and_nothing_is_compiled_unasked() -> None:
    class Denoiser(torch.nn.Module):
        asked: dict[str, object] | None = None

        def compile(self, **how: object) -> None:
            self.asked = how

    denoiser = Denoiser()
    prepare(SimpleNamespace(transformer=denoiser), Rendering(is_channels_last=True))
    assert denoiser.asked is None
    prepare(SimpleNamespace(transformer=denoiser), Rendering(is_compiled=True))
    assert denoiser.asked == {"dynamic": False}


class Forgetful:
    """Leaves the last recipe of several unanswered."""

    def make_many(self, recipes: Sequence[Recipe], ingredients: Sequence[object]) -> list[Made]:
        card = FakeMaker(MakerSpec(name="xl", kind="fake", makes=("still",)))
        return [card.make(one, {}) for one in recipes[: max(1, len(recipes) - 1)]]


class Sociable:
    """Draws another picture in company."""

    def make_many(self, recipes: Sequence[Recipe], ingredients: Sequence[object]) -> list[Made]:
        card = FakeMaker(MakerSpec(name="xl", kind="fake", makes=("still",)))
        return [card.make(replace(one, seed=one.seed + len(recipes)), {}) for one in recipes]


@pytest.mark.parametrize(("broken", "promise"), [(Forgetful, "one answer a recipe"), (Sociable, "its company")])
def test_a_batch_maker_that_breaks_a_promise_is_caught(broken: type, promise: str) -> None:
    with pytest.raises(NotConforming, match=promise):
        check_batch_maker(broken(), [recipe(0), recipe(1)])
