"""What the source may not hold: nothing that unpickles, evaluates, unpacks, fetches or runs a shell."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("agents", "apps", "core", "evals", "graphs", "models", "tools")
SOURCES = sorted([*(one for top in OURS for one in (ROOT / top).rglob("*.py")), *ROOT.glob("*.py")])
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

MODULES = {
    "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "zipfile",
    "tarfile", "zipimport", "requests", "urllib3", "ftplib", "telnetlib", "xmlrpc", "pexpect", "pty",
}  # fmt: skip
"""Never imported by the product: they run what they read, unpack what they are given, or fetch without our limits."""

CALLS = {
    "eval", "exec", "compile", "__import__", "input", "os.system", "os.popen",
    "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell", "tempfile.mktemp",
    "torch.load", "torch.save", "torch.hub.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "httpx.get",
    "httpx.post", "httpx.stream", "httpx.request", "urllib.request.urlopen", "urlopen", "urlretrieve", "runpy.run_path",
    "Markup", "markupsafe.Markup", "ssl._create_unverified_context", "langchain.load", "loads_secret",
}  # fmt: skip
METHODS = {"extractall", "extract", "load_lc", "run_cell", "create_subprocess_shell", "disable_safe_load"}
KEYWORDS = {
    ("shell", True),
    ("trust_remote_code", True),
    ("weights_only", False),
    ("use_safetensors", False),
    ("allow_pickle", True),
    ("verify", False),
    ("autoescape", False),
    ("follow_redirects", True),
    ("follow_symlinks", True),
}
EXCEPTIONS = {
    ("agents/briefs.py", "yaml.load"),  # with a SafeLoader of fewer powers: see the test below
}


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return "?"


def broken(text: str, place: str) -> Iterator[str]:
    """Tell every line of a source that breaks a gate."""
    for node in ast.walk(ast.parse(text)):
        found: list[str] = []
        match node:
            case ast.Import(names=names):
                found = [one.name for one in names if one.name.partition(".")[0] in MODULES]
                found += [one.name for one in names if one.name in ("urllib.request", "http.client")]
            case ast.ImportFrom(module=str(module), level=0, names=names):
                taken = [module, *(f"{module}.{one.name}" for one in names)]
                found = [one for one in taken if one.partition(".")[0] in MODULES]
                found += [one for one in taken if one in ("urllib.request", "http.client") or one in CALLS]
            case ast.Call(func=func, keywords=keywords):
                name = dotted(func)
                found = [name] if name in {*CALLS, "yaml.load"} or name.rpartition(".")[2] in METHODS else []
                for one in keywords:
                    if isinstance(one.value, ast.Constant) and (one.arg, one.value.value) in KEYWORDS:
                        found.append(f"{one.arg}={one.value.value}")
                if name == "Image.open" and not place.startswith("evals/") and not _names_formats(keywords):
                    found.append("Image.open without formats")
        yield from (f"{place}:{getattr(node, 'lineno', 0)}: {one}" for one in found if (place, one) not in EXCEPTIONS)


def _names_formats(keywords: list[ast.keyword]) -> bool:
    return any(one.arg == "formats" for one in keywords)


def test_no_source_unpickles_evaluates_unpacks_fetches_or_runs_a_shell() -> None:
    assert len(SOURCES) > 300
    found = [one for path in SOURCES for one in broken(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())]
    assert found == []


def test_no_notebook_does_either() -> None:
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        plain = "\n".join(
            line for cell in code for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))
        )
        assert not [line for cell in code for line in cell.splitlines() if line.lstrip().startswith("!")]
        assert list(broken(plain, f"evals/{path.name}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "import joblib as j",
        "import zipfile",
        "from urllib.request import urlopen",
        "import urllib.request",
        "import requests",
        "import torch; torch.load(path)",
        "from torch import load as l; import torch; torch.load(p, weights_only=True)",
        "eval(text)",
        "exec(text)",
        "import subprocess; subprocess.run(command, shell=True)",
        "import os; os.system(command)",
        "import yaml; yaml.load(text)",
        "import yaml; yaml.load(text, Loader=yaml.Loader)",
        "archive.extractall(folder)",
        "import numpy as np; np.load(path, allow_pickle=True)",
        "AutoModel.from_pretrained(name, trust_remote_code=True)",
        "import httpx; httpx.get(url)",
        "httpx.AsyncClient(verify=False)",
        "httpx.AsyncClient(follow_redirects=True)",
        "Environment(autoescape=False)",
        "Image.open(file)",
    ],
)
def test_each_gate_can_fail(text: str) -> None:
    assert list(broken(text, "tools/planted.py"))


def test_the_one_yaml_loader_is_a_safe_one() -> None:
    tree = ast.parse((ROOT / "agents" / "briefs.py").read_text("utf-8"))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and dotted(one.func) == "yaml.load"]
    loaders = {one.name: dotted(one.bases[0]) for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.bases}
    for call in calls:
        named = {one.arg: dotted(one.value) for one in call.keywords}
        assert loaders[named["Loader"]] == "yaml.SafeLoader"


def test_every_environment_of_templates_escapes() -> None:
    for path in SOURCES:
        if "jinja2" not in (text := path.read_text("utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and dotted(node.func) in ("Environment", "jinja2.Environment"):
                escapes = [one.value for one in node.keywords if one.arg == "autoescape"]
                assert [ast.unparse(one) for one in escapes] == ["True"], path
    templates = [one for top in OURS for one in (ROOT / top).rglob("*.j2")]
    assert templates
    assert not [one.name for one in templates if "|safe" in one.read_text().replace(" ", "")]
