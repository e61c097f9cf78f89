from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from callsheet.tools.delivery.contact_sheet import contact_sheet
from callsheet.tools.delivery.dossier import open_dossiers
from callsheet.tools.delivery.palette import WARNING, team_colours


@pytest.fixture
def shelf(production, tmp_path: Path) -> tuple:
    dossiers = open_dossiers(production.plan, production.history, production.manifest)
    for dossier in dossiers:
        for take in dossier.takes:
            path = tmp_path / take.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(production.store.get(take.take.digest))
    return production.plan, dossiers, tmp_path


def has(sheet: Image.Image, colour: str) -> bool:
    return bool((np.asarray(sheet) == ImageColor.getrgb(colour)).all(axis=2).any())


def test_every_department_has_its_mark_and_unfinished_tasks_are_framed(shelf) -> None:
    plan, dossiers, root = shelf
    sheet = contact_sheet(plan, dossiers, root, "a stand-in")
    for colour in (*team_colours(plan).values(), WARNING):
        assert has(sheet, colour)


def test_a_sheet_of_accepted_tasks_frames_none(shelf) -> None:
    plan, dossiers, root = shelf
    done = [dossier for dossier in dossiers if dossier.asset]
    assert not has(contact_sheet(plan, done, root, ""), WARNING)


def test_two_hundred_tasks_still_make_one_sheet_a_person_can_open(shelf) -> None:
    plan, dossiers, root = shelf
    many = [replace(dossiers[0], task=replace(dossiers[0].task, name=f"cell_{number}")) for number in range(200)]
    sheet = contact_sheet(plan, many, root, "")
    assert sheet.width == 1600
    assert sheet.height < 4500
