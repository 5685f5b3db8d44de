"""Plays Cloudflare Turnstile and hCaptcha: a box to tick, and a door that says whether it was ticked, once."""

import json
import threading
from pathlib import Path

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

# What a ticked box hands over: human.<host of the page>.<random>
_HUMAN = "human"


def checker() -> Blueprint:
    """Both providers' addresses."""
    views = Blueprint("human_check", __name__)
    used: dict[str, str] = {}
    lock = threading.Lock()
    script = (Path(__file__).parent / "static" / "human-check.js").read_text("utf-8")

    @views.get("/turnstile/v0/api.js")
    @views.get("/1/api.js")
    def api() -> ResponseReturnValue:
        name = "turnstile" if request.path.startswith("/turnstile") else "hcaptcha"
        return Response(f"window.{name} = {script}", content_type="text/javascript; charset=utf-8")

    @views.post("/turnstile/v0/siteverify")
    @views.post("/siteverify")
    def verify() -> ResponseReturnValue:
        if request.form.get("secret") == "wrong":
            return _refused("invalid-input-secret")
        answer = request.form.get("response", "")
        kind, _, rest = answer.partition(".")
        if kind != _HUMAN:
            return _refused("invalid-input-response")
        with lock:
            key = request.form.get("idempotency_key", "")
            if answer in used and (not key or used[answer] != key):
                return _refused("timeout-or-duplicate")
            used[answer] = key
        return {"success": True, "hostname": rest.rpartition(".")[0], "error-codes": []}

    return views


def _refused(code: str) -> Response:
    return Response(json.dumps({"success": False, "error-codes": [code]}), content_type="application/json")
