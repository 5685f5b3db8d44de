"""What running workers answer from: one catalogue and all that was made of it, replaced as a whole."""

from dataclasses import dataclass
from typing import Any

from service.catalogue.loader import Catalogue
from service.catalogue.words import Dictionary
from service.web.access_answers import AccessAnswers
from service.web.appeals import Appeals
from service.web.cors import CorsHeaders
from service.web.decision_request import DecisionRequests
from service.web.rendered import Renderer
from service.web.request_shapes import RequestShapes


@dataclass(frozen=True, slots=True)
class Published:
    """A catalogue, its appeals as they are sent, and the pages seen under it."""

    catalogue: Catalogue
    appeals: Appeals
    renderer: Renderer
    access: AccessAnswers
    cors: CorsHeaders
    requests: DecisionRequests
    shapes: RequestShapes[Any]


def publish(catalogue: Catalogue, dictionary: Dictionary, public_url: str, *, mails: bool) -> Published:
    """Everything that depends on the catalogue, made anew."""
    appeals = Appeals(dictionary, public_url, mails)
    return Published(
        catalogue=catalogue,
        appeals=appeals,
        renderer=Renderer(appeals, catalogue.version),
        access=AccessAnswers(dictionary),
        cors=CorsHeaders(catalogue.sites.values()),
        requests=DecisionRequests(),
        shapes=RequestShapes(),
    )
