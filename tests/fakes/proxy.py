"""A loopback proxy that tunnels to a port chosen by the test, or refuses to, and records its traffic."""

import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(slots=True)
class Proxy:
    """Tunnels every `CONNECT` to one port."""

    target: int
    """Loopback port at the end of every tunnel."""
    heads: list[bytes] = field(default_factory=list)
    """The head of each received request."""
    seen: bytearray = field(default_factory=bytearray)
    """Every byte sent through the tunnels."""
    refusal: bytes | None = None
    """What it answers instead of a tunnel before it hangs up; empty for silence until the client leaves."""
    _listener: socket.socket = field(default_factory=socket.socket)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        """Its URL with a password, as in environment variables."""
        return f"http://user:proxypassword@{self.address}"

    @property
    def address(self) -> str:
        """Its host and port, which environment variables may give without a scheme."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := client.recv(4096)):
                return
            head += data
        self.heads.append(head)
        if self.refusal is not None:
            with client:
                client.sendall(self.refusal)
                if not self.refusal:
                    client.recv(1)
            return
        server = socket.create_connection(("127.0.0.1", self.target))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                self.seen += data
                other.sendall(data)
        except OSError:
            pass
        finally:
            for end in (one, other):
                end.close()
