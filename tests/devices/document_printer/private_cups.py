"""A real cupsd of this test's own: its own folders, a Unix socket, one queue whose backend is a script that can misbehave."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import subprocess
import time
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


class PrivateCups:
    """Start, stop, and what came out; `socket` is for CUPS_SERVER."""

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
            for folder in (root, *root.parents):
                if folder.owner() == "root" and folder != Path("/"):
                    folder.chmod(folder.stat().st_mode | 0o055)
        (root / "conf" / "cups-files.conf").write_text(FILES.format(root=root, user=user, group=group))
        (root / "conf" / "cupsd.conf").write_text(DAEMON.format(socket=self.socket))
        (root / "bin" / "backend" / "paper").write_text(BACKEND)
        (root / "bin" / "backend" / "paper").chmod(0o755)
        (root / "bin" / "daemon" / "cups-exec").symlink_to("/usr/lib/cups/daemon/cups-exec")

    def start(self) -> None:
        conf = self.root / "conf"
        program = [str(CUPSD), "-f", "-c", str(conf / "cupsd.conf"), "-s", str(conf / "cups-files.conf")]
        self._daemon = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.until(lambda: self.says("lpstat", "-r") == "scheduler is running")
        except BaseException:
            self.stop()
            raise

    def add_queue(self) -> None:
        self.says(str(LPADMIN), "-p", QUEUE, "-E", "-v", f"paper:{self.paper}", "-m", "raw")
        assert self.says("lpstat", "-p", QUEUE)

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(PATIENCE_SECONDS)
            self._daemon = None

    @property
    def runs(self) -> bool:
        return self._daemon is not None

    def kill(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(PATIENCE_SECONDS)
            self._daemon = None

    def pause(self, paused: bool) -> None:
        """Let it hang, or go on."""
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)

    def become(self, how: str) -> None:
        (self.paper / "how").write_text(how)

    def says(self, *words: str) -> str:
        surroundings = {**os.environ, "LC_ALL": "C", "CUPS_SERVER": str(self.socket)}
        return subprocess.run(words, capture_output=True, text=True, check=False, env=surroundings).stdout.strip()

    def waiting(self) -> list[str]:
        return [line.split()[0] for line in self.says("lpstat", "-W", "not-completed", "-o", QUEUE).splitlines()]

    def documents(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self.paper.glob("*.pdf"), key=lambda file: int(file.stem))]

    def until(self, wanted: object) -> None:
        assert callable(wanted)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted():
            assert time.monotonic() < deadline, (self.root / "log" / "error").read_text() if self.socket.exists() else "no socket"
            time.sleep(0.05)
