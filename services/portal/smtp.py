"""The mail server: one connection for one letter after another, over TLS, each to one address."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from threading import Lock
from urllib.parse import unquote

from pydantic import AnyUrl

from portal.letters import Letter
from portal.settings import Settings

# What an address says that leads to a mail catcher beside us, which knows no certificates.
IN_CLEAR = "starttls=no"
PATIENCE_SECONDS = 20.0
SUBMISSION, SUBMISSIONS = 587, 465


class NotOneAddress(ValueError):
    """A mail server would understand this address as another one, or as several."""


class Line:
    """A connection to the mail server, for one letter after another; after a fault, a new one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        # Who stops in the middle of a letter hangs up when it is said.
        self._speaking = Lock()

    def send(self, letter: Letter) -> None:
        """Hand a letter over, by TLS unless it stays here or is to go in clear."""
        message = message_of(self._settings, letter)
        with self._speaking:
            server = self._server or connected(self._settings.smtp_url)
            self._server = None
            try:
                server.send_message(message)
            except BaseException:
                server.close()
                raise
            self._server = server

    def hang_up(self) -> None:
        with self._speaking:
            if self._server is not None:
                with self._server:
                    pass


def connected(url: AnyUrl | None) -> smtplib.SMTP:
    if url is None:
        raise smtplib.SMTPServerDisconnected
    host = url.host or "localhost"
    server: smtplib.SMTP
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(
            host, url.port or SUBMISSIONS, timeout=PATIENCE_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, url.port or SUBMISSION, timeout=PATIENCE_SECONDS)
    try:
        introduce(server, url)
    except BaseException:
        server.close()
        raise
    return server


def introduce(server: smtplib.SMTP, url: AnyUrl) -> None:
    stays_here = url.host in (None, "localhost", "127.0.0.1") or url.query == IN_CLEAR
    if url.scheme != "smtps" and not stays_here:
        server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


def message_of(settings: Settings, letter: Letter) -> EmailMessage:
    """Write the message: plain text first, HTML for those who read it so."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    if [each.addr_spec for each in message["To"].addresses] != [letter.to]:
        raise NotOneAddress
    message["Subject"] = letter.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=parseaddr(settings.mail_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
