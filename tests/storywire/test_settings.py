from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from pydantic import ValidationError

from docs import build
from storywire import pages, version
from storywire.capture import Capture
from storywire.settings import Settings, SettingsError
from storywire.store.workspace import Workspace

ROOT = Path(__file__).parents[2]


def test_every_knob_says_what_it_does() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_a_knob_is_turned_by_its_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYWIRE_WORKERS", "3")
    assert Settings().workers == 3
    monkeypatch.setenv("STORYWIRE_WORKERS", "none")
    with pytest.raises(ValidationError, match="workers"):
        Settings()


def test_a_horizon_no_day_can_be_counted_with_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYWIRE_STORY_HORIZON_DAYS", "36525")
    assert Settings().story_horizon_days == 36_525
    monkeypatch.setenv("STORYWIRE_STORY_HORIZON_DAYS", "3000000000")
    with pytest.raises(ValidationError, match="story_horizon_days"):
        Settings()


def test_a_knob_that_is_set_to_nothing_is_as_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORYWIRE_CONTACT", "STORYWIRE_WORKERS", "STORYWIRE_FAILURE_WEBHOOK"):
        monkeypatch.setenv(name, "")
    assert (Settings().contact, Settings().failure_webhook) == (None, None)
    assert Settings().workers >= 1


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("STORYWIRE_WORKER", "did you mean STORYWIRE_WORKERS?"),
        ("STORYWIRE_DUPLICATES_WINDOW_DAYS", "did you mean STORYWIRE_DUPLICATE_WINDOW_DAYS?"),
    ],
)
def test_a_knob_that_is_none_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, name: str, remedy: str) -> None:
    monkeypatch.setenv(name, "3")
    with pytest.raises(SettingsError) as refusal:
        Settings()
    assert str(refusal.value) == f"the environment: there is no setting {name}; {remedy}"


def test_a_platform_may_set_names_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVICE_HOST", "SERVICE_PORT", "PORT", "PORT_80_TCP", "PORT_80_TCP_ADDR", "PORT_80_TCP_PROTO"):
        monkeypatch.setenv(f"STORYWIRE_{name}", "10.0.0.7")
    assert Settings().workers >= 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"STORYWIRE_XYZZY=1\n", ".env:1: there is no setting STORYWIRE_XYZZY; docs/settings.md lists them all"),
        (b"# ours\n\nSTORYWIRE_WORKER=3\n", ".env:3: there is no setting STORYWIRE_WORKER"),
        (b"PATH_OF_OTHERS=1\n\n\nSTORYWIRE_WORKERS 3\n", ".env:4: 'STORYWIRE_WORKERS 3' sets nothing"),
        (b"STORYWIRE_RAW\n", ".env:1: 'STORYWIRE_RAW' sets nothing"),
        ("STORYWIRE_CONTACT=Müller\n".encode("latin-1"), ".env cannot be read as UTF-8 text"),
    ],
)
def test_a_file_of_settings_is_read_to_its_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_bytes(written)
    with pytest.raises(SettingsError) as refusal:
        Settings()
    assert said in str(refusal.value)


def test_a_file_of_settings_may_hold_those_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("PREFECT_API_URL=http://127.0.0.1:4200/api\nexport STORYWIRE_WORKERS='3' # of 4\n")
    assert Settings().workers == 3


def test_folders_given_by_hand_win() -> None:
    settings = Settings().at(Path("elsewhere"), None)
    assert (settings.raw, settings.data) == (Path("elsewhere"), Settings().data)


def test_the_version_of_the_code_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert version.pipeline().split("+")[0] == project["version"]
    assert len({version.of("articles"), version.of("duplicates"), version.of("pages"), version.of(*version.ALL)}) == 4


def imported(part: str) -> set[str]:
    """The packages that the modules of a part of ours name in their imports, as the package index calls them."""
    place = ROOT / "storywire" / part
    named = set()
    for file in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named.add(node.module or "")
    packages = metadata.packages_distributions()
    return {found.lower() for name in named for found in packages.get(name.split(".")[0], ())} - {"storywire"}


@pytest.mark.parametrize("part", sorted(set(version.ALL)))
def test_another_release_of_a_library_that_a_part_rests_on_is_another_version(part: str) -> None:
    # Arrow counts once, where files are written; what pydantic holds is numbers and days.
    assert imported(part) - {"pyarrow", "pydantic"} <= set(version.LIBRARIES.get(part, ()))


def test_whatever_reads_raw_files_counts_for_how_they_are_read() -> None:
    code = (
        "import sys, storywire.sources.folder; print(*(name for name in sys.modules if name.startswith('storywire.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    names = {name.removeprefix("storywire.").replace(".", "/") for name in loaded} - {"sources"}
    assert names <= set(version.READ)


def test_the_generated_documents_are_fresh() -> None:
    assert build.stale() == []


def test_a_changed_sentence_makes_the_data_dictionary_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(build.REASONS, "moonlight", "It was too dark to read.")
    assert build.stale() == ["docs/data-dictionary.md"]


def test_the_drawing_shows_every_task_of_the_flow() -> None:
    drawn = build.dag()
    for task in ("ingest", "clean", "normalise", "revise", "deduplicate", "cluster", "publish"):
        assert f"{task}\n" in drawn or f"{task} -->" in drawn


def test_what_another_detector_of_languages_said_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    spaces = [Workspace(tmp_path, detector=detector) for detector in ("combined", "langdetect")]
    assert len({space.normalised for space in spaces}) == 2
    assert len({space.cleaned for space in spaces}) == 1


def test_the_detector_of_languages_is_a_choice() -> None:
    zulu = "Amaphoyisa athi ibhuloho elisha livulwe ngoMsombuluko emva kwezinsuku eziyishumi livaliwe."
    capture = Capture(json.dumps({"text": zulu, "language": "zu"}).encode(), "record", "one")
    cleaned = pages.clean(capture) | {"captured_at": None}
    both, alone = pages.normalise(cleaned), pages.normalise(cleaned, detectors="langdetect")
    assert (both["language"], both["language_declared_agrees"]) == ("zu", True)
    assert alone["language"] != "zu"
    assert alone["language_declared_agrees"] is False
