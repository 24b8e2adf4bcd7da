"""The other end of a delivery: a mail server in a process of its own that takes every letter and keeps none.

It answers as fast as one can, so that what is measured is the sender.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOOPBACK = "127.0.0.1"
_END = b"\r\n.\r\n"


class Taker(asyncio.Protocol):
    """One connection: commands are answered by their first word, a letter by 250 at its last dot."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read, self._in_letter = transport, bytearray(), False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and the end of every letter."""
        self._read += data
        while True:
            end = self._read.find(_END if self._in_letter else b"\r\n")
            if end < 0:
                return
            if self._in_letter:
                del self._read[: end + len(_END)]
                self._in_letter = False
                self._transport.write(b"250 taken\r\n")
                continue
            verb = bytes(self._read[:4]).upper()
            del self._read[: end + 2]
            if verb == b"QUIT":
                self._transport.write(b"221 bye\r\n")
                self._transport.close()
                return
            self._in_letter = verb == b"DATA"
            self._transport.write(_ANSWERS.get(verb, b"250 ok\r\n"))


_ANSWERS = {b"DATA": b"354 go on\r\n", b"EHLO": b"250-sink\r\n250 SIZE 10000000\r\n"}


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Taker, LOOPBACK, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def running_sink() -> Iterator[int]:
    """A sink on loopback until the block ends; its port."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve())
