"""A mail server for tests, which tells what it was given and how often it was called."""

import socketserver
from email import message_from_string
from email.message import Message
from email.policy import default


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server on this machine, which keeps what it is given."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Talk)
        self.calls = 0
        self.got: list[Message] = []
        # Whom it takes nothing for.
        self.unknown: set[str] = set()


class Talk(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 to take a message."""

    server: PostOffice

    def handle(self) -> None:
        self.server.calls += 1
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            if line.upper().startswith("DATA"):
                self.say("354 go on")
                self.server.got.append(self.message())
                self.say("250 taken")
            elif any(each in line for each in self.server.unknown):
                self.say("550 nobody of this name")
            elif line.upper().startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def message(self) -> Message:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return message_from_string("".join(lines), policy=default)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
