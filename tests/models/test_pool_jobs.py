"""What a worker's process answers, without the process."""

from callsheet.core.crew import CriticSpec, MakerSpec
from callsheet.core.errors import CrewError, MakerFailed
from callsheet.core.plan import Requirement
from callsheet.core.take import Made, Recipe
from callsheet.models.lines.hand import Job
from callsheet.models.pool.actors import MakerWorker, PanelWorker, Sight

COUNT = Requirement(id="count:castle=1", kind="count", subject="castle", value="1")


def job(token: str, prompt: str = "a castle") -> Job[tuple[Recipe, dict[str, bytes]]]:
    recipe = Recipe(
        maker="one", kind="fake", make="still", source="", revision="", weights_digest="", prompt=prompt, negative="",
        seed=len(token), width=64, height=64, steps=1, guidance=1.0,
    )  # fmt: skip
    return Job(token, (recipe, {}))


def test_every_job_of_a_batch_gets_its_own_answer_and_one_refusal_spoils_no_other() -> None:
    worker = MakerWorker(MakerSpec(name="one", kind="fake", makes=("still",), settings={"fail_on": "fail"}))
    assert worker.ready() == (None,)
    jobs = [job("x"), job("yy", "fail"), job("zzz")]
    (first, made), (second, refused), (third, other) = worker.do(jobs)
    assert [first, second, third] == ["x", "yy", "zzz"]
    assert isinstance(made, Made)
    assert isinstance(other, Made)
    assert made.data != other.data
    assert isinstance(refused, MakerFailed)


def test_what_keeps_a_maker_from_loading_is_told_as_an_answer() -> None:
    (trouble,) = MakerWorker(MakerSpec(name="x", kind="sketch", makes=("still",), source="/no/such/folder")).ready()
    assert isinstance(trouble, CrewError)


def test_a_panel_answers_every_job() -> None:
    worker = PanelWorker((CriticSpec(name="eye", kind="fake", checks=("count",)),))
    maker = MakerWorker(MakerSpec(name="one", kind="fake", makes=("still",)))
    ((_, made),) = maker.do([job("x")])
    assert isinstance(made, Made)
    sight = Sight(picture=made.data, requirements=(COUNT,), earlier=(), references={})
    ((token, opinions),) = worker.do([Job("t", sight)])
    assert token == "t"
    assert [one.requirement for one in opinions] == ["count:castle=1"]
