"""How are the pages served? By gunicorn, one process, threads: the database has one writer at a time."""

from __future__ import annotations

from gunicorn.app.base import BaseApplication


class _Pages(BaseApplication):
    def __init__(self, options: dict[str, object]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self):
        from answerable.desk.wiring import desk
        from answerable.desk.wsgi import application

        desk().sandbox.start()
        return application


def serve_pages(*, bind: str, port: int) -> None:
    """Serve the desk's pages until the process is told to stop."""
    address = f"[{bind}]:{port}" if ":" in bind else f"{bind}:{port}"
    options = {"bind": address, "threads": 8, "worker_class": "gthread", "loglevel": "warning", "timeout": 120}
    try:
        _Pages(options).run()
    except SystemExit as ended:
        if ended.code:
            raise
