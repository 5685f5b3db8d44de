"""Keys by the names that other programs have for them, or that ours once had: told what they are called here.

Whoever renames a key adds its old name, so that an editor's old file is explained and not only refused.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

OTHER_NAMES: Mapping[str, str] = {
    "active": "switched_on",
    "begin": "from",
    "content": "body",
    "cooldown": "min_gap",
    "cta": "button",
    "domains": "origins",
    "enabled": "switched_on",
    "end": "until",
    "ends": "until",
    "exclude": "never_ask_on",
    "hosts": "origins",
    "label": "button",
    "limit": "max",
    "locales": "languages",
    "message": "body",
    "paywall": "meter",
    "per": "window",
    "position": "placement",
    "segment": "audience",
    "share": "rollout",
    "start": "from",
    "starts": "from",
    "targeting": "audience",
    "text": "body",
    "title": "heading",
    "to": "until",
    "type": "kind",
    "wordings": "variants",
}


def meant_by(wrong: str, valid: Collection[str]) -> str:
    """The key that was meant, by another name of it or by a slip of the hand; empty where none is near."""
    other = OTHER_NAMES.get(wrong.lower(), "")
    if other in valid:
        return other
    return next(iter(get_close_matches(wrong, valid, n=1, cutoff=0.6)), "")
