"""A worker is killed with a reminder in its hands, in a real process and before a real mail server: one mail comes."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from redis import Redis

from service.domain.reminder import PAUSE, Reminder, Stage
from service.store.connection import Store
from service.store.reminders import Reminders
from service.web.seal import Seal
from tests.builders import ARTICLE, DAY, NOW, SITE, SettableClock, staff_files, write_config
from tests.mail.mailbox import Mailbox, a_mailbox
from tests.servers import wait_until

SECRET = "a-secret-of-this-test-long-enough-to-sign"
DUE = NOW + 30 * DAY


@dataclass
class Slow(Mailbox):
    """Answers nobody for as long as it `hangs` at that step."""

    hangs: str = ""
    reached: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self._hang("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await self._hang("DATA")
        return answer

    async def _hang(self, step: str) -> None:
        self.reached.append(step)
        while self.hangs == step:
            await asyncio.sleep(0.01)


def wanted(kept: Reminders, reader: str) -> None:
    email = Seal((SECRET,)).close(f"{reader.lower()}@example.org")
    reminder = Reminder(SITE, reader, "id", email, ARTICLE, "en", NOW, DUE, Stage.ASKED)
    kept.put(reminder)
    assert kept.confirm(reminder, NOW)


@contextmanager
def a_worker(folder: Path, redis_url: str, mailbox: Mailbox, now: datetime) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own, killed at the end."""
    environment = {
        "HONESTYBOX_SECRET_KEYS": SECRET, "HONESTYBOX_REDIS_URL": redis_url, "HONESTYBOX_CONFIG_DIR": str(folder),
        "HONESTYBOX_STRIPE_SECRET_KEY": "sk_test_nobody", "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_of_this_test",
        "HONESTYBOX_STRIPE_API_BASE": "http://127.0.0.1:9", "HONESTYBOX_PUBLIC_URL": "http://127.0.0.1:8001",
        "HONESTYBOX_MAIL_URL": mailbox.url, "HONESTYBOX_MAIL_FROM": "The Gazette <support@gazette.example>",
        "HONESTYBOX_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    words = [sys.executable, "-m", "tests.mail.worker_at", now.isoformat()]
    process = subprocess.Popen(words, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_before_or_after_the_letter_is_taken_sends_one_mail(
    tmp_path: Path, valkey_url: str, clock: SettableClock
) -> None:
    folder = write_config(tmp_path / "config", staff_files())
    kept, memory = Reminders(Store(valkey_url)), Redis.from_url(valkey_url)
    with a_mailbox(mailbox=Slow()) as mailbox:
        wanted(kept, "Ada")
        clock.move(30 * DAY)
        for step, arrived in (("RCPT", 0), ("DATA", 1)):
            mailbox.hangs, mailbox.reached = step, []
            with a_worker(folder, valkey_url, mailbox, clock()):
                wait_until(lambda step=step: step in mailbox.reached)
            assert len(mailbox.arrived) == arrived
            mailbox.hangs = ""
            clock.move(PAUSE)  # what a dead worker had in its hands is another's after a while
        wanted(kept, "Bob")
        with a_worker(folder, valkey_url, mailbox, clock()):
            wait_until(lambda: not memory.keys("hb:m:*"))
        assert [message["To"] for message in mailbox.arrived] == ["ada@example.org", "bob@example.org"]
        assert not memory.exists("hb:reminders-due")
