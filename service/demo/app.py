"""The real service, told the demo's time."""

import os

from flask import Flask

from service.app import create_app
from service.demo.clock import DemoClock
from service.demo.places import clock_file
from service.settings import Settings


def create_demo_app() -> Flask:
    """What granian serves in the demo; the settings come from the environment that `honestybox demo` made."""
    return create_app(Settings.from_environ(os.environ), clock=DemoClock(clock_file()))
