/** The gate: keeps the rest of an article back, says why, and gives it back. */
import { newBox } from "./box.js";
import { load, make } from "./dom.js";
import { dated } from "./snooze.js";

// All of it hangs on the box itself: nothing is written on the page's own elements, and when the box is gone so is the
// cut. In a layer, an important rule outweighs every important rule that the page has outside of one.
const CUT = `@layer honestybox{
honesty-box[placement=gate]~:not(honesty-box){display:none!important}
@media (forced-colors:none){:has(+honesty-box[placement=gate]:not(:last-child)){mask-image:linear-gradient(#000 calc(100% - 5em),#0000)!important}}
}`;

/** Hides what follows the box in its parent, until the box goes. */
function cutBehind(box) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CUT);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  // A rule cannot reach text that stands in no element of its own.
  const wraps = [...box.parentNode.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() && box.compareDocumentPosition(node) & 4)
    .map((text) => {
      const wrap = make("span");
      text.replaceWith(wrap);
      wrap.append(text);
      return wrap;
    });
  box.life.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    wraps.forEach((wrap) => wrap.replaceWith(...wrap.childNodes));
  });
}

class Gate {
  #access;
  #anchor;
  #context;
  #signal;
  #box;

  constructor(access, anchor, context, signal) {
    this.#access = access;
    this.#anchor = anchor;
    this.#context = context;
    this.#signal = signal;
  }

  /** Puts the box behind the part of the article that stays, and cuts the rest. */
  put(box) {
    const { gate, ...facts } = this.#access;
    const next = this.#anchor.children[gate.place.visible];
    const passed = next?.getBoundingClientRect().top < 0;
    this.#box = box;
    this.#anchor.insertBefore(box, next ?? null);
    cutBehind(box);
    // Whoever has read beyond the cut by now would find themselves somewhere else on the page.
    if (passed) box.scrollIntoView({ block: "center" });
    this.#context.announce("gated", facts, box);
  }

  /** Stays, and asks for nothing any more. */
  leave(box) {
    box.panel.append(...this.notice());
  }

  /** Stands there without an appeal. */
  stand() {
    const { gate: { language, direction } } = this.#access;
    const box = newBox();
    box.frame({ placement: "gate", language, direction, theme: this.#context.dataset.theme }).append(...this.notice("heading"));
    box.place(this);
    this.#signal.addEventListener("abort", () => box.remove());
  }

  /** Why the article ends here; asks for nothing. */
  notice(id) {
    const { gate: { words, language }, reason, resets_at: opens } = this.#access;
    // A preview has no reason of its own to give.
    const key = "gate_" + (reason === "preview" ? "used_up" : reason);
    const text = opens ? dated(words[key], opens, language) : words[key];
    return [
      make("h2", { id }, words[key + "_heading"]),
      // A meter of no articles at all has no day on which it opens.
      !text.includes("{") && make("p", { class: "copy" }, text),
      this.later(),
    ].filter(Boolean);
  }

  /** The way in for today, where the site leaves one. */
  later() {
    const { gate: { words, later } } = this.#access;
    if (!later) return null;
    const button = make("button", { type: "button", class: "quiet", onclick: () => this.#putOff(button, said) }, words.gate_later);
    const said = make("span", { role: "alert", class: "problem" });
    return make("p", { class: "off" }, button, " ", said);
  }

  async #putOff(button, said) {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    said.textContent = "";
    said.textContent = await load("later").then(
      ({ putOff }) => putOff(this.#access, (facts) => this.open(facts), this.#context, this.#signal),
      () => this.#access.gate.words.try_again);
    button.ariaDisabled = "false";
  }

  /** Gives the rest of the article back. */
  async open(facts) {
    const { children } = this.#anchor;
    this.#box.remove();
    this.#context.announce("opened", facts, this.#anchor);
    const next = [...children].slice(this.#access.gate.place.visible).find((node) => node.getClientRects()[0]);
    const { readOnAt } = await load("later");
    readOnAt(next || this.#anchor);
  }
}

/** The element that the gate cuts, or null when the page has none. */
function find(selector) {
  try {
    return document.querySelector(selector);
  } catch {
    return null; // a selector this browser does not know is a place this page does not have
  }
}

/**
 * The gate of an article, not put yet; null where the page has no place for it, and so stays open.
 *
 * @param {object} access the decision's
 * @param {object} context what the loader lends
 * @param {AbortSignal} signal ends the page view, and opens the article again
 */
export function gateOf(access, context, signal) {
  const { place } = access.gate;
  const anchor = find(place.selector);
  if (anchor) return new Gate(access, anchor, context, signal);
  context.announce("error", { message: "This page has no place for the gate: " + JSON.stringify(place) });
  return null;
}
