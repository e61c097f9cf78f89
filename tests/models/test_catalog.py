import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of, to_json
from callsheet.core.errors import CrewError
from callsheet.models.catalog import load_crew

FAKE = """
[[makers]]
name = "one"
kind = "fake"
makes = ["still"]
usd = 0.01
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "crew.toml"
    path.write_text(text)
    return path


def checkpoint(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "unet").mkdir(exist_ok=True)
    (folder / "unet" / "config.json").write_text('{"sample_size": 16, "in_channels": 48}')
    for name, content in {"model.safetensors": "weights", **files}.items():
        (folder / name).write_bytes(weights(content) if name.endswith(".safetensors") else content.encode())
    return folder


def weights(content: str) -> bytes:
    size = len(content)
    header = f'{{"w":{{"dtype":"U8","shape":[{size}],"data_offsets":[0,{size}]}}}}'.encode()
    return len(header).to_bytes(8, "little") + header + content.encode()


def refused(folder: Path, text: str) -> str:
    with pytest.raises(CrewError) as caught:
        load_crew(written(folder, text))
    return str(caught.value)


def test_a_sketch_generator_says_itself_how_large_it_draws(tmp_path: Path) -> None:
    checkpoint(tmp_path / "weights")
    block = FAKE.replace('"fake"', '"sketch"') + 'source = "weights"\n'
    maker = load_crew(written(tmp_path, block)).maker("one")
    assert (maker.width, maker.height) == (64, 64)
    (tmp_path / "weights" / "unet" / "config.json").unlink()
    assert "unet/config.json" in refused(tmp_path, block)


def test_a_crew_borrows_from_the_house_what_it_does_not_bring(tmp_path: Path) -> None:
    crew = load_crew(written(tmp_path, 'extends = "house"\n' + FAKE))
    assert [maker.name for maker in crew.makers] == ["one", "post"]
    assert [critic.kind for critic in crew.critics] == ["technical", "look"]
    assert "house" in refused(tmp_path, 'extends = "mansion"\n' + FAKE)


def test_a_crew_file_becomes_a_crew(tmp_path: Path) -> None:
    crew = load_crew(written(tmp_path, FAKE), cores=3)
    assert (crew.name, crew.maker("one").usd, crew.cores) == ("crew", 0.01, 3)


def test_cores_are_the_machines_when_nobody_says(tmp_path: Path) -> None:
    assert load_crew(written(tmp_path, FAKE)).cores >= 1
    assert load_crew(written(tmp_path, "cores = 7\n" + FAKE)).cores == 7


def test_an_unknown_kind_lists_the_known_ones(tmp_path: Path) -> None:
    said = refused(tmp_path, FAKE.replace('"fake"', '"fluxx"'))
    assert "makers[0] 'one'" in said
    assert "no maker kind named 'fluxx'; known: sketch, diffusers, openai, post, fake" in said


def test_a_maker_that_calls_a_service_has_a_model_there_and_no_checkpoint_here(tmp_path: Path) -> None:
    block = FAKE.replace('"fake"', '"openai"')
    maker = load_crew(written(tmp_path, block + 'source = "gpt-image-2"\n')).maker("one")
    assert (maker.device, maker.is_service, maker.portable_source) == ("api", True, "gpt-image-2")
    assert "names no model" in refused(tmp_path, block)
    assert "calls a service" in refused(tmp_path, block + 'source = "gpt-image-2"\ndevice = "cuda"\n')


def test_a_missing_checkpoint_is_named_with_the_fix(tmp_path: Path) -> None:
    said = refused(tmp_path, FAKE.replace('"fake"', '"sketch"\nsource = "weights/none"'))
    assert str(tmp_path / "weights" / "none") in said
    assert "mend `source`" in said


def test_a_hub_id_needs_a_commit(tmp_path: Path) -> None:
    hub = FAKE.replace('"fake"', '"diffusers"\nsource = "someone/some-model"')
    assert "40 hex digits" in refused(tmp_path, hub)
    assert "'main' is no commit" in refused(tmp_path, hub + 'revision = "main"\n')
    assert load_crew(written(tmp_path, hub + f'revision = "{"a1" * 20}"\n')).maker("one").folder == ""


def test_a_maker_without_a_price_is_refused_by_name(tmp_path: Path) -> None:
    said = refused(tmp_path, FAKE.replace("usd = 0.01", ""))
    assert "'one': has no price" in said


def test_two_makers_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "2 blocks are named 'one'" in refused(tmp_path, FAKE + FAKE)


def test_bad_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 2" in refused(tmp_path, 'name = "x"\n[[makers]\n')


@pytest.mark.parametrize(("text", "says"), [("", "names no maker"), ("makers = 3", "not a list of tables")])
def test_a_file_without_makers_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in refused(tmp_path, text)


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    assert "stepz" in refused(tmp_path, FAKE + "stepz = 3\n")
    assert "steps" in refused(tmp_path, FAKE + "steps = 0\n")


@pytest.mark.parametrize(
    "slip", ["replicas_max = 99999999999", "strength = -5", "seconds = 1e300", "load_seconds = inf", "gpus = 1e9"]
)
def test_a_number_that_can_only_be_a_slip_is_refused_by_name(tmp_path: Path, slip: str) -> None:
    name = slip.partition(" ")[0]
    lines = [line for line in FAKE.splitlines() if not line.startswith(f"{name} ")]
    assert name in refused(tmp_path, "\n".join([*lines, slip]))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CrewError, match=r"none\.toml"):
        load_crew(tmp_path / "none.toml")


def test_sources_are_found_beside_the_crew_file_and_weighed(tmp_path: Path) -> None:
    checkpoint(tmp_path / "weights")
    maker = load_crew(written(tmp_path, FAKE.replace('"fake"', '"sketch"\nsource = "weights"'))).maker("one")
    assert maker.folder == str(tmp_path / "weights")
    assert maker.weights_digest.startswith("sha256:")


def test_the_digest_of_a_crew_does_not_say_where_it_lies(tmp_path: Path) -> None:
    crews = []
    for home in ("here", "there"):
        checkpoint(tmp_path / home / "weights")
        text = FAKE.replace('"fake"', '"sketch"\nsource = "weights"')
        crews.append(load_crew(written(tmp_path / home, text), cores=1))
    assert digest_of(crews[0]) == digest_of(crews[1])
    assert str(tmp_path) not in to_json(crews[0])


def test_changed_weights_change_the_digest_and_a_stated_digest_is_held(tmp_path: Path) -> None:
    text = FAKE.replace('"fake"', '"sketch"\nsource = "weights"')
    checkpoint(tmp_path / "weights")
    first = load_crew(written(tmp_path, text)).maker("one").weights_digest
    checkpoint(tmp_path / "weights", **{"model.safetensors": "other weights"})
    assert load_crew(written(tmp_path, text)).maker("one").weights_digest != first
    assert first in refused(tmp_path, text + f'weights_digest = "{first}"\n')


def test_a_model_card_is_not_weighed(tmp_path: Path) -> None:
    text = FAKE.replace('"fake"', '"sketch"\nsource = "weights"')
    checkpoint(tmp_path / "weights")
    first = load_crew(written(tmp_path, text)).maker("one").weights_digest
    checkpoint(tmp_path / "weights", **{"README.md": "# a card"})
    assert load_crew(written(tmp_path, text)).maker("one").weights_digest == first


def test_a_word_level_checkpoint_brings_its_words(tmp_path: Path) -> None:
    vocabulary = '{"model": {"type": "WordLevel", "vocab": {"<pad>": 0, "castle": 1, "red": 2}}}'
    checkpoint(tmp_path / "weights", **{"tokenizer.json": vocabulary})
    maker = load_crew(written(tmp_path, FAKE.replace('"fake"', '"sketch"\nsource = "weights"'))).maker("one")
    assert maker.words == ("castle", "red")


@pytest.mark.parametrize("name", ["model.bin", "model.ckpt", "model.pt", "weights.pkl", "pipeline.py"])
def test_a_checkpoint_that_could_run_code_is_refused(tmp_path: Path, name: str) -> None:
    checkpoint(tmp_path / "weights", **{name: ""})
    said = refused(tmp_path, FAKE.replace('"fake"', '"diffusers"\nsource = "weights"'))
    assert name in said
    assert "can run code" in said


@pytest.mark.slow
def test_reading_a_crew_loads_no_model_library() -> None:
    code = "import sys, callsheet.models.catalog; print({'torch', 'ray', 'diffusers', 'open_clip'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "set()"


def test_a_diffusers_maker_that_takes_references_names_the_adapter_that_does(tmp_path: Path) -> None:
    checkpoint(tmp_path / "weights")
    block = FAKE.replace('"fake"', '"diffusers"') + 'source = "weights"\nreferences = true\n'
    assert "ip_adapter" in refused(tmp_path, block)
    load_crew(written(tmp_path, block + 'settings = { ip_adapter = "adapter.safetensors" }\n'))


def test_a_crew_may_name_a_cluster_and_stays_the_same_crew(tmp_path: Path) -> None:
    named = '[cluster]\naddress = "head.studio.example:6379"\n'
    elsewhere, here = load_crew(written(tmp_path, named + FAKE), cores=64), load_crew(written(tmp_path, FAKE), cores=2)
    assert elsewhere.cluster is not None
    assert elsewhere.cluster.address == "head.studio.example:6379"
    assert here.cluster is None
    assert elsewhere.identity() == here.identity()


def test_an_address_without_a_port_is_refused(tmp_path: Path) -> None:
    assert "mend `cluster.address`" in refused(tmp_path, '[cluster]\naddress = "head"\n' + FAKE)


CHAT = """
[[chats]]
name = "openai:gpt-5-mini"
usd_per_million_in = 0.25
usd_per_million_out = 2.0
"""


def test_a_crew_may_hire_language_models_for_its_agents(tmp_path: Path) -> None:
    crew = load_crew(written(tmp_path, FAKE + CHAT + '[agents]\ndirector = "openai:gpt-5-mini"\n'))
    assert (crew.chat_of("director"), crew.chat_of("reviser")) == (crew.chats[0], None)
    assert crew.direction_usd(2.0) == pytest.approx(0.2)


def test_a_crew_is_the_same_with_chats_nobody_asks_and_another_with_one_that_is_asked(tmp_path: Path) -> None:
    bare = load_crew(written(tmp_path, FAKE))
    idle = load_crew(written(tmp_path, FAKE + CHAT))
    asked = load_crew(written(tmp_path, FAKE + CHAT + '[agents]\nreviser = "openai:gpt-5-mini"\n'))
    dearer = load_crew(
        written(tmp_path, FAKE + CHAT.replace("2.0", "9.0") + '[agents]\nreviser = "openai:gpt-5-mini"\n')
    )
    assert bare.identity() == idle.identity() != asked.identity() == dearer.identity()
    assert to_json(bare) == to_json(idle)


def test_a_chat_named_as_critic_takes_a_seat(tmp_path: Path) -> None:
    agents = '[agents]\ncritic = "openai:gpt-5-mini"\n'
    crew = load_crew(written(tmp_path, FAKE + CHAT + "sees = true\n" + agents))
    assert [(one.name, one.is_chat) for one in crew.critics] == [("chat", True)]
    assert "sees = true" in refused(tmp_path, FAKE + CHAT + agents)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CHAT.replace("usd_per_million_out = 2.0\n", ""), "unpriced chat is never asked"),
        (CHAT.replace("openai:", "oracle:"), "no chat provider named 'oracle'"),
        (CHAT + 'api_key = "sk-1"\n', "api_key"),
        (CHAT + 'key_env = "K"\nbase_url = "http://models.example/v1"\n', "unencrypted"),
        (CHAT + "settings = { openai_proxy = 'http://x' }\n", "settings"),
        (CHAT + CHAT, "2 blocks are named"),
        (CHAT + '[agents]\ndirector = "openai:gpt-6"\n', "no [[chats]] block has that name"),
        (CHAT + '[agents]\nproducer = "openai:gpt-5-mini"\n', "producer"),
    ],
)
def test_a_language_model_that_could_surprise_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in refused(tmp_path, FAKE + text)
