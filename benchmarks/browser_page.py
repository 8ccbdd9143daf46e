"""The first screen as a static page, for a browser to be measured beside: same nine zones, texts, icons and colours.

Served on loopback; the page asks for `/ready` after its second animation frame, so when its first paint is done.
"""

from __future__ import annotations

import html
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final

from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Zone

ICONS = Path(__file__).resolve().parents[1] / "ui" / "qml" / "Icons"
READY_SECONDS: Final = 60.0
STYLE = """
html, body { margin: 0; height: 100%; overflow: hidden; background: #f0f4fa; color: #14213d;
             font-family: "Noto Sans CJK SC"; }
body { display: flex; flex-direction: column; padding: 32px; box-sizing: border-box; }
header { font-size: 44px; font-weight: bold; padding: 24px 0; }
main { flex: 1; display: grid; grid-template: repeat(3, 1fr) / repeat(3, 1fr); gap: 24px; }
section { background: white; border-radius: 24px; border: 2px solid #dbe4f0; text-align: center;
          display: flex; flex-direction: column; align-items: center; justify-content: center; }
i { width: 112px; height: 112px; border-radius: 56px; display: flex; align-items: center; justify-content: center; }
svg { width: 64px; height: 64px; }
b { font-size: 34px; margin: 20px 12px 4px; } span { font-size: 26px; color: #51607a; }
button { margin: 24px 0; height: 112px; border: 0; border-radius: 24px; background: #1459b3; color: white; font-size: 36px; }
footer { text-align: center; font-size: 26px; padding-bottom: 160px; }
"""
TELL = """
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => fetch("/ready"))));
"""


def page() -> str:
    """The page, whole: nothing else has to be fetched."""
    tiles = "".join(_tile(zone) for zone in load_catalogue().zones)
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>24</title><style>{STYLE}</style>'
        f"<body><header>您好，请点选要办的事</header><main>{tiles}</main><button>搜索事项</button>"
        f"<footer>咨询求助请拨政务服务热线 12345</footer><script>{TELL}</script></body></html>"
    )


def _tile(zone: Zone) -> str:
    icon = (ICONS / f"{zone.icon}.svg").read_text("ascii").replace("<svg ", '<svg fill="white" ', 1)
    badge = f'<i style="background:{zone.colour}">{icon}</i>'
    return f"<section>{badge}<b>{html.escape(zone.name.zh)}</b><span>{html.escape(zone.summary.zh)}</span></section>"


class PageServer:
    """A context: the page is served inside it, from a thread of its own."""

    def __init__(self) -> None:
        content = page().encode()
        ready = self._ready = threading.Event()

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/ready":
                    ready.set()
                self._answer(content if self.path == "/" else b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> PageServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_until_painted(self) -> None:
        """Until the page has been painted once since the last call; raises RuntimeError when that takes a minute."""
        if not self._ready.wait(READY_SECONDS):
            raise RuntimeError("the browser painted nothing")
        self._ready.clear()
