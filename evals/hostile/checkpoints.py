"""Checkpoints made to do harm: headers that lie, files that run when they are read, configs that fetch code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_CODE: Final = 'import pathlib\npathlib.Path({canary!r}).write_text("ran")\n'


def safetensors(header: bytes, data: bytes = b"", *, length: int | None = None) -> bytes:
    """Write a file with a header, which may say another length than it has."""
    return (len(header) if length is None else length).to_bytes(8, "little") + header + data


def _one(**row: object) -> bytes:
    usual: dict[str, object] = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    return json.dumps({"w": usual | row}).encode()


def good(size: int = 8) -> bytes:
    """Write a file that is as it should be."""
    return safetensors(_one(dtype="U8", shape=[size], data_offsets=[0, size]), b"\1" * size)


def headers() -> Mapping[str, bytes]:
    """Give files whose headers lie."""
    eight, row = b"\0" * 8, {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}
    many = json.dumps({f"t{one}": row for one in range(100_000)}).encode()
    two = {"a": {"dtype": "U8", "shape": [6], "data_offsets": [0, 6]}}
    return {
        "empty": b"",
        "seven bytes": b"\0" * 7,
        "no header": safetensors(b""),
        "a header of 2^63 bytes": safetensors(b"{}", length=2**63),
        "a header of 2^64 - 1 bytes": safetensors(b"{}", length=2**64 - 1),
        "a header longer than the file": safetensors(b"{}", length=1000),
        "a header of 64 MB": safetensors(b"{" + b" " * (64 << 20) + b"}"),
        "100,000 tensors": safetensors(many),
        "2,000,000 empty tables": safetensors(b'{"a":[' + b"{}," * 2_000_000 + b"{}]}"),
        "nested 100,000 deep": safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "no JSON": safetensors(b"{not json}"),
        "a list": safetensors(b"[]"),
        "text before the table": safetensors(b"  " + _one(), eight),
        "a name twice": safetensors(b'{"w":' + _one()[6:-1] + b',"w":' + _one()[6:], eight),
        "an offset of 2^64": safetensors(_one(data_offsets=[0, 2**64]), eight),
        "an offset before the data": safetensors(_one(data_offsets=[-8, 0]), eight),
        "an end before its beginning": safetensors(_one(data_offsets=[8, 0]), eight),
        "an offset that is no number": safetensors(_one(data_offsets=[0, "8"]), eight),
        "an offset that is half": safetensors(_one(data_offsets=[0, 8.5]), eight),
        "an offset that is true": safetensors(_one(data_offsets=[False, True], dtype="U8", shape=[1]), b"\0"),
        "three offsets": safetensors(_one(data_offsets=[0, 4, 8]), eight),
        "a shape that overflows": safetensors(_one(shape=[2**32, 2**32, 2**32]), eight),
        "a shape that overflows to eight bytes": safetensors(_one(shape=[2**62 + 2]), eight),
        "a negative shape": safetensors(_one(shape=[-2, -1]), eight),
        "a shape of 1,000 sides": safetensors(_one(shape=[1] * 1000), eight),
        "a shape with digits without end": safetensors(_one().replace(b"[2]", b"[" + b"9" * 5000 + b"]"), eight),
        "a kind nobody knows": safetensors(_one(dtype="PYOBJECT"), eight),
        "more bytes than it has": safetensors(_one(shape=[4], data_offsets=[0, 16]), eight),
        "fewer bytes than it has": safetensors(_one(), eight * 2),
        "overlapping tensors": safetensors(
            json.dumps(two | {"b": {**two["a"], "data_offsets": [2, 8]}}).encode(), eight
        ),
        "the same bytes twice": safetensors(json.dumps(two | {"b": two["a"]}).encode(), b"\0" * 6),
        "a gap": safetensors(json.dumps({"b": {**two["a"], "data_offsets": [2, 8]}}).encode(), eight),
        "a field too many": safetensors(_one(loader="evil"), eight),
        "metadata that is no text": safetensors(b'{"__metadata__":{"a":[1]},' + _one()[1:], eight),
        "a zip": b"PK\x03\x04" + b"\0" * 40,
        "a pickle": pickled(Path("callsheet_injected")),
    }


def pickled(canary: Path) -> bytes:
    """Write what writes a file when it is unpickled."""
    return f"cos\nsystem\n(S'echo ran > {canary}'\ntR.".encode()


def files_that_run(canary: Path) -> Mapping[str, bytes]:
    """Give files, by their names, that would leave a canary behind if anybody loaded them."""
    harm, code = pickled(canary), _CODE.format(canary=str(canary)).encode()
    names = (
        "model.bin", "pytorch_model.bin", "model.pt", "model.PT", "model.pth", "model.ckpt", "model.pkl",
        "optimizer.pickle", "scaler.joblib", "a.dill", "a.npy", "a.npz", "model.h5", "model.keras", "a.nemo", "a.mar",
        "unet/diffusion_pytorch_model.bin", "text_encoder/pytorch_model.bin", "model.pt2", "a.zip", "a.tar", "a.tar.gz",
    )  # fmt: skip
    runs = ("pipeline.py", "modeling.py", "unet/my_unet.py", "a.pyc", "libevil.so", "evil.dll", "setup.sh", "a.whl")
    return dict.fromkeys(names, harm) | dict.fromkeys(runs, code)


def configs(canary: Path) -> Mapping[str, tuple[str, object]]:
    """Give configs, by what they try, as the file they stand in and what they say."""
    tower = {"embed_dim": 8, "vision_cfg": {"image_size": 8}, "text_cfg": {"width": 8}}
    elsewhere = str(canary.with_suffix(".py"))
    return {
        "a model of one's own": ("config.json", {"auto_map": {"AutoModel": "evil/repo--modeling.Evil"}}),
        "a tokenizer of one's own": (
            "tokenizer_config.json",
            {"auto_map": {"AutoTokenizer": ["evil--tok.Evil", None]}},
        ),
        "trust, asked for": ("config.json", {"trust_remote_code": True}),
        "trust, for the tokenizer": (
            "open_clip_config.json",
            {"model_cfg": {**tower, "text_cfg": {"tokenizer_kwargs": {"trust_remote_code": True}}}},
        ),
        "a text tower from elsewhere": (
            "open_clip_config.json",
            {"model_cfg": {**tower, "text_cfg": {"hf_model_name": "evil/repo"}}},
        ),
        "a vision tower from elsewhere": (
            "open_clip_config.json",
            {"model_cfg": {**tower, "vision_cfg": {"timm_model_name": "hf-hub:evil/repo"}}},
        ),
        "a vision tower from a folder": (
            "open_clip_config.json",
            {"model_cfg": {**tower, "vision_cfg": {"timm_model_name": "local-dir:/tmp"}}},
        ),
        "a pretrained tower": (
            "open_clip_config.json",
            {"model_cfg": {**tower, "vision_cfg": {"timm_model_name": "vit_tiny", "timm_model_pretrained": True}}},
        ),
        "a pipeline of one's own": ("model_index.json", {"_class_name": ["my_pipeline", "Evil"]}),
        "a pipeline from the hub": ("model_index.json", {"_class_name": "X", "custom_pipeline": "evil/repo"}),
        "a part from a module here": ("model_index.json", {"_class_name": "X", "unet": ["my_unet", "Evil"]}),
        "a part from the standard library": ("model_index.json", {"_class_name": "X", "unet": ["os", "system"]}),
        "a part from a path": ("model_index.json", {"_class_name": "X", "unet": [elsewhere, "Evil"]}),
        "a part from above": ("model_index.json", {"_class_name": "X", "unet": ["..evil", "Evil"]}),
        "no table": ("model_index.json", ["unet"]),
        "a config without end": ("config.json", "x" * 9_000_000),
    }
