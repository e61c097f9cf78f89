import re
from copy import copy
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from callsheet.core.delivery import MachineBill, Manifest
from callsheet.core.fact import MoneyMoved
from callsheet.core.history import History
from callsheet.core.plan import Plan
from callsheet.tools.delivery.dossier import open_dossiers
from callsheet.tools.delivery.page import page


def written(production, manifest: Manifest | None = None, history: History | None = None) -> str:
    manifest, history = manifest or production.manifest, history or production.history
    dossiers = open_dossiers(production.plan, history, manifest)
    return page(
        production.plan,
        history,
        production.crew,
        manifest,
        dossiers,
        strips=production.strips,
        files={"index.html", "schedule.png", "animatic.mp4"},
    )


class Reader(HTMLParser):
    """Collects what a page links, its alternative texts and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[str | None] = []
        self.ids: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.links += [said[name] or "" for name in ("href", "src", "poster") if name in said]
        self.ids += [said["id"] or ""] if "id" in said else []
        if tag == "img":
            self.images.append(said.get("alt"))


@pytest.fixture(scope="module")
def text(production) -> str:
    return written(production)


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_it_opens_with_the_numbers(text: str) -> None:
    figures = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    assert figures == [
        ("pictures accepted", "6 of 8"),
        ("takes made", "11"),
        ("takes refused by QC", "5"),
        ("spent of $2.00", "$0.0128"),
        ("per accepted picture", "$0.0021"),
        ("wall time", "9.3 s"),
        ("of making, had one worker made every take", "9.2 s"),
        ("slowest chain of tasks", "3.8 s"),
    ]


def test_nothing_on_it_needs_the_network_or_leaves_the_folder(read: Reader) -> None:
    assert all(not re.match(r"[a-z]+:|/|\.\.", link) for link in read.links)
    assert "script" not in read.tags


def test_every_link_within_it_leads_somewhere(read: Reader) -> None:
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)


def test_every_picture_has_words_for_those_who_cannot_see_it(read: Reader) -> None:
    assert len(read.images) > 15
    assert all(read.images)


def test_every_take_is_shown_with_what_failed(text: str, production) -> None:
    for record in production.history.tasks.values():
        for take in record.takes:
            for finding in record.verdicts[take.id].findings:
                assert finding.says in text
            assert f"seed {take.recipe.seed}" in text or take.recipe.make != "still"


def test_what_people_wrote_is_shown_as_text_and_never_as_html(text: str) -> None:
    assert "one small grey &lt;tower&gt; &amp; a gate" in text
    assert "<tower>" not in text


def test_a_hostile_title_stays_text(production) -> None:
    plan: Plan = replace(production.plan, title='<script>alert("x")</script>')
    assert "<script>" not in written(replace(production, plan=plan))


def test_unfinished_tasks_stand_in_words_and_assumptions_are_told(text: str) -> None:
    for said in ("used its 2 rounds", "left out by Ada", "a stand-in for your model", "crenellated", "3 seconds each"):
        assert said in text


def test_it_links_only_what_was_delivered(read: Reader) -> None:
    assert "animatic.mp4" in read.links
    assert "contact_sheet.png" not in read.links


def test_rented_machines_and_moved_money_stand_on_the_bill(production) -> None:
    bill = MachineBill(
        usd=1.5,
        machines=2,
        hours=3.0,
        busy=0.6,
        loading=0.1,
        idle=0.3,
        usd_by_department={"architecture": 1.5},
        usd_per_accepted=0.3,
        forgotten_usd={"m7": 0.25},
    )
    totals = replace(production.manifest.totals, machines=bill)
    history = copy(production.history)
    history.money_moves = [MoneyMoved(task="keep", micros=3000, gave={"sea": 3000}, why="a <b>chance</b>")]
    text = written(production, replace(production.manifest, totals=totals), history)
    assert "<dt>rented machines, 3.0 h together</dt><dd>$1.50</dd>" in text
    assert "<dt>per accepted picture, machines counted in</dt><dd>$0.30</dd>" in text
    assert "m7 was not given back in time: $0.25 for nothing" in text
    assert "keep got 0.0030 USD more (0.0030 left over from sea): a &lt;b&gt;chance&lt;/b&gt;" in text


def test_without_rented_machines_the_bill_says_nothing_of_them(text: str) -> None:
    assert "machine" not in text.lower()
