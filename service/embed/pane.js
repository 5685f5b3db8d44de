/**
 * A dialog over the page for what somebody else draws: Stripe's checkout, or a check that a human is there.
 *
 * It is not one of the browser's own modal dialogs: a bank's question comes in a frame that Stripe puts at the end of the
 * page, and would lie behind, and be dead. So the focus is kept by two posts at the ends, and let go where it enters a
 * frame. What others draw hangs in the page itself, by way of a slot: Stripe refuses to be in a shadow root.
 */
import { closeButton, newBox } from "./box.js";
import { make } from "./dom.js";

const LOOK = `
:host{position:fixed!important;inset:0!important;z-index:2147483000!important;margin:0!important;width:auto!important;max-width:none!important;background:rgb(0 0 0/.55)!important}
.pane{position:absolute;inset:0;margin:auto;width:100%;display:flex;flex-direction:column;overflow:auto;overscroll-behavior:contain;background:var(--paper)}
.top{position:sticky;top:0;z-index:1;display:flex;align-items:center;gap:1em;padding:.4em 1.1em;padding-top:max(.4em,env(safe-area-inset-top));background:var(--paper);border-bottom:1px solid var(--line)}
.top h2{flex:1;font-size:1.25em}
.top .close{float:none;margin:0;margin-inline-start:auto}
.ask{padding:.8em 1.1em;border-bottom:1px solid var(--line)}
.ask div{display:flex;flex-wrap:wrap;gap:.5em;margin-top:.6em}
.text,.wait{padding:1em 1.1em}
.wait{margin:auto}
.end{width:100%;max-width:32em;margin:auto;padding:2em 1.1em 3em;text-align:center}
.end p{margin:.6em 0 1.4em}
.place{flex:1 0 auto;background:#fff;padding-bottom:env(safe-area-inset-bottom)}
@media (min-width:640px){.pane{width:min(100% - 4em,60em);height:min(100% - 4em,50em);border-top:3px solid var(--accent)}.pane.small{width:24em;height:20em}}
`;

/** Keeps the page behind from scrolling, without a jump where its scroll bar takes room. */
function lockScrolling(signal) {
  const gutter = innerWidth > document.documentElement.clientWidth ? ";scrollbar-gutter:stable!important" : "";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html{overflow:hidden!important" + gutter + "}");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  signal.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  });
}

export class Pane {
  #box = newBox();
  #words;
  #heading;
  #close;
  #ask;
  #wait;
  #slot;
  #done;

  /** What others draw goes in here; an element of the page. */
  place = make("div", { slot: "pane" });

  /** Resolves when the dialog has gone. */
  closed = new Promise((resolve) => (this.#done = resolve));

  /**
   * @param {object} appeal
   * @param {object} context
   * @param {{title: string, text?: string, question?: string, small?: boolean}} what question: asked before it closes
   * @param {AbortSignal} signal ends the page view
   */
  constructor(appeal, context, { title, text, question, small }, signal) {
    const { language, direction, words } = appeal;
    this.#words = words;
    const panel = this.#box.frame({ placement: "pane", language, direction, theme: context.dataset.theme });
    this.#box.wear(LOOK);
    if (small) panel.classList.add("small");
    panel.role = "dialog";
    panel.ariaModal = "true";
    this.#heading = make("h2", { id: "heading", tabindex: -1 }, title);
    this.#close = closeButton(words, () => this.close());
    this.#ask = question && this.#question(question);
    this.#wait = make("p", { class: "wait", role: "status" }, words.working);
    this.#slot = make("div", { class: "place" }, make("slot", { name: "pane" }));
    panel.append(...[
      this.#post(() => this.#last().focus()), make("div", { class: "top" }, this.#heading, this.#close), this.#ask,
      text && make("p", { class: "text" }, text), this.#wait, this.#slot, this.#post(() => this.#close.focus()),
    ].filter(Boolean));
    this.#box.append(this.place);
    this.#listen(signal);
  }

  #listen(signal) {
    const { life } = this.#box;
    const options = { signal: life, capture: true };
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event), options);
    document.addEventListener("focusin", ({ target }) => {
      if (!this.#box.contains(target) && target.localName !== "iframe") this.#heading.focus();
    }, options);
    signal.addEventListener("abort", () => this.close(), { signal: life });
  }

  /** Where the focus turns round. */
  #post(onfocus) {
    return make("span", { tabindex: 0, class: "post", onfocus });
  }

  #last() {
    const inside = this.place.querySelectorAll("a[href],button,input,select,textarea,iframe");
    return inside[inside.length - 1] || this.#close;
  }

  #question(text) {
    const { pay_leave_no: no, pay_leave_yes: yes } = this.#words;
    return make("div", { class: "ask", role: "alertdialog", "aria-labelledby": "question", hidden: true },
      make("p", { id: "question" }, text), make("div", {},
        make("button", { type: "button", class: "choice default", onclick: () => this.#stay() }, no),
        make("button", { type: "button", class: "choice", onclick: () => this.close() }, yes)));
  }

  #stay() {
    this.#ask.hidden = true;
    this.#heading.focus();
  }

  /** Escape is easily pressed by mistake: it asks first, and the second one means it. */
  #escape(event) {
    event.preventDefault();
    event.stopPropagation();
    if (!this.#ask?.hidden) {
      this.close();
      return;
    }
    this.#ask.hidden = false;
    this.#ask.querySelector("button").focus();
  }

  open() {
    lockScrolling(this.#box.life);
    this.#box.place({ put: (box) => document.body.append(box) });
    this.#heading.focus();
  }

  /** What was waited for is there. */
  ready() {
    this.#wait.hidden = true;
  }

  /** Something is waited for again, and what others drew goes. */
  waiting() {
    this.#slot.hidden = true;
    this.#wait.hidden = false;
  }

  /** Says how it ended, in place of all else; the reader closes it. */
  end(title, text) {
    this.place.remove();
    this.#ask?.remove();
    this.#ask = null;
    this.#wait.hidden = this.#slot.hidden = true;
    const heading = make("h2", { tabindex: -1 }, title);
    this.#heading.hidden = true;
    this.#heading.removeAttribute("id");
    heading.id = "heading";
    this.#slot.after(make("div", { class: "end" }, heading, make("p", { role: "status" }, text),
      make("button", { type: "button", class: "primary", onclick: () => this.close() }, this.#words.pay_done)));
    this.#heading = heading;
    heading.focus();
  }

  close() {
    if (this.#box.life.aborted) return;
    this.#box.remove();
    this.#done();
  }
}
