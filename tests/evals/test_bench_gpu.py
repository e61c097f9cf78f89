"""The bench of a GPU worker, rehearsed without one."""

import json
import subprocess
import sys

import pytest
import torch

from callsheet.evals import bench_gpu
from callsheet.evals.gpu_pipeline import BUILDS, autoencoder, flops_per_picture, unet

NOT_NEEDED = ("ray", "langgraph", "langchain", "langchain_core", "open_clip", "timm", "sqlalchemy", "fastapi")

pytestmark = pytest.mark.slow


def reported(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    bench_gpu.main(arguments)
    return json.loads(capsys.readouterr().out)


def test_the_bench_needs_nothing_but_torch_diffusers_and_the_workers_own_code() -> None:
    code = f"import sys, callsheet.evals.bench_gpu; print([one for one in {NOT_NEEDED!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_the_bench_says_so_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    figures = reported(capsys, "--json")
    assert figures["measured"] is False
    assert figures["why"] == "no NVIDIA GPU"
    assert "over_plain" not in figures


# diffusers turns tensors into arrays as NumPy before 2 did; remove when its Euler scheduler does so no more.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
def test_a_rehearsal_runs_all_of_it_and_finds_pictures_the_same_to_one_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = reported(capsys, "--json", "--size", "tiny", "--device", "cpu")
    assert figures["measured"] is False
    assert set(figures["pictures_per_second"]) == {"plain", "hand_tuned", "ours"}
    differences = figures["largest_difference"]
    assert set(differences) == {"batched", "channels_last", "encodings", "aside", "everything", "half_full"}
    assert differences.pop("half_full") == 0
    assert all(difference <= 1 for difference in differences.values()), differences


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
def test_each_part_of_our_worker_can_be_left_out_and_its_worth_told(capsys: pytest.CaptureFixture[str]) -> None:
    figures = reported(capsys, "--json", "--size", "tiny", "--device", "cpu", "--parts")
    assert set(figures["speed_without"]) == {"batch", "compile", "channels_last", "encodings", "aside"}
    assert all(share > 0 for share in figures["speed_without"].values())


def test_the_full_size_is_that_of_sdxl() -> None:
    with torch.device("meta"):
        parts = unet(BUILDS["full"]), autoencoder(BUILDS["full"])
    assert [sum(one.numel() for one in part.parameters()) for part in parts] == [2_567_463_684, 83_653_863]


def test_a_guided_pictures_operations_are_two_passes_a_step_and_one_decoding() -> None:
    assert 380e12 < flops_per_picture("full", 30) < 450e12
    tiny = [flops_per_picture("tiny", steps) for steps in (0, 1, 3)]
    assert tiny[0] > 0
    assert tiny[2] - tiny[0] == 3 * (tiny[1] - tiny[0])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU")
def test_on_a_gpu_no_picture_depends_on_how_full_its_batch_was(capsys: pytest.CaptureFixture[str]) -> None:
    figures = reported(capsys, "--json", "--size", "tiny")
    assert figures["largest_difference"]["half_full"] == 0
