"""The portal does not start with settings by which mails would come from nobody."""

import pytest

from common.settings import load
from portal.settings import Settings


def test_mails_that_leave_name_their_sender(app, monkeypatch, capsys):
    monkeypatch.setenv("MODE", "production")
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example")
    with pytest.raises(SystemExit):
        load(Settings)
    assert "MAIL_FROM" in capsys.readouterr().err

    monkeypatch.setenv("MAIL_FROM", "Binôme <binome@mail.example>")
    assert load(Settings).mail_from == "Binôme <binome@mail.example>"


def test_where_mails_are_read_on_the_machine_itself_none_is_needed(app, monkeypatch):
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1025")

    assert load(Settings).mail_from
