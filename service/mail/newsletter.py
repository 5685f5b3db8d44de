"""The mail in which a reader confirms that they want a newsletter: without a press in it nothing is ever sent."""

from dataclasses import dataclass, replace

from service.mail.letter import Letter
from service.mail.notice import Notice, Say, notice


@dataclass(frozen=True, slots=True)
class Asked:
    """What the mail is about, as readers know it. `confirm` and `end`: where its two links lead; the others may be
    empty."""

    site: str
    title: str
    frequency: str
    privacy: str
    confirm: str
    end: str


def confirmation(say: Say, asked: Asked, *, to: str, language: str, direction: str) -> Letter:
    """What whoever signed up is written."""
    why = say("subscription_mail_why", title=asked.title, site=asked.site)
    links = ((say("subscription_end_button"), asked.end), (say("newsletter_privacy"), asked.privacy))
    what = Notice(
        site=asked.site,
        subject=say("subscription_mail_subject", title=asked.title),
        before=tuple(filter(None, (why, asked.frequency))),
        button=say("subscription_confirm_button"),
        url=asked.confirm,
        after=(say("subscription_mail_until"), say("subscription_mail_not_me")),
        links=tuple(link for link in links if link[1]),
    )
    return replace(notice(what, to=to, language=language, direction=direction), unsubscribe=asked.end)
