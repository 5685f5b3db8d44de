"""Every setting: its name, what it means, and how its text is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.setting_guards import addresses, human_check, limits, optional_web_address
from service.setting_newsletters import newsletter_providers
from service.setting_staff import networks, staff_passwords
from service.setting_values import (
    country_database,
    folder,
    header,
    jobs_url,
    level,
    mail_sender,
    mail_url,
    origins,
    publishable_key,
    receivers,
    redis_url,
    secrets,
    signing_keys,
    staff_tokens,
    stripe_key,
    web_address,
    webhook_secrets,
)

PREFIX = "HONESTYBOX_"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: how it is read, and what the README says of it. `default` None: it must be set."""

    name: str
    meaning: str
    read: Callable[[str], Any]
    default: str | None = None

    @property
    def full_name(self) -> str:
        """As it stands in the environment."""
        return PREFIX + self.name


VARIABLES = (
    Variable(
        "SECRET_KEYS",
        "Sign readers' tokens, receipts, preview links and access tokens: random text of 32 characters or more. "
        "To change it, put the new one in front and drop the old one a month later.",
        secrets,
    ),
    Variable(
        "REDIS_URL",
        "Redis 7 or Valkey 8, or newer: `redis://host:6379/0`, `rediss://…` for TLS; "
        "`redis+cluster://host:6379,host:6379`; `redis+sentinel://host:26379,host:26379/mymaster/0`.",
        redis_url,
    ),
    Variable(
        "JOBS_URL",
        "Where the job queue is: one Redis or Valkey, `redis://…`, `rediss://…` or `unix://…`. Without it, that of "
        "`HONESTYBOX_REDIS_URL`; a Cluster or Sentinels cannot hold the queue, so that beside them it must be set.",
        jobs_url,
        "",
    ),
    Variable("STRIPE_SECRET_KEY", "Stripe's secret key, or a restricted one.", stripe_key),
    Variable(
        "STRIPE_PUBLISHABLE_KEY",
        "Stripe's publishable key, of the same mode as the secret one: for sites whose `checkout.mode` is `embedded`.",
        publishable_key,
        "",
    ),
    Variable(
        "STRIPE_WEBHOOK_SECRETS",
        "The signing secrets of the webhook endpoint; two while one is being replaced.",
        webhook_secrets,
    ),
    Variable(
        "PUBLIC_URL",
        "Where browsers and Stripe reach this service, such as `https://support.example.org`.",
        web_address,
    ),
    Variable("CONFIG_DIR", "The folder that holds `sites/`.", folder, "config"),
    Variable(
        "COUNTRY_HEADER",
        "The header in which your edge tells the reader's country, such as `CF-IPCountry`. "
        "Only set it when the edge always overwrites it.",
        header,
        "",
    ),
    Variable(
        "COUNTRY_DATABASE",
        "A country or city database in MaxMind's format (`.mmdb`), asked where the edge tells no country. A newer file "
        "is taken up within a minute; put it there by renaming, never by writing into the old one.",
        country_database,
        "",
    ),
    Variable(
        "CLIENT_ADDRESS_HEADER",
        "The header in which your own proxy tells the reader's address, such as `X-Real-IP`, or `X-Forwarded-For`, of "
        "which only the last entry is believed. Without it, the address is that of the connection.",
        header,
        "",
    ),
    Variable(
        "LIMITS",
        "How often something may be asked for, where it should not be as often as the README says: "
        "`contributions.address=300/1h,links.email=5/1h`.",
        limits,
        "",
    ),
    Variable(
        "HUMAN_CHECK",
        "Who tells humans from machines while stolen cards are tried: `turnstile:<site key>:<secret>` or "
        "`hcaptcha:<site key>:<secret>`.",
        human_check,
        "",
    ),
    Variable(
        "HUMAN_CHECK_BASE",
        "Another address for whom HUMAN_CHECK names: for tests only.",
        optional_web_address,
        "",
    ),
    Variable(
        "STAFF_TOKENS",
        "Open what only staff may ask, sent as `Authorization: Bearer …`: one or more of 32 characters or more, "
        "separated by commas. Without it those addresses answer 404.",
        staff_tokens,
        "",
    ),
    Variable(
        "STAFF_PASSWORD_HASH",
        "Who may sign in to the staff pages: `anna=scrypt:…`, several separated by commas, each made by "
        "`honestybox staff password anna`. Without it and without `HONESTYBOX_STAFF_HEADER` these pages answer 404.",
        staff_passwords,
        "",
    ),
    Variable(
        "STAFF_HEADER",
        "The header in which your own sign-on names who is signed in, such as `X-Auth-Request-User`: they may see the "
        "staff pages. Needs `HONESTYBOX_STAFF_PROXIES`.",
        header,
        "",
    ),
    Variable(
        "STAFF_PROXIES",
        "Of whom that header is believed: the addresses or networks from which your sign-on's proxy connects, such as "
        "`10.0.0.7,10.1.0.0/24`. Only set it when the proxy always overwrites the header.",
        networks,
        "",
    ),
    Variable(
        "EXTRA_ORIGINS",
        "Origins beside those in site.yaml, for staging: `site=https://a.example,https://b.example`.",
        origins,
        "",
    ),
    Variable(
        "MAIL_URL",
        "The mail server: `smtp://user:password@host:587` (encrypted where the server can, and always with a "
        "password), `smtps://…:465`, or `file:///folder`, which only puts mails there. Without it nothing that mails "
        "is offered.",
        mail_url,
        "",
    ),
    Variable(
        "MAIL_FROM",
        "Who the mails are from, such as `The Daily Lantern <support@example.org>`. Needed where `HONESTYBOX_MAIL_URL` "
        "is set.",
        mail_sender,
        "",
    ),
    Variable(
        "ALERT_MAIL",
        "Who is written to when stolen cards seem to be tried and when declines climb: e-mail addresses, separated by "
        "commas. Needs `HONESTYBOX_MAIL_URL`.",
        addresses,
        "",
    ),
    Variable(
        "NEWSLETTER_PROVIDERS",
        "Whom newsletters' subscribers are handed to, with their keys: `site=mailchimp:KEY-us21,brevo:KEY;other=…`; "
        "also `buttondown:KEY`, `webhook:https://crm.example/hook` and `csv:/folder/subscribers.csv`. Needs "
        "`HONESTYBOX_MAIL_URL`.",
        newsletter_providers,
        "",
    ),
    Variable(
        "OUTGOING_WEBHOOKS",
        "Who is told of every change of a contribution: `site=https://crm.example/hook,https://b.example;other=https://…`.",
        receivers,
        "",
    ),
    Variable(
        "OUTGOING_WEBHOOK_SECRETS",
        "Sign what they are told: `whsec_` and 24 to 64 random bytes in base64; two, the new one in front, while one "
        "is being replaced. Needed where `HONESTYBOX_OUTGOING_WEBHOOKS` is set, and for a newsletter's `webhook`.",
        signing_keys,
        "",
    ),
    Variable(
        "STRIPE_API_BASE", "Another address for Stripe's API: for tests only.", web_address, "https://api.stripe.com"
    ),
    Variable("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", level, "INFO"),
)
