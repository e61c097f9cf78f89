"""Settings: environment first, then the file, then the defaults."""

from pathlib import Path

import pytest

from callsheet.core.settings import SettingsWrong, read_settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("WORKERS", "HOME", "CREW", "CALL_SECONDS", "CRASH_AT"):
        monkeypatch.delenv(f"CALLSHEET_{name}", raising=False)
    return tmp_path


def test_the_defaults_need_no_file_and_no_environment() -> None:
    assert read_settings().crew is None
    assert read_settings().home == "ray"


def test_the_file_speaks_where_the_environment_is_silent(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "callsheet.toml").write_text('workers = 3\nhome = "inprocess"\n')
    monkeypatch.setenv("CALLSHEET_WORKERS", "5")
    settings = read_settings()
    assert (settings.workers, settings.home) == (5, "inprocess")


def test_a_wrong_value_names_the_setting_and_where_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_WORKERS", "0")
    with pytest.raises(SettingsWrong, match=r"setting 'workers'.*mend CALLSHEET_WORKERS or callsheet.toml"):
        read_settings()


def test_learning_is_on_unless_it_is_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLSHEET_HISTORY")
    assert read_settings().learns_from == Path("~/.callsheet/history.sqlite")
    monkeypatch.setenv("CALLSHEET_LEARN", "false")
    assert read_settings().learns_from is None


def test_an_unknown_word_in_the_file_is_refused(here: Path) -> None:
    (here / "callsheet.toml").write_text("wrokers = 3\n")
    with pytest.raises(SettingsWrong, match="wrokers"):
        read_settings()


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().workers = 7
