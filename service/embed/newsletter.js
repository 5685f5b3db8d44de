/** A newsletter: a field for the address, how often it comes, and what it looks like. Loaded where one is offered. */
import { closeButton } from "./box.js";
import { fill, make } from "./dom.js";

const READING_MS = 8000;

export const LOOK = `
.letter{margin-top:1.1em}
.letter label,.letter .facts{font-size:.9em;color:var(--quiet)}
.letter .facts{margin-bottom:.7em}
.letter b{color:var(--ink)}
.letter input{display:block;width:100%;min-height:2.9em;margin-top:.25em;padding:.3em .7em;border:1px solid var(--edge);border-radius:3px;background:none;color:inherit;font:inherit}
.letter input[aria-invalid=true]{border-color:var(--alarm)}
.letter input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.letter .more{display:flex;flex-wrap:wrap;gap:0 1.4em;margin-top:.4em;font-size:.9em}
.letter .more a{padding:.8em 0}
.letter .done{outline:0;font-weight:600}
.banner .said~.letter,.banner .room{flex:1}
.specimen{box-sizing:border-box;width:min(100% - 1em,44em);height:min(100% - 1em,50em);max-width:none;max-height:none;padding:0;border:0;border-top:3px solid var(--accent);background:var(--paper);color:var(--ink)}
.specimen[open]{display:flex;flex-direction:column}
.specimen.bare{height:fit-content}
.specimen::backdrop{background:rgb(0 0 0/.55)}
.specimen .top{display:flex;align-items:center;gap:1em;padding:.4em 1.1em;border-bottom:1px solid var(--line)}
.specimen h2{flex:1;font-size:1.25em}
.specimen .close{float:none;margin:0;margin-inline-start:auto}
.specimen iframe{flex:1;width:100%;min-height:0;border:0;background:#fff}
.specimen p{padding:.4em 1.1em}
.specimen p a{display:inline-block;padding:.7em 0}
`;

/** The whole address, of this page's own site where it is a path; nothing for one that is neither https nor from here. */
function whole(address) {
  try {
    const url = address && new URL(address, location.href);
    return url && (url.protocol === "https:" || url.origin === location.origin) ? url.href : null;
  } catch {
    return null;
  }
}

const elsewhere = (href, text, more) => make("a", { href, target: "_blank", rel: "noopener", ...more }, text);

/**
 * Shows what the newsletter looks like, in a frame that can do nothing; where the page lets no frame in, the link beside
 * it is left. The browser's own dialog keeps the focus, closes by Escape and gives the focus back.
 */
function show(address, { title, words }, panel) {
  const gone = new AbortController();
  const frame = make("iframe", { src: address, title, sandbox: true, referrerpolicy: "no-referrer" });
  const dialog = make("dialog", { class: "specimen", "aria-labelledby": "specimen" },
    make("div", { class: "top" }, make("h2", { id: "specimen" }, title), closeButton(words, () => dialog.close())),
    frame, make("p", {}, elsewhere(address, words.newsletter_tab)));
  document.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
    if (disposition !== "enforce" || !address.startsWith(blockedURI)) return;
    frame.remove();
    dialog.classList.add("bare");
  }, { signal: gone.signal });
  // Escape is meant for this dialog, and not for the strip that it was opened from.
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  dialog.addEventListener("close", () => {
    gone.abort();
    dialog.remove();
  });
  panel.append(dialog);
  dialog.showModal();
}

export class NewsletterForm {
  #appeal;
  #offer;
  #context;
  #told;
  #label;
  #busy = false;
  #input;
  #problem = make("span", { class: "problem", id: "letter-problem", "aria-live": "assertive" });
  #button;

  /**
   * @param {object} appeal the one that the form is in
   * @param {{id: string, title: string, frequency: string, preview: string, privacy: string, words: object}} offer
   * @param {object} context what the loader lends
   * @param {{pressed: () => void, settled: () => void, box: HTMLElement}} told pressed: the address may be one;
   *   settled: signed up
   * @param {string} label what the button says
   */
  constructor(appeal, offer, context, told, label) {
    const words = { ...appeal.words, ...offer.words };
    this.#appeal = appeal;
    this.#offer = { ...offer, words };
    this.#context = context;
    this.#told = told;
    this.#label = label;
    this.#input = make("input", {
      type: "email", id: "letter-email", autocomplete: "email", autocapitalize: "none", spellcheck: "false", maxlength: 254,
      required: true, "aria-describedby": "letter-problem", oninput: () => this.#complain(""),
    });
    this.#button = make("button", { class: "primary", type: "submit" }, label);
    this.element = make("form", {
      class: "give letter", novalidate: true, "data-opener": label, onsubmit: (event) => this.#submit(event),
    }, this.#facts(), make("label", { for: "letter-email" }, words.supporter_email), this.#input,
    make("p", { class: "line" }, this.#problem), this.#button, this.#more());
  }

  /** The cursor goes into the field. */
  focus() {
    this.#input.focus({ preventScroll: true });
  }

  #facts() {
    const { title, frequency } = this.#offer;
    return make("p", { class: "facts" }, make("b", {}, title), frequency && " · " + frequency);
  }

  #more() {
    const { words } = this.#offer;
    const [preview, privacy] = [whole(this.#offer.preview), whole(this.#offer.privacy)];
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own is what they want
      event.preventDefault();
      event.stopPropagation(); // looking is no pressing
      show(preview, this.#offer, this.#told.box.panel);
    };
    return (preview || privacy) && make("p", { class: "more" },
      preview && elsewhere(preview, words.newsletter_preview, { onclick: open, "aria-haspopup": "dialog" }),
      privacy && elsewhere(privacy, words.newsletter_privacy));
  }

  /** @param {boolean} [field] whether it is the address that is wrong */
  #complain(problem, field) {
    this.#problem.textContent = problem;
    this.#input.ariaInvalid = field ? "true" : null;
    if (field) this.focus();
  }

  #work(busy) {
    this.#busy = busy;
    this.#input.readOnly = busy;
    this.#button.textContent = busy ? this.#offer.words.working : this.#label;
    this.#button.setAttribute("aria-disabled", String(busy));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    const { id, words } = this.#offer;
    const { site, post, reader, announce } = this.#context;
    const unclear = () => this.#complain(fill(words.supporter_email_unclear, { example: "reader@example.org" }), true);
    if (!this.#input.checkValidity()) {
      unclear();
      return;
    }
    this.#complain("");
    this.#work(true);
    this.#told.pressed();
    try {
      const email = this.#input.value.trim();
      const { language, receipt } = this.#appeal;
      await post(`v1/newsletters/${id}/subscriptions`, { site, reader: reader(), email, language, receipt });
      this.#done(words.newsletter_sent);
      announce("subscribed", { newsletter: id, campaign: this.#appeal.campaign });
      this.#told.settled();
    } catch (failure) {
      this.#work(false);
      if (failure.field === "email") unclear();
      else this.#complain(failure.status === 429 ? failure.detail : words.try_again);
      announce("error", { message: failure + "", status: failure.status });
    }
  }

  /** What is said stays: the reader closes it, or reads on. */
  #done(text) {
    const said = make("p", { class: "done", role: "status", tabindex: -1 }, text);
    this.element.replaceChildren(this.#facts(), said);
    said.focus({ preventScroll: true });
  }
}

/** The form in an appeal of its own. */
export function formOf(appeal, offer, context, told, label) {
  told.box.wear(LOOK);
  return new NewsletterForm(appeal, offer, context, told, label);
}

/**
 * Offers a newsletter under what was said after "remind me later": one button, that becomes the form.
 *
 * @param {string} id the newsletter's
 * @param {HTMLElement} room what has been kept free for it
 * @param {() => void} leave takes all of it away, sooner or later; not while somebody writes their address
 */
export async function meanwhile(id, room, appeal, context, told, leave) {
  const { service, site } = context;
  const answer = await fetch(`${service}embed/v1/newsletters/${site}/${id}/${appeal.language}.json`, { credentials: "omit" });
  if (!answer.ok) throw new Error("HTTP " + answer.status);
  const { newsletter } = await answer.json();
  const form = formOf(appeal, newsletter, context, told, newsletter.words.newsletter_subscribe);
  const gone = setTimeout(leave, READING_MS);
  const open = make("button", { type: "button", class: "quiet", "aria-expanded": "false" }, newsletter.words.newsletter_offer);
  open.onclick = () => {
    clearTimeout(gone);
    room.replaceWith(form.element);
    form.focus();
  };
  room.append(open);
}
