"""The launcher: each step once, again when something changed, and a failure that says what to do."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tools import launcher


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the launcher's own, empty."""
    for name in ("ROOT", "VENV", "BUILD", "LOG"):
        below = Path(getattr(launcher, name)).relative_to(Path(launcher.__file__).parents[1])
        monkeypatch.setattr(launcher, name, tmp_path / below)
    return tmp_path


def test_a_step_is_done_once_and_again_when_it_must_be(clone: Path) -> None:
    source, product = clone / "source", clone / "product"
    source.write_text("one")
    done: list[str] = []

    def make() -> None:
        done.append(source.read_text())
        product.write_text("made")

    def prepare() -> list[str]:
        done.clear()
        launcher.step("Something", "something", [source], make, [product])
        return list(done)

    assert prepare() == ["one"]
    assert prepare() == []
    source.write_text("two")
    assert prepare() == ["two"]
    product.unlink()
    assert prepare() == ["two"]
    assert prepare() == []


def test_a_step_that_failed_is_not_taken_for_done(clone: Path) -> None:
    source = clone / "source"
    source.write_text("one")
    launcher.step("Something", "something", [source], lambda: None, [])
    source.write_text("two")

    def fail() -> None:
        launcher.run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"], hint="Do this.")

    for _ in range(2):
        with pytest.raises(launcher.StepFailedError, match=r"(?s)the reason.*Do this\."):
            launcher.step("Something", "something", [source], fail, [])
    assert "the reason" in launcher.LOG.read_text()


def test_what_is_built_is_no_source(clone: Path) -> None:
    for name in ("src/okno/ui/css/a.css", "src/okno/ui/static/ui/dist/b.css", "src/okno/ui/css/c.txt"):
        path = clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert launcher.sources("src/okno/ui", {".css"}) == [clone / "src/okno/ui/css/a.css"]


def test_a_second_launcher_waits_for_the_first(clone: Path) -> None:
    script = "from pathlib import Path; from tools import launcher; launcher.BUILD = Path({!r});"
    script += "exec('with launcher.one_at_a_time(): print(\"mine\", flush=True)')"
    with launcher.one_at_a_time():
        second = subprocess.Popen(
            [sys.executable, "-c", script.format(str(launcher.BUILD))],
            cwd=Path(launcher.__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        assert second.poll() is None
    output, _ = second.communicate(timeout=20)
    assert output == "mine\n"


@pytest.mark.faults
def test_an_environment_is_made_also_without_ensurepip(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find_spec(name)
    )
    launcher.make_venv(clone / "made")
    found = subprocess.run(
        [clone / "made" / "bin" / "python", "-m", "pip", "--version"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(clone / "made") in found.stdout
