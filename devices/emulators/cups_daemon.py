"""A real cupsd of its own: its own folders, a Unix socket, one queue whose backend is a script that can misbehave.

Programs of CUPS's speak with it where CUPS_SERVER names its socket.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CUPSD = shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
LPADMIN = shutil.which("lpadmin", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
QUEUE = "a4"
PATIENCE_SECONDS = 10.0
FILES = """
ServerRoot {root}/conf
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/state
ServerBin {root}/bin
AccessLog {root}/log/access
ErrorLog {root}/log/error
PageLog {root}/log/page
SystemGroup sys
User {user}
Group {group}
"""
DAEMON = """
LogLevel warn
Listen {socket}
Browsing No
WebInterface No
DefaultAuthType None
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""
BACKEND = """#!/bin/sh
# Called as CUPS's backend(7): job user title copies options [file]; `how` in the paper's folder tells what to do.
[ $# = 0 ] && { echo 'direct paper "paper" "paper"'; exit 0; }
folder=${DEVICE_URI#paper:}
is() { [ "$(cat "$folder/how" 2>/dev/null)" = "$1" ]; }
is stop && exit 4
is cancel && exit 5
is fail && exit 1
if is media-empty; then
    echo "STATE: +media-empty-error" >&2
    while is media-empty; do sleep 0.1; done
    echo "STATE: -media-empty-error" >&2
fi
while is hang; do sleep 0.1; done
if [ $# = 6 ]; then cat "$6"; else cat; fi > "$folder/.$1" && mv "$folder/.$1" "$folder/$1.pdf"
"""


HOWS = ("stop", "hang", "media-empty", "cancel", "fail")
"""What the queue's printer does with its documents when it is not in order."""


class CupsDaemon:
    """Start, stop, and what came out; `socket` is for CUPS_SERVER. `root` must be short: a socket's path stands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.socket = root / "s"
        self.paper = root / "paper"
        self._daemon: subprocess.Popen[bytes] | None = None
        for folder in ("conf", "spool/tmp", "cache", "state", "log", "bin/backend", "bin/daemon", "bin/filter", "paper"):
            (root / folder).mkdir(parents=True)
        me = pwd.getpwuid(os.getuid())
        # cupsd refuses to print as root; as anybody else it can only be itself.
        user, group = ("lp", "lp") if me.pw_uid == 0 else (me.pw_name, grp.getgrgid(me.pw_gid).gr_name)
        if me.pw_uid == 0:
            shutil.chown(self.paper, user, group)
            root.chmod(root.stat().st_mode | 0o055)  # the folders above it are not ours
        (root / "conf" / "cups-files.conf").write_text(FILES.format(root=root, user=user, group=group))
        (root / "conf" / "cupsd.conf").write_text(DAEMON.format(socket=self.socket))
        (root / "bin" / "backend" / "paper").write_text(BACKEND)
        (root / "bin" / "backend" / "paper").chmod(0o755)
        (root / "bin" / "daemon" / "cups-exec").symlink_to("/usr/lib/cups/daemon/cups-exec")

    def start(self) -> None:
        """Returns when it answers; raises TimeoutError when it does not."""
        conf = self.root / "conf"
        program = [str(CUPSD), "-f", "-c", str(conf / "cupsd.conf"), "-s", str(conf / "cups-files.conf")]
        self._daemon = subprocess.Popen(  # noqa: S603 - the system's own cupsd
            program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self.until(lambda: self.says("lpstat", "-r") == "scheduler is running")
        except BaseException:
            self.stop()
            raise

    def add_queue(self) -> None:
        """Set up the one queue; raises LookupError when cupsd does not take it."""
        self.says(str(LPADMIN), "-p", QUEUE, "-E", "-v", f"paper:{self.paper}", "-m", "raw")
        if not self.says("lpstat", "-p", QUEUE):
            raise LookupError("cupsd takes no queue: see lpadmin")

    def stop(self) -> None:
        """Ask it to end, and wait; may be called twice."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(PATIENCE_SECONDS)
            self._daemon = None

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended."""
        return self._daemon is not None

    def kill(self) -> None:
        """End it without a word."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(PATIENCE_SECONDS)
            self._daemon = None

    def pause(self, paused: bool) -> None:
        """Let it hang, or go on."""
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)

    def become(self, how: str) -> None:
        """The queue's printer does one of `HOWS`; empty: it prints."""
        (self.paper / "how").write_text(how)

    def set_right(self) -> None:
        """The printer prints, and its queue is open again."""
        self.become("")
        self.says(str(Path(str(LPADMIN)).with_name("cupsenable")), QUEUE)

    def says(self, *words: str) -> str:
        """What a program of CUPS's says, told of this daemon."""
        surroundings = {**os.environ, "LC_ALL": "C", "CUPS_SERVER": str(self.socket)}
        done = subprocess.run(  # noqa: S603 - CUPS's own programs
            words, capture_output=True, text=True, check=False, env=surroundings
        )
        return done.stdout.strip()

    def waiting(self) -> list[str]:
        """The ids of what is not yet printed."""
        return [line.split()[0] for line in self.says("lpstat", "-W", "not-completed", "-o", QUEUE).splitlines()]

    def documents(self) -> list[bytes]:
        """What came out, the first first."""
        return [file.read_bytes() for file in sorted(self.paper.glob("*.pdf"), key=lambda file: int(file.stem))]

    def until(self, wanted: Callable[[], bool]) -> None:
        """Wait until it is so; raises TimeoutError, with cupsd's log."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted():
            if time.monotonic() >= deadline:
                log = self.root / "log" / "error"
                raise TimeoutError(log.read_text() if log.exists() else "cupsd did not start")
            time.sleep(0.05)
