/** What a site may add to the giving form: covering the fees, another currency, an e-mail address. */
import { fill, make } from "./dom.js";
import { formatAmount } from "./money.js";

export const LOOK = `
.extras{display:grid;gap:.7em;margin-top:.9em}
.extras label{color:var(--quiet);font-size:.9em}
.extras .tick{display:flex;align-items:flex-start;gap:.65em;min-height:2.75em;padding:.5em 0;line-height:1.35;color:var(--ink);cursor:pointer}
.extras .tick input{position:static;flex:none;width:1.35em;height:1.35em;margin:0;opacity:1;accent-color:var(--accent)}
.extras .tick span{display:block;padding:0}
.extras .tick :checked+span{box-shadow:none}
.extras .pick{display:flex;flex-wrap:wrap;align-items:center;gap:.2em .8em}
.extras input:focus-visible,.extras select:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.extras select{flex:1 1 9em;min-width:0;min-height:2.75em;padding:.3em .6em;border:1px solid var(--edge);border-radius:var(--corner);background:var(--paper);color:var(--ink);font:inherit;font-size:1.1em}
.mail input{display:block;width:100%;min-height:2.75em;margin-top:.25em;padding:.3em .7em;border:1px solid var(--edge);border-radius:var(--corner);background:none;color:inherit;font:inherit}
.mail p{margin-top:.3em;font-size:.9em;color:var(--quiet)}
`;

const LOADING_MS = 10000;
const WHOLE_BP = 10000;

/**
 * The least that is charged so that `minor` is left after the fees; exact, since no product here needs more than 53 bits.
 *
 * @param {number} minor
 * @param {{fixed_minor: number, percent_bp: number}} fees
 * @param {number} step what Stripe takes a multiple of
 */
export function charged(minor, { fixed_minor: fixed, percent_bp: percent }, step) {
  return Math.ceil(((minor + fixed) * WHOLE_BP) / ((WHOLE_BP - percent) * step)) * step;
}

export class Extras {
  #appeal;
  #context;
  #form;
  #fees;
  #feesText = make("span");
  #currencies;
  #email;

  /**
   * @param {{changed: Function, busy: Function, use: Function, complain: Function}} giving the form around: changed:
   *   what it costs is another; use: offer what this other form says
   */
  constructor(appeal, context, giving) {
    const { words, form } = appeal;
    this.#appeal = appeal;
    this.#context = context;
    this.#form = form;
    if (form.fees) {
      this.#fees = make("input", { type: "checkbox", name: "cover_fees", checked: form.fees.checked, onchange: giving.changed });
    }
    if (form.currencies) {
      this.#currencies = make("select", { name: "currency", onchange: () => this.#change(giving) },
        ...form.currencies.map((code) => make("option", { value: code, selected: code === form.currency }, this.#name(code))));
    }
    if (form.email) {
      this.#email = make("input", {
        type: "email", id: "email", autocomplete: "email", maxlength: 254, "aria-describedby": "email-note problem",
        oninput: () => giving.complain(""),
      });
    }
    this.element = make("div", { class: "extras" },
      form.fees && make("label", { class: "tick" }, this.#fees, this.#feesText),
      form.currencies && make("label", { class: "pick" }, words.currency_label, this.#currencies),
      form.email && make("div", { class: "mail" }, make("label", { for: "email" }, words.email_label), this.#email,
        make("p", { id: "email-note" }, words.email_note)));
  }

  #name(code) {
    return new Intl.DisplayNames(this.#appeal.language, { type: "currency" }).of(code) + " (" + code + ")";
  }

  /**
   * Says on the form what covering the fees adds. The line on what the gift costs in all, where that is more.
   *
   * @param {{minor?: number, label?: string}} amount nothing while it is not known
   * @param {object} form in the currency that is chosen
   * @param {(label: string) => string} cost the line for one amount
   */
  tell({ minor, label }, form, cost) {
    const { words } = this.#appeal;
    this.#form = form;
    if (!this.#fees) return "";
    this.#fees.parentNode.hidden = !form.fees;
    if (!form.fees) return "";
    if (!label) {
      this.#feesText.textContent = words.fees_label_plain;
      return "";
    }
    const whole = charged(minor, form.fees, form.step_minor);
    const money = (amount) => formatAmount(amount, form);
    this.#feesText.textContent = fill(words.fees_label, { fee: money(whole - minor), amount: label });
    return this.#fees.checked ? fill(words.cost_with_fees, { cost: cost(money(whole)) }) : "";
  }

  /** What Continue sends beside the amount. */
  get wish() {
    const email = this.#email?.value.trim();
    return { ...(this.#fees && this.#form.fees && { cover_fees: this.#fees.checked }), ...(email && { email }) };
  }

  /** What keeps Continue from being pressed: the `problem` and its `field`; undefined when nothing does. */
  get unclear() {
    if (this.#email && !this.#email.checkValidity()) return { problem: this.#appeal.words.email_unclear, field: this.#email };
  }

  /** Fetches the form in the currency that was picked. Until it is there, nothing can be given in the wrong one. */
  async #change({ busy, use, complain }) {
    const { language, words } = this.#appeal;
    const { service, site } = this.#context;
    const select = this.#currencies;
    const address = `${service}embed/v1/forms/${site}/${language}/${select.value}.json`;
    busy(true);
    select.disabled = true;
    try {
      const answer = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(LOADING_MS) });
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      use((await answer.json()).form);
    } catch (failure) {
      select.value = this.#form.currency;
      this.#context.announce("error", { message: "No form in another currency: " + failure });
      complain(words.try_again);
    }
    select.disabled = false;
    select.focus({ preventScroll: true });
    busy(false);
  }
}
