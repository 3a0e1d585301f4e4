"""A mail server that notes when it accepted what: ``python -m tests.bench._notices_mail PORT FILE``."""

import asyncio
import sys
import time
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


class Notes:
    def __init__(self, path: str) -> None:
        self._file = open(path, "a", buffering=1)  # noqa: SIM115

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        head = (envelope.original_content or b"").partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        found = [
            line.split(":", 1)[1].strip() for line in head.splitlines() if line.startswith("Message-ID:")
        ]
        self._file.write(f"{found[0] if found else '-'} {time.time():.6f}\n")
        return "250 OK"


async def main(port: int, path: str) -> None:
    notes = Notes(path)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(notes), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
