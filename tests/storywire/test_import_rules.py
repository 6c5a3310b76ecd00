from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(root / "pyproject.toml"),
        "--no-cache",
    ]
    return subprocess.run(command, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for part in ("flows", "tasks", "storywire"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.mark.slow
def test_imports_run_one_way() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("storywire/capture.py", "import tasks.step"),
        ("tasks/step.py", "import flows.daily"),
        ("storywire/store/files.py", "import prefect"),
        ("storywire/articles/words.py", "import storywire.store.files"),
        ("storywire/duplicates/shingles.py", "import storywire.stories.terms"),
        ("storywire/schema.py", "import storywire.capture"),
        ("storywire/articles/urls.py", "import storywire.web.address"),
        ("storywire/store/visits.py", "import httpcore2"),
    ],
)
def test_an_import_the_wrong_way_is_caught(house: Path, module: str, line: str) -> None:
    path = house / module
    before = path.read_text()
    try:
        path.write_text(f"{before}\n{line}\n")
        assert lint(house).returncode == 1
    finally:
        path.write_text(before)


def test_an_analyst_imports_storywire_without_prefect() -> None:
    code = "import sys, storywire; storywire.read_articles; assert 'prefect' not in sys.modules; print('free of it')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "free of it", result.stderr


def test_importing_the_package_itself_loads_nothing_heavy() -> None:
    code = "import sys, storywire; print(sorted({'pandas', 'pyarrow', 'trafilatura', 'prefect'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
