"""The mail with a link by which a supporter is recognised, and looks after a gift."""

from service.mail.letter import Letter
from service.mail.notice import Notice, Say, notice


def magic_link(say: Say, *, to: str, site: str, url: str, language: str, direction: str) -> Letter:
    """What the supporter is written. `site`: the publication's name."""
    what = Notice(
        site=site,
        subject=say("link_subject", site=site),
        before=(say("link_why", site=site),),
        button=say("link_button"),
        url=url,
        after=(say("link_once"), say("link_not_me")),
    )
    return notice(what, to=to, language=language, direction=direction)
