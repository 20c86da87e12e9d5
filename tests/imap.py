"""An IMAP server of the few commands that Guichet speaks (RFC 9051, 6851), with its folders in memory."""

import base64
import contextlib
import re
import shlex
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

LOGIN, PASSWORD, ACCENTED = "retours", "citron-vert-42", "citron-pressé-42"


@dataclass
class Kept:
    """One message and its flags."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Imap:
    """What a test asks of it: `folders[name][uid]`; without `creates` it has one folder."""

    port: int = 0
    folders: dict[str, dict[int, Kept]] = field(default_factory=lambda: {"INBOX": {}})
    capabilities: tuple[str, ...] = ("IMAP4rev1", "MOVE", "UIDPLUS")
    creates: bool = True
    cut_after: str = ""  # the command at which it hangs up
    asked: list[str] = field(default_factory=list)
    last: int = 0

    def deliver(self, raw: bytes, folder: str = "INBOX") -> int:
        self.last += 1
        self.folders[folder][self.last] = Kept(raw)
        return self.last

    def flags(self, uid: int, folder: str = "INBOX") -> set[str]:
        return self.folders[folder][uid].flags


@contextlib.contextmanager
def running_imap(context: ssl.SSLContext | None = None) -> Iterator[Imap]:
    """A server on a port of its own, gone at the end of the block."""
    imap = Imap()

    class Line(_Line):
        store = imap

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Line) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        imap.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield imap
        server.shutdown()


class _Line(socketserver.StreamRequestHandler):
    store: Imap

    def handle(self) -> None:
        self.folder = ""
        self.say("* OK ready")
        with contextlib.suppress(OSError):
            while line := self.rfile.readline():
                tag, _space, rest = line.decode().strip().partition(" ")
                self.store.asked.append(rest)
                words = shlex.split(rest.replace("\\Seen", "Seen").replace("\\Deleted", "Deleted"))
                name = words[1 if words[0].upper() == "UID" else 0].upper()
                if self.store.cut_after == name:
                    return
                self.say(f"{tag} {getattr(self, f'do_{name.lower()}')(words)} done")
                if name == "LOGOUT":
                    return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def do_capability(self, _words: list[str]) -> str:
        self.say(f"* CAPABILITY {' '.join(self.store.capabilities)}")
        return "OK"

    def do_login(self, words: list[str]) -> str:
        return "OK" if words[1:] == [LOGIN, PASSWORD] else "NO [AUTHENTICATIONFAILED] wrong"

    def do_authenticate(self, words: list[str]) -> str:
        self.say("+ ")
        said = base64.b64decode(self.rfile.readline()).decode()
        return "OK" if words[1] == "PLAIN" and said == f"\0{LOGIN}\0{ACCENTED}" else "NO wrong"

    def do_select(self, words: list[str]) -> str:
        if words[1] not in self.store.folders:
            return "NO no such folder"
        self.folder = words[1]
        self.say(f"* {len(self.store.folders[self.folder])} EXISTS")
        return "OK [READ-WRITE]"

    def do_status(self, words: list[str]) -> str:
        if words[1] not in self.store.folders:
            return "NO no such folder"
        self.say(f'* STATUS "{words[1]}" (MESSAGES {len(self.store.folders[words[1]])})')
        return "OK"

    def do_create(self, words: list[str]) -> str:
        if not self.store.creates:
            return "NO permission denied"
        self.store.folders.setdefault(words[1], {})
        return "OK"

    def do_search(self, words: list[str]) -> str:
        refused = {word.removeprefix("UN").capitalize() for word in words[2:]}
        found = [uid for uid, kept in self.store.folders[self.folder].items() if not kept.flags & refused]
        self.say(f"* SEARCH {' '.join(map(str, found))}".strip())
        return "OK"

    def do_fetch(self, words: list[str]) -> str:
        kept = self.store.folders[self.folder].get(int(words[2]))
        size = re.search(r"<0\.(\d+)>", " ".join(words))
        if kept is not None and size is not None:
            part = kept.raw[: int(size[1])]
            self.wfile.write(f"* 1 FETCH (UID {words[2]} BODY[]<0> {{{len(part)}}}\r\n".encode() + part + b")\r\n")
        return "OK"

    def do_store(self, words: list[str]) -> str:
        self.store.folders[self.folder][int(words[2])].flags.add(words[4].strip("()"))
        return "OK"

    def do_copy(self, words: list[str]) -> str:
        if words[3] not in self.store.folders:
            return "NO [TRYCREATE]"
        self.store.folders[words[3]][int(words[2])] = self.store.folders[self.folder][int(words[2])]
        return "OK"

    def do_move(self, words: list[str]) -> str:
        said = self.do_copy(words)
        if said == "OK":
            del self.store.folders[self.folder][int(words[2])]
        return said

    def do_expunge(self, words: list[str]) -> str:
        del self.store.folders[self.folder][int(words[2])]
        return "OK"

    def do_logout(self, _words: list[str]) -> str:
        self.say("* BYE")
        return "OK"
