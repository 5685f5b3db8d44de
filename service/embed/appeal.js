/** Shows what the service decided, and tells it what became of that. */
import { closeButton, newBox } from "./box.js";
import { grow, load, make } from "./dom.js";
import { GivingForm } from "./form.js";
import { report, whenSeen } from "./report.js";
import { promise, reminder } from "./snooze.js";

class Appeal {
  #appeal;
  #context;
  #settled;
  #facts;
  #point;
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
    this.#draw(this.box.frame({ placement, edge: (place || {}).edge, language, direction, theme: context.dataset.theme }));
  }

  async show() {
    const { placement, place } = this.#appeal;
    const again = () => this.show().catch((failure) => this.#fail(failure + ""));
    if (this.#context.setting?.waits(this.#appeal, this.#context, this.box, again)) return;
    if (placement === "gate") {
      this.#put(this.#context.gate);
      return;
    }
    if (placement !== "inline") {
      const { busy, overPage } = await load("over");
      if (placement === "overlay" && busy(again, this.box.life)) return;
      this.#put(overPage(this.#appeal.words, () => this.#close()));
      return;
    }
    const { findPlace, whenStill } = await load("place");
    const point = findPlace(place);
    if (point) whenStill(point, () => this.#put(point), this.box.life);
    else this.#fail("This page has no place for it: " + JSON.stringify(place));
  }

  #put(point) {
    if (this.box.life.aborted) return;
    this.#point = point;
    this.box.place(point);
    this.#announce("shown");
    whenSeen(this.box.panel, () => this.#tell("seen"), this.box.life);
  }

  #announce(name, more) {
    this.#context.announce(name, { ...this.#facts, ...more }, this.box.isConnected ? this.box : undefined);
  }

  #fail(message, status) {
    this.#context.announce("error", { ...this.#facts, message, status });
  }

  /** Reports and announces what happened, the first time it does. */
  #tell(type) {
    if (this.#told.has(type)) return;
    this.#told.add(type);
    report(this.#context, this.#appeal.receipt, type);
    this.#announce(type);
  }

  #draw(panel) {
    const { copy, words, placement, dismissible, form, link, newsletter } = this.#appeal;
    const heading = make("h2", { id: "heading", tabindex: -1, autofocus: placement === "overlay" }, ...grow(copy.heading));
    const text = make("div", { class: "copy" }, ...grow(copy.body));
    const { extras, letters } = this.#context;
    const act = form ? new GivingForm(this.#appeal, this.#context, this.#ears(), this.box.life).element
      : newsletter ? letters?.formOf(this.#appeal, newsletter, this.#context, this.#ears(), copy.button).element
        : make("a", { class: "primary", href: link }, copy.button);
    if (extras) this.box.wear(extras.LOOK);
    panel.addEventListener("click", ({ target }) => target.closest("a") && this.#tell("clicked"));
    panel.append(...[
      dismissible && closeButton(words, () => this.#dismiss()),
      make("div", { class: "words" }, heading, text),
      make("div", { class: "acts" }, act,
        placement === "gate" && this.#context.gate.later(), 
        reminder(this.#appeal, (choice) => this.#snooze(choice), { context: this.#context, box: this.box })),
    ].filter(Boolean));
  }

  /** What a form tells of itself. */
  #ears() {
    return { pressed: () => this.#tell("clicked"), settled: () => this.#settle(), box: this.box };
  }

  /** Given, or said no for now. */
  #settle() {
    this.#answered = true;
    this.#settled();
  }

  /** What Escape asks for. */
  #close() {
    if (this.#appeal.dismissible || this.#answered) this.#dismiss();
  }

  #dismiss() {
    if (!this.#answered) {
      this.#tell("dismissed");
      this.#settled();
    }
    this.box.remove();
  }

  /** Closes up at once, while the press is still fresh, so that nothing moves when the answer comes. */
  async #snooze({ mail, ...choice }) {
    const { words, receipt, snooze } = this.#appeal;
    const { post, reader, page, visit } = this.#context;
    const room = snooze.newsletter && choice.days && make("div", { class: "room" });
    if (room) room.style.minHeight = "3em";
    const said = make("p", { class: "said", id: "heading", role: "status", tabindex: -1 }, words.working);
    const panel = this.box.panel;
    const before = [...panel.childNodes].filter((node) => !node.matches(".close"));
    before.forEach((node) => node.remove());
    panel.append(...[said, room].filter(Boolean));
    said.focus({ preventScroll: true });
    try {
      const wish = { reader: reader(), receipt, device: visit?.device, section: page?.section, ...choice, ...mail?.wish };
      const { until, reminder: mailed, newsletter } = await post("v1/snoozes", wish);
      this.#told.add("seen"); // what is seen from here on is the promise, not the appeal
      said.textContent = promise(this.#appeal, until) + (mailed ? " " + mail.said : "");
      this.#announce("snoozed", { ...choice, until });
      this.#settle();
      const leave = () => this.#point.leave(this.box);
      if (!newsletter) leave();
      else load("newsletter").then(({ meanwhile }) =>
        meanwhile(newsletter, room, this.#appeal, this.#context, this.#ears(), leave)).catch(leave);
    } catch (failure) {
      said.textContent = failure.field === "email" ? words.email_unclear : words.try_again;
      said.removeAttribute("id");
      if (room) room.remove();
      panel.append(...before);
      this.#fail(failure + "", failure.status);
    }
  }
}

/**
 * Shows the appeals of one decision, for as long as the page view lasts.
 *
 * @param {{appeals: object[]}} decision
 * @param {object} context what the loader lends: site, dataset, service, post, announce, reader; gate.js adds `gate`
 * @param {AbortSignal} signal ends the page view, and takes everything away
 */
export async function show(decision, context, signal) {
  // What an appeal has beyond the usual is there before it shows, so that nothing moves when it comes.
  const { announce } = context;
  const lend = (wanted, bring) => (decision.appeals.some(wanted)
    ? bring().catch((failure) => announce("error", { message: failure + "" })) : null);
  const [extras, letters, setting, theme] = await Promise.all([
    lend(({ form }) => form?.fees || form?.currencies || form?.email, () => load("extras")),
    lend(({ newsletter }) => newsletter, () => load("newsletter")),
    lend(({ image, ticker, show_after: wait }) => image || ticker || wait, () => load("setting")),
    lend((one) => one.theme, () => load("theme")),
  ]);
  theme?.furnish(decision.appeals[0].theme);
  if (signal.aborted) return;
  const appeals = decision.appeals.map((one) => {
    const lent = { ...context, extras, letters, setting };
    const appeal = new Appeal(one, lent, () => appeals.forEach((other) => other !== appeal && other.box.remove()));
    return appeal;
  });
  signal.addEventListener("abort", () => appeals.forEach(({ box }) => box.remove()));
  // Drawn in one task and placed in the next: on a slow machine neither is long.
  await new Promise(setTimeout);
  await Promise.all(appeals.map((appeal) => appeal.show()));
}
