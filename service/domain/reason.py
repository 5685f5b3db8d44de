"""The closed list of why an appeal is withheld. README, metrics, OpenAPI and the explanation are made from it."""

from enum import StrEnum


class Reason(StrEnum):
    """In the order in which the rules run."""

    PREVIEW = "preview"
    SWITCHED_OFF = "switched_off"
    PAGE_EXCLUDED = "page_excluded"
    NO_CONSENT = "no_consent"
    STORE_UNAVAILABLE = "store_unavailable"
    ACCESS_GRANTED = "access_granted"
    SUPPORTER = "supporter"
    NEVER_AGAIN = "never_again"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    SITE_CAP = "site_cap"
    NOT_SCHEDULED = "not_scheduled"
    NOT_IN_AUDIENCE = "not_in_audience"
    SUBSCRIBED = "subscribed"
    CAMPAIGN_CAP = "campaign_cap"
    NO_CAMPAIGN = "no_campaign"
    SHUT_OUT = "shut_out"
    HOLDBACK = "holdback"

    @property
    def meaning(self) -> str:
        """One sentence for staff and for the README."""
        return _MEANINGS[self]


_MEANINGS = {
    Reason.PREVIEW: "A preview link shows one campaign, and nothing else on that page view.",
    Reason.SWITCHED_OFF: "The site or this placement is switched off in site.yaml.",
    Reason.PAGE_EXCLUDED: "The page is listed under never_ask_on.",
    Reason.NO_CONSENT: "The reader has not agreed to storage, so their history cannot be known.",
    Reason.STORE_UNAVAILABLE: "Redis cannot be reached, so the reader's history cannot be known.",
    Reason.ACCESS_GRANTED: "Only for the gate: the article is open, so there is nothing to gate.",
    Reason.SUPPORTER: "The reader gives regularly, gave recently, or has a payment on its way.",
    Reason.NEVER_AGAIN: 'The reader chose "never ask me again".',
    Reason.SNOOZED: 'The reader chose "remind me later" and the time has not come.',
    Reason.DISMISSED: "The reader closed an appeal less than rest.after_dismissal ago.",
    Reason.SITE_CAP: "The site's frequency cap is reached: appeals per window, gap between two, or per page.",
    Reason.NOT_SCHEDULED: "The best campaign for this placement has not begun or has ended.",
    Reason.NOT_IN_AUDIENCE: "The best campaign for this placement is for other readers or other pages.",
    Reason.SUBSCRIBED: "The best campaign for this placement is for a newsletter that the reader has.",
    Reason.CAMPAIGN_CAP: "The best campaign for this placement has reached its own frequency cap.",
    Reason.NO_CAMPAIGN: "No campaign is written for this placement.",
    Reason.SHUT_OUT: "An appeal that needs the page to itself was chosen for another placement, or this one needs it.",
    Reason.HOLDBACK: "The reader would have been asked, but is one of the few who never are, to compare.",
}
