/** Shows what the service decided, and tells it what became of that. */
import { closeButton, newBox } from "./box.js";
import { grow, make } from "./dom.js";
import { GivingForm } from "./form.js";
import { findPlace, whenStill } from "./place.js";
import { report, whenSeen } from "./report.js";
import { promise, reminder } from "./snooze.js";

const READING_MS = 8000;

class Appeal {
  #appeal;
  #context;
  #settled;
  #facts;
  #answered = false;
  #told = new Set();

  /** @param {() => void} settled called once the reader has said no for now: nobody else on this page may ask */
  constructor(appeal, context, settled) {
    const { receipt, campaign, variant, placement, language, direction, place } = appeal;
    this.#appeal = appeal;
    this.#context = context;
    this.#settled = settled;
    this.#facts = { receipt, campaign, variant, placement };
    this.box = newBox();
    this.box.setAttribute("campaign", campaign);
    this.box.setAttribute("variant", variant);
    this.#draw(this.box.frame({ placement, edge: (place || {}).edge, language, direction, theme: context.theme() }));
  }

  show() {
    const { placement, place } = this.#appeal;
    if (placement === "overlay" && document.activeElement?.matches("input,select,textarea,[contenteditable]")) {
      // Nobody is interrupted in mid-sentence.
      document.addEventListener("focusout", () => setTimeout(() => this.show()), { once: true, signal: this.box.life });
      return;
    }
    if (placement !== "inline") {
      this.#put();
      return;
    }
    const point = findPlace(place);
    if (point) whenStill(point, () => this.#put(point), this.box.life);
    else this.#context.announce("error", { ...this.#facts, message: "This page has no place for it: " + JSON.stringify(place) });
  }

  #put(point) {
    if (this.box.life.aborted) return;
    this.box.place(point);
    this.#announce("shown");
    whenSeen(this.box.panel, () => this.#tell("seen"), this.box.life);
  }

  #announce(name, more) {
    this.#context.announce(name, { ...this.#facts, ...more }, this.box.isConnected ? this.box : null);
  }

  /** Reports and announces what happened, the first time it does. */
  #tell(type) {
    if (this.#told.has(type)) return;
    this.#told.add(type);
    report(this.#context.service, this.#appeal.receipt, type);
    this.#announce(type);
  }

  #draw(panel) {
    const { copy, words, placement, dismissible } = this.#appeal;
    const heading = make("h2", { id: "heading", tabindex: -1, autofocus: placement === "overlay" }, ...grow(copy.heading));
    const text = make("div", { class: "copy" }, ...grow(copy.body));
    const form = new GivingForm(this.#appeal, this.#context, {
      pressed: () => this.#tell("clicked"), leaving: () => this.#remember(),
    }, this.box.life).element;
    text.addEventListener("click", ({ target }) => target.closest("a") && this.#tell("clicked"));
    panel.append(...[
      dismissible && closeButton(words, () => this.#dismiss()),
      make("div", { class: "words" }, heading, text),
      make("div", { class: "acts" }, placement === "banner" && this.#opener(panel, form), form,
        reminder(this.#appeal, (days) => this.#snooze(days))),
    ].filter(Boolean));
    panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (dismissible || this.#answered) this.#dismiss();
    });
    panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && placement === "banner" && dismissible) this.#dismiss();
    });
  }

  /** A strip stays short until somebody wants the form. */
  #opener(panel, form) {
    const button = make("button", { type: "button", class: "primary opener", "aria-expanded": "false", onclick: () => {
      panel.classList.remove("shut");
      button.remove();
      form.querySelector("input:checked").focus({ preventScroll: true });
    } }, this.#appeal.words.choose_amount);
    panel.classList.add("shut");
    return button;
  }

  /** Where to thank, when the reader comes back from the payment page in this tab. */
  #remember() {
    const { placement, place } = this.#appeal;
    try {
      sessionStorage.setItem("honestybox:place", JSON.stringify(placement === "inline" ? place : {}));
    } catch (refused) {
      // Then the thanks come as a strip.
    }
  }

  #dismiss() {
    if (!this.#answered) {
      this.#tell("dismissed");
      this.#settled();
    }
    this.box.remove();
  }

  /** Closes up at once, while the press is still fresh, so that nothing moves when the answer comes. */
  async #snooze(days) {
    const { words, receipt } = this.#appeal;
    const { post, reader } = this.#context;
    const said = make("p", { class: "said", id: "heading", role: "status", tabindex: -1 }, words.working);
    const panel = this.box.panel;
    const before = [...panel.childNodes].filter((node) => !node.matches(".close"));
    before.forEach((node) => node.remove());
    panel.append(said);
    said.focus({ preventScroll: true });
    try {
      const { until } = await post("v1/snoozes", { reader: reader(), receipt, days });
      this.#answered = true;
      this.#told.add("seen"); // what is seen from here on is the promise, not the appeal
      said.textContent = promise(this.#appeal, until);
      this.#announce("snoozed", { days, until });
      this.#settled();
      this.#leave();
    } catch (failure) {
      said.textContent = words.try_again;
      said.removeAttribute("id");
      panel.append(...before);
      this.#context.announce("error", { ...this.#facts, message: String(failure), status: failure.status });
    }
  }

  /** Goes once it has been read: a strip or a dialog by itself, an inline box when it has been scrolled away from. */
  #leave() {
    if (this.#appeal.placement !== "inline") {
      setTimeout(() => this.box.remove(), READING_MS);
      return;
    }
    // Above the window it stays: taking it away there would move what is being read.
    new IntersectionObserver(([{ isIntersecting, boundingClientRect }]) => {
      if (!isIntersecting && boundingClientRect.top > 0) this.box.remove();
    }).observe(this.box);
  }
}

/**
 * Shows the appeals of one decision, for as long as the page view lasts.
 *
 * @param {object[]} decided the decision's `appeals`
 * @param {object} context what the loader lends: site, service, post, announce, reader, theme
 * @param {AbortSignal} signal ends the page view, and takes everything away
 */
export function show(decided, context, signal) {
  if (signal.aborted) return;
  const appeals = decided.map((one) => {
    const appeal = new Appeal(one, context, () => appeals.forEach((other) => other !== appeal && other.box.remove()));
    return appeal;
  });
  signal.addEventListener("abort", () => appeals.forEach(({ box }) => box.remove()));
  appeals.forEach((appeal) => appeal.show());
}
