/** The giving form: how often, how much, and one press of Continue that leads to the payment page. */
import { fill, make } from "./dom.js";

const PATIENCE_MS = 20000;
const OTHER = "other";

/** The number in an amount's label, with all that stands between its digits. */
export const NUMBER = /\p{Nd}.*\p{Nd}|\p{Nd}/u;

/** A fieldset of radio buttons; the native ones, so that keyboards and screen readers know them. */
function radios(name, legend, options, chosen) {
  return make("fieldset", { class: name }, make("legend", {}, legend), make("div", { class: "options" },
    ...options.map(({ value, label }) => make("label", {},
      make("input", { type: "radio", name, value, checked: value === chosen }),
      make("span", {}, label)))));
}

/** A random UUID, version 4. `crypto.randomUUID` is missing on plain http pages, where random values are not. */
function newAttempt() {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
}

export class GivingForm {
  #appeal;
  #context;
  #told;
  #attempts = new Map();
  #chosen;
  #busy = false;
  #money;
  #amounts = make("div");
  #own;
  #input;
  #cost = make("span", { class: "cost", id: "cost" });
  #problem = make("span", { class: "problem", id: "problem", "aria-live": "assertive" });
  #button;

  /**
   * @param {object} appeal as the decision gave it
   * @param {{site: string, post: Function, reader: () => string|null}} context
   * @param {{pressed: () => void, leaving: () => void}} told pressed: Continue was valid; leaving: off to pay
   * @param {AbortSignal} signal ends the form's interest in the page
   */
  constructor(appeal, context, told, signal) {
    const { words, form } = appeal;
    this.#appeal = appeal;
    this.#context = context;
    this.#told = told;
    this.#chosen = { ...form.chosen };
    this.#input = make("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", id: "own", maxlength: 24, "aria-describedby": "problem cost",
    });
    const [before, after] = form.amounts[form.default_interval][0].label.split(NUMBER);
    this.#own = make("div", { class: "own", hidden: true }, make("label", { for: "own" }, words.other_amount),
      make("div", { class: "field" }, before.trim(), this.#input, after.trim()));
    this.#button = make("button", { class: "primary", type: "submit", "aria-describedby": "cost" });
    this.element = make("form", { class: "give", novalidate: true, onsubmit: (event) => this.#submit(event) },
      form.intervals.length > 1 && radios("interval", words.interval_label,
        form.intervals.map((value) => ({ value, label: words[value] || value })), form.default_interval),
      this.#amounts, this.#own, make("p", { class: "line" }, this.#problem, this.#cost), this.#button, this.#methods());
    this.element.addEventListener("change", (event) => this.#changed(event));
    this.#input.addEventListener("input", () => this.#tell());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#work(false), { signal });
    this.#work(false);
    this.#offer();
  }

  get #interval() {
    const chosen = this.element.querySelector("[name=interval]:checked");
    return chosen ? chosen.value : this.#appeal.form.intervals[0];
  }

  #methods() {
    const { words, form } = this.#appeal;
    const names = (form.payment_methods || [])
      .map((method) => words["method_" + method] || method.replace(/_/g, " "));
    return names.length > 0 && make("p", { class: "methods" }, words.payment_methods + ": ",
      ...names.flatMap((name, at) => [at > 0 && ", ", make("span", {}, name)]));
  }

  /** Draws the amounts of the chosen interval. */
  #offer() {
    const { words, form } = this.#appeal;
    const options = form.amounts[this.#interval].map(({ minor, label }) => ({ value: String(minor), label }));
    const wanted = String(this.#chosen[this.#interval]);
    const known = wanted === OTHER || options.some(({ value }) => value === wanted);
    const group = radios("amount", words.amount_label, [...options, { value: OTHER, label: words.other }],
      known ? wanted : options[0].value);
    this.#amounts.replaceChildren(group);
    this.#tell();
  }

  #changed({ target }) {
    if (target.name === "interval") this.#offer();
    if (target.name !== "amount") return;
    this.#chosen[this.#interval] = target.value;
    this.#tell();
    if (target.value !== OTHER) return;
    this.#input.focus();
    this.#learn().catch(() => {}); // Continue tries again, and says so when it fails
  }

  /** Makes the form able to read what somebody writes, which few do. */
  async #learn() {
    this.#money ??= await import("./money.js");
    this.#tell();
  }

  /** The amount chosen or written: `{minor, label}`, or the `problem` with it; nothing while it cannot be read yet. */
  #amount() {
    const { form, words, language } = this.#appeal;
    const limits = form.limits[this.#interval];
    const { value } = this.element.querySelector("[name=amount]:checked");
    if (value !== OTHER) return form.amounts[this.#interval].find(({ minor }) => String(minor) === value);
    if (!this.#money) return {};
    const { parseAmount, formatAmount } = this.#money;
    const minor = parseAmount(this.#input.value, form, language);
    if (minor === null) {
      const example = formatAmount(form.amounts[this.#interval][0].minor, form, language);
      return { problem: fill(words.amount_unclear, { example }) };
    }
    if (minor < limits.minimum_minor) return { problem: fill(words.amount_too_small, { minimum: limits.minimum_label }) };
    if (minor > limits.maximum_minor) return { problem: fill(words.amount_too_large, { maximum: limits.maximum_label }) };
    return { minor, label: formatAmount(minor, form, language) };
  }

  /** Says what the choice costs, or between which limits it may be, and takes back an earlier problem. */
  #tell() {
    const { form, words } = this.#appeal;
    const { label } = this.#amount();
    const limits = form.limits[this.#interval];
    this.#own.hidden = !this.element.querySelector("[name=amount][value=other]:checked");
    this.#cost.textContent = label
      ? fill(form.amount_labels[this.#interval], { amount: label })
      : fill(words.amount_range, { minimum: limits.minimum_label, maximum: limits.maximum_label });
    this.#complain("");
  }

  #complain(problem, written = false) {
    this.#problem.textContent = problem;
    this.#input.setAttribute("aria-invalid", String(written));
    if (written) this.#input.focus();
  }

  #work(busy) {
    const { copy, words } = this.#appeal;
    this.#busy = busy;
    this.#button.textContent = busy ? words.working : copy.button;
    this.#button.setAttribute("aria-disabled", String(busy));
    this.#input.readOnly = busy;
    this.element.querySelectorAll("fieldset").forEach((group) => (group.disabled = busy));
  }

  /** One press of Continue; while it is under way another changes nothing. */
  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    const { words } = this.#appeal;
    if (!this.#own.hidden && !this.#money) {
      await this.#learn().then(() => this.#submit(event), () => this.#complain(words.stripe_unavailable));
      return;
    }
    const { minor, problem } = this.#amount();
    if (problem) {
      this.#complain(problem, true);
      return;
    }
    this.#complain("");
    this.#work(true);
    this.#told.pressed();
    try {
      const address = await this.#checkout(minor);
      this.#told.leaving();
      location.assign(address);
      setTimeout(() => this.#work(false), PATIENCE_MS);
    } catch (failure) {
      this.#work(false);
      if (failure.status === 422) this.#complain(failure.message, !this.#own.hidden);
      else this.#complain(failure.status < 500 ? words.try_again : words.stripe_unavailable);
    }
  }

  /** The payment page's address. One choice is one attempt, however often it is sent; a spent attempt is replaced once. */
  async #checkout(minor, again = false) {
    const { form, receipt } = this.#appeal;
    const { site, post, reader } = this.#context;
    const interval = this.#interval;
    const choice = [interval, form.currency, minor].join();
    const attempt = this.#attempts.get(choice) || newAttempt();
    this.#attempts.set(choice, attempt);
    try {
      const { checkout_url: address } = await post("v1/contributions", {
        site, reader: reader(), receipt, interval, currency: form.currency, amount_minor: minor, attempt,
        return_url: location.href.split("#")[0],
      }, AbortSignal.timeout(PATIENCE_MS));
      if (!/^https?:/.test(address)) throw new Error("not an address: " + address);
      return address;
    } catch (failure) {
      if (again || failure.status !== 409 || failure.field !== "attempt") throw failure;
      this.#attempts.delete(choice);
      return this.#checkout(minor, true);
    }
  }
}
