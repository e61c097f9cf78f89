"""A generator's training goes on where it was killed, from a file that runs nothing when it is read."""

from pathlib import Path

import pytest
import torch

from callsheet.models.sketch.network import Width, build_tokenizer
from callsheet.models.sketch.training import Clocked, Sketcher, _groups, _restored, _save
from callsheet.models.weights_header import fault_of_header

WIDTH = Width(channels=(32, 32, 32), text_width=32, text_layers=1, size_px=64)


def parts() -> tuple[Sketcher, Sketcher, torch.optim.Optimizer]:
    tokenizer = build_tokenizer()
    live, mean = Sketcher(WIDTH, tokenizer), Sketcher(WIDTH, tokenizer)
    return live, mean, torch.optim.AdamW(_groups(live), lr=1e-3, betas=(0.9, 0.98))


@pytest.mark.slow
def test_everything_that_was_kept_comes_back(tmp_path: Path) -> None:
    live, mean, optimizer = parts()
    sum(one.square().sum() for one in live.parameters()).backward()
    optimizer.step()
    path = tmp_path / "state.safetensors"
    _save(path, live, mean, optimizer, clock=Clocked(60, spent=30), step=17)
    assert fault_of_header(path) == ""
    other = parts()
    clock = Clocked(60)
    assert _restored(path, *other, clock=clock) == 17
    assert 30 <= clock.spent < 32
    for kept, back in zip((live, mean), other[:2], strict=True):
        assert all(torch.equal(one, back.state_dict()[name]) for name, one in kept.state_dict().items())
    before, after = optimizer.state_dict(), other[2].state_dict()
    assert before["state"].keys() == after["state"].keys()
    for number, row in before["state"].items():
        assert all(torch.equal(one, after["state"][number][what]) for what, one in row.items())
    assert [one["share"] for one in before["param_groups"]] == [one["share"] for one in after["param_groups"]]
    sum(one.square().sum() for one in other[0].parameters()).backward()
    other[2].step()
