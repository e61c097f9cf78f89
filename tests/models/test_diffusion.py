"""Tiny checkpoints with random weights, in the three formats real models come in, each made into a maker."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from PIL import Image
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.crew import MakerSpec
from callsheet.core.errors import CrewError, MakerFailed
from callsheet.core.take import Ingredient, Made, Recipe
from callsheet.evals.conformance_models import check_batch_maker, check_maker
from callsheet.evals.hostile import checkpoints
from callsheet.evals.hostile.outcomes import payloads
from callsheet.models.diffusion import DiffusersMaker, _adapter, _variant
from callsheet.models.frame import as_png, opened
from callsheet.models.hosting import make_all

FORMATS = ("sd_folder", "sdxl_folder", "flux_folder")

pytestmark = pytest.mark.slow

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def clip_tokenizer() -> CLIPTokenizer:
    vocabulary = ["<|startoftext|>", "<|endoftext|>", *(letter + end for letter in _LETTERS for end in ("", "</w>"))]
    return CLIPTokenizer(vocab={word: row for row, word in enumerate(vocabulary)}, merges=[], model_max_length=16)


def t5_tokenizer() -> T5TokenizerFast:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0), *((letter, -3.0) for letter in _LETTERS)]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=16)


def text_config(projection: int = 16) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=60,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=16,
        projection_dim=projection,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )


def autoencoder(channels: int = 4, **more: object) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=channels,
        norm_num_groups=4,
        layers_per_block=1,
        sample_size=32,
        **more,
    )


def unet(in_channels: int = 4, **more: object) -> UNet2DConditionModel:
    settings = {"cross_attention_dim": 16, **more}
    return UNet2DConditionModel(
        in_channels=in_channels,
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=16,
        norm_num_groups=4,
        attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        **settings,
    )


@pytest.fixture(scope="session")
def sd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    pipeline = StableDiffusionPipeline(
        unet=unet(),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        vae=autoencoder(),
        text_encoder=CLIPTextModel(text_config()),
        tokenizer=clip_tokenizer(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, tmp_path_factory.mktemp("tiny") / "sd")


@pytest.fixture(scope="session")
def sdxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    pipeline = StableDiffusionXLPipeline(
        unet=unet(
            cross_attention_dim=32,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=8 * 6 + 16,
            use_linear_projection=True,
        ),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        vae=autoencoder(),
        text_encoder=CLIPTextModel(text_config()),
        tokenizer=clip_tokenizer(),
        text_encoder_2=CLIPTextModelWithProjection(text_config()),
        tokenizer_2=clip_tokenizer(),
        add_watermarker=False,
    )
    return _saved(pipeline, tmp_path_factory.mktemp("tiny") / "sdxl")


@pytest.fixture(scope="session")
def measured_folder(sdxl_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SDXL whose latents have a measured mean and spread, as later editions have."""
    folder = tmp_path_factory.mktemp("tiny") / "measured"
    shutil.copytree(sdxl_folder, folder)
    config = folder / "vae" / "config.json"
    measured = {"latents_mean": [0.1, 0.2, -0.3, 0.4], "latents_std": [2.0, 3.0, 1.5, 0.7]}
    config.write_text(json.dumps({**json.loads(config.read_text()), **measured}))
    return folder


@pytest.fixture(scope="session")
def flux_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    pipeline = FluxPipeline(
        transformer=FluxTransformer2DModel(
            patch_size=1,
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            pooled_projection_dim=16,
            axes_dims_rope=(4, 4, 8),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=autoencoder(4, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.06, scaling_factor=1.5),
        text_encoder=CLIPTextModel(text_config()),
        tokenizer=clip_tokenizer(),
        text_encoder_2=T5EncoderModel(T5Config(vocab_size=40, d_model=16, d_ff=16, d_kv=8, num_layers=1, num_heads=2)),
        tokenizer_2=t5_tokenizer(),
    )
    return _saved(pipeline, tmp_path_factory.mktemp("tiny") / "flux")


def _saved(pipeline: object, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def hired(folder: Path, **more: object) -> DiffusersMaker:
    return DiffusersMaker(MakerSpec(name="tiny", kind="diffusers", makes=("still",), source=str(folder), **more))


def recipe(**changes: object) -> Recipe:
    fields = {
        "maker": "tiny",
        "kind": "diffusers",
        "make": "still",
        "source": "tiny",
        "revision": "",
        "weights_digest": "",
        "prompt": "a red castle",
        "negative": "",
        "seed": 7,
        "width": 32,
        "height": 32,
        "steps": 2,
        "guidance": 3.0,
    }
    return Recipe(**{**fields, **changes})


FAST = {"channels_last": True, "encodings": 8, "aside": True}


def levels(made: object) -> np.ndarray:
    assert isinstance(made, Made), made
    return np.asarray(opened(made.data, "tiny"), np.int16)


def apart(one: object, other: object) -> int:
    return int(np.abs(levels(one) - levels(other)).max())


def picture(colour: str, mode: str = "RGB") -> bytes:
    return as_png(Image.new(mode, (32, 32), colour))


@pytest.mark.parametrize("folder", FORMATS)
def test_a_tiny_checkpoint_of_each_format_is_a_maker(folder: str, request: pytest.FixtureRequest) -> None:
    check_maker(hired(request.getfixturevalue(folder)), recipe(), {})


@pytest.mark.parametrize("folder", FORMATS)
def test_an_image_ingredient_is_drawn_over(folder: str, request: pytest.FixtureRequest) -> None:
    maker, given = hired(request.getfixturevalue(folder)), picture("red")
    over = recipe(ingredients=(Ingredient(role="image", digest=digest_of_bytes(given)),), settings={"strength": "0.6"})
    assert maker.make(over, {digest_of_bytes(given): given}).data != maker.make(recipe(), {}).data


@pytest.mark.parametrize("folder", FORMATS)
def test_a_mask_ingredient_repaints(folder: str, request: pytest.FixtureRequest) -> None:
    maker, given, mask = hired(request.getfixturevalue(folder)), picture("red"), picture("white", "L")
    both = {digest_of_bytes(one): one for one in (given, mask)}
    roles = (
        Ingredient(role="image", digest=digest_of_bytes(given)),
        Ingredient(role="mask", digest=digest_of_bytes(mask)),
    )
    made = maker.make(recipe(ingredients=roles, settings={"strength": "0.9"}), both)
    assert opened(made.data, "tiny").size == (32, 32)


def test_the_size_is_the_recipes(sd_folder: Path) -> None:
    made = hired(sd_folder).make(recipe(width=48, height=32), {})
    assert (made.width, made.height) == (48, 32)


def test_more_steps_make_another_picture(sd_folder: Path) -> None:
    maker = hired(sd_folder)
    few, many = maker.make(recipe(steps=1), {}), maker.make(recipe(steps=4), {})
    assert not np.array_equal(np.asarray(opened(few.data, "tiny")), np.asarray(opened(many.data, "tiny")))


def test_a_reference_is_refused_where_no_adapter_is_named(sd_folder: Path) -> None:
    given = picture("red")
    asked = recipe(ingredients=(Ingredient(role="reference", digest=digest_of_bytes(given)),))
    with pytest.raises(MakerFailed, match="takes no references"):
        hired(sd_folder).make(asked, {digest_of_bytes(given): given})


def test_a_request_the_model_cannot_serve_is_its_failure(sd_folder: Path) -> None:
    with pytest.raises(MakerFailed, match="could not draw"):
        hired(sd_folder).make(recipe(width=33), {})


def test_a_part_from_another_library_is_refused(sd_folder: Path, tmp_path: Path) -> None:
    for path in sd_folder.rglob("*"):
        target = tmp_path / path.relative_to(sd_folder)
        target.mkdir(parents=True) if path.is_dir() else target.write_bytes(path.read_bytes())
    index = tmp_path / "model_index.json"
    index.write_text(index.read_text().replace('"vae": [\n    "diffusers"', '"vae": [\n    "antigravity"'))
    with pytest.raises(CrewError, match="antigravity"):
        hired(tmp_path)


def test_pickled_weights_are_refused(sd_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"")
    with pytest.raises(CrewError, match="can run code"):
        hired(tmp_path)


THREE = [("a red castle", 7, ""), ("fog", 8, ""), ("a red castle", 9, "")]


def three() -> list[Recipe]:
    return [recipe(prompt=prompt, seed=seed, negative=negative) for prompt, seed, negative in THREE]


@pytest.mark.parametrize("folder", FORMATS)
def test_pictures_drawn_together_are_those_drawn_alone_to_one_level(
    folder: str, request: pytest.FixtureRequest
) -> None:
    where = request.getfixturevalue(folder)
    alone = [hired(where).make(one, {}) for one in three()]
    together = make_all(hired(where, batch=3), three(), [{}] * 3)
    assert max(map(apart, alone, together)) <= 1
    assert len({made.data for made in alone}) == 3


@pytest.mark.parametrize("part", FAST)
@pytest.mark.parametrize("folder", FORMATS)
def test_each_part_of_the_fast_way_leaves_a_picture_alone_to_one_level(
    folder: str, part: str, request: pytest.FixtureRequest
) -> None:
    plain, fast = (hired(request.getfixturevalue(folder), settings=one) for one in ({}, {part: FAST[part]}))
    for changes in ({}, {"negative": "fog"}, {"guidance": 1.0}, {"prompt": "fog", "width": 48}):
        assert apart(plain.make(recipe(**changes), {}), fast.make(recipe(**changes), {})) <= 1


@pytest.mark.parametrize("folder", [*FORMATS, "measured_folder"])
def test_the_decoder_is_given_what_the_pipeline_itself_would_give_it(
    folder: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[torch.Tensor] = []
    decode = AutoencoderKL.decode

    def noted(self: AutoencoderKL, latents: torch.Tensor, **how: object) -> object:
        given.append(latents)
        return decode(self, latents, **how)

    monkeypatch.setattr(AutoencoderKL, "decode", noted)
    for settings in ({}, {"aside": True}):
        hired(request.getfixturevalue(folder), settings=settings).make(recipe(), {})
    itself, aside = given
    torch.testing.assert_close(aside, itself)


def test_the_next_batch_is_drawn_while_the_last_one_develops(
    sdxl_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_is_drawn = threading.Event()
    forward, decode, steps = UNet2DConditionModel.forward, AutoencoderKL.decode, []

    def drawn(self: UNet2DConditionModel, *given: object, **how: object) -> object:
        steps.append(1)
        if len(steps) > recipe().steps:
            next_is_drawn.set()
        return forward(self, *given, **how)

    def developed(self: AutoencoderKL, *given: object, **how: object) -> object:
        assert next_is_drawn.wait(20), "nothing was drawn meanwhile"
        return decode(self, *given, **how)

    monkeypatch.setattr(UNet2DConditionModel, "forward", drawn)
    monkeypatch.setattr(AutoencoderKL, "decode", developed)
    answers = make_all(hired(sdxl_folder, settings={"aside": True}), three()[:2], [{}] * 2)
    assert [type(one) for one in answers] == [Made, Made]


# diffusers' own pipeline calls what diffusers deprecates; remove when it does so no more.
@pytest.mark.filterwarnings("ignore:`upcast_vae` is deprecated:FutureWarning")
def test_a_half_precision_decoder_that_overflows_is_raised_to_single_while_it_develops(sdxl_folder: Path) -> None:
    plain, aside = (hired(sdxl_folder, dtype="float16", settings={"aside": aside}) for aside in (False, True))
    for seed in (1, 2):
        assert apart(plain.make(recipe(seed=seed), {}), aside.make(recipe(seed=seed), {})) <= 1


@pytest.mark.parametrize("folder", FORMATS)
def test_a_picture_does_not_depend_on_how_full_its_batch_was(folder: str, request: pytest.FixtureRequest) -> None:
    maker = hired(request.getfixturevalue(folder), batch=4, settings=FAST)
    check_batch_maker(maker, [*three(), recipe(seed=10), recipe(width=48), recipe(width=33)])


def test_a_mixed_batch_is_answered_in_order_and_a_refusal_harms_nobody_else(sdxl_folder: Path) -> None:
    given = picture("red")
    digest = digest_of_bytes(given)
    recipes = [
        recipe(),
        recipe(width=33),
        recipe(ingredients=(Ingredient(role="image", digest=digest),), settings={"strength": "0.6"}),
        recipe(ingredients=(Ingredient(role="image", digest="sha256:lost"),)),
        recipe(width=48),
    ]
    answers = make_all(hired(sdxl_folder, batch=2, settings=FAST), recipes, [{digest: given}] * 5)
    assert [type(one) for one in answers] == [Made, MakerFailed, Made, MakerFailed, Made]
    assert [(one.width, one.height) for one in answers if isinstance(one, Made)] == [(32, 32), (32, 32), (48, 32)]


def test_a_prompt_in_many_variations_is_encoded_once(sdxl_folder: Path) -> None:
    maker = hired(sdxl_folder, batch=4, settings={"encodings": 8})
    make_all(maker, [recipe(seed=seed) for seed in range(6)], [{}] * 6)
    assert maker.prompts_encoded == 1
    make_all(maker, [recipe(seed=1, negative="fog"), recipe(seed=2, prompt="fog")], [{}] * 2)
    assert maker.prompts_encoded == 3


def test_a_take_says_in_what_batch_it_was_drawn(sd_folder: Path) -> None:
    assert hired(sd_folder, batch=2).make(recipe(), {}).software["batch"] == "2"
    assert "batch" not in hired(sd_folder).make(recipe(), {}).software


def test_no_adapter_and_no_variant_leads_out_of_the_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    for place in (tmp_path, folder):
        for name in ("adapter.safetensors", "adapter.bin"):
            (place / name).write_bytes(checkpoints.good())

    def spec(**settings: str) -> MakerSpec:
        return MakerSpec(name="m", kind="diffusers", makes=("still",), usd=1, settings=settings)

    outside = [str(tmp_path / "adapter.safetensors"), "../adapter.safetensors", "../weights/adapter.safetensors"]
    for path in [
        *outside,
        "adapter.bin",
        "./adapter.bin",
        *(one for one in payloads("paths") if one and len(one) < 99),
    ]:
        with pytest.raises(CrewError):
            _adapter(folder, spec(ip_adapter=path))
    assert _adapter(folder, spec(ip_adapter="adapter.safetensors")) == folder / "adapter.safetensors"
    assert _adapter(folder, spec()) is None
    for variant in ("../fp16", "fp16/..", "a b", "\0", "fp16.bin"):
        with pytest.raises(CrewError):
            _variant(spec(variant=variant))
    assert _variant(spec(variant="fp16")) == "fp16"
