"""Minutes of coverage-guided fuzzing for every parser: `python -m tests.fuzz [TARGET…] [--seconds N]`, or `make fuzz`.

Each target runs in a process of its own under atheris (libFuzzer). What it learnt stays in `fuzz-output/TARGET`, and goes
on from there the next time; an input that let anything but a named error out lies beside it as `crash-…`.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

OUTPUT = Path("fuzz-output")
SLOW_SECONDS = 10
"""One input that takes longer hangs a kiosk: it is a finding."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="only these (default: all; --list names them)")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        return _child(chosen.targets[0], chosen.seconds)
    from tests.fuzz_targets import TARGETS

    if unknown := set(chosen.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; --list names them")
    if chosen.list:
        print("\n".join(TARGETS))
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here: `make fuzz` installs it and fuzzes.", file=sys.stderr)
        return 2
    found = [name for name in chosen.targets or TARGETS if not _fuzz(name, chosen.seconds)]
    print(f"{len(chosen.targets or TARGETS)} targets, {chosen.seconds} s each: {len(found)} with findings", *found)
    return 1 if found else 0


def _fuzz(name: str, seconds: int) -> bool:
    print(f"{name}: ", end="", flush=True)
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds), "--child"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 3 + 120, check=False)
    runs = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
    if done.returncode == 0 and runs:
        print(runs[-1].removeprefix("Done ").strip())
        return True
    print(f"a finding, see {OUTPUT / name}")
    print(done.stderr[-3000:])
    return False


def _child(name: str, seconds: int) -> int:
    import atheris

    with atheris.instrument_imports(include=["devices", "offline_cache", "kiosk", "central"]):
        from tests.fuzz_targets import SEEDS, TARGETS
    corpus = OUTPUT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(name, ())):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOW_SECONDS}", "-max_len=4096", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={OUTPUT / name}/", str(corpus)], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
