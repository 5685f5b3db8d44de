/** The giving form: how often, how much, and one press of Continue that leads to the payment page. */
import { fill, load, make } from "./dom.js";

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

export class GivingForm {
  #appeal;
  #context;
  #told;
  #form;
  #chosen;
  #extras;
  #busy = false;
  #again = false;
  #money;
  #wrong;
  #amounts = make("div");
  #own;
  #field = make("div", { class: "field" });
  #input;
  #cost = make("span", { class: "cost", id: "cost" });
  #problem = make("span", { class: "problem", id: "problem", "aria-live": "assertive" });
  #button;

  /**
   * @param {object} appeal as the decision gave it
   * @param {object} context what the loader lends; appeal.js adds `extras`, the module, where the form needs it
   * @param {{pressed: () => void, settled: () => void, box: HTMLElement}} told
   *   pressed: Continue was valid; settled: given without leaving
   * @param {AbortSignal} signal ends the form's interest in the page
   */
  constructor(appeal, context, told, signal) {
    const { words, form } = appeal;
    this.#appeal = appeal;
    this.#context = context;
    this.#told = { ...told, say: (text) => (this.#button.textContent = text) };
    this.#form = form;
    this.#input = make("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", id: "own", maxlength: 24, "aria-describedby": "problem cost",
    });
    this.#own = make("div", { class: "own", hidden: true }, make("label", { for: "own" }, words.other_amount), this.#field);
    this.#button = make("button", { class: "primary", type: "submit", "aria-describedby": "cost" });
    this.#extras = context.extras && new context.extras.Extras(appeal, context, {
      changed: () => this.#tell(), busy: (busy) => this.#work(busy), use: (other) => this.#use(other),
      complain: (problem) => this.#complain(problem),
    });
    this.element = make("form", { class: "give", novalidate: true, onsubmit: (event) => this.#submit(event) },
      form.intervals.length > 1 && radios("interval", words.interval_label,
        form.intervals.map((value) => ({ value, label: words[value] || value })), form.default_interval),
      this.#amounts, this.#own, this.#extras?.element, make("p", { class: "line" }, this.#problem, this.#cost),
      this.#button, form.payment_methods && make("p", { class: "methods" }, form.payment_methods));
    this.element.addEventListener("change", (event) => this.#changed(event));
    this.#input.addEventListener("input", () => this.#tell());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#work(false), { signal });
    this.#work(false);
    this.#use(form);
  }

  /** Offers what this form says, which may be another than the appeal's: one in another currency. */
  #use(form) {
    this.#form = form;
    this.#chosen = { ...form.chosen };
    const [before, after] = form.amounts[form.default_interval][0].label.split(NUMBER);
    this.#field.replaceChildren(before.trim(), this.#input, after.trim());
    this.#offer();
  }

  get #interval() {
    const chosen = this.element.querySelector("[name=interval]:checked");
    return chosen ? chosen.value : this.#form.intervals[0];
  }

  /** Draws the amounts of the chosen interval. */
  #offer() {
    const { words } = this.#appeal;
    const options = this.#form.amounts[this.#interval].map(({ minor, label }) => ({ value: String(minor), label }));
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
    this.#money ??= await load("money");
    this.#tell();
  }

  /** The amount chosen or written: `{minor, label}`, or the `problem` with it; nothing while it cannot be read yet. */
  #amount() {
    const { words } = this.#appeal;
    const form = this.#form;
    const limits = form.limits[this.#interval];
    const { value } = this.element.querySelector("[name=amount]:checked");
    if (value !== OTHER) return form.amounts[this.#interval].find(({ minor }) => String(minor) === value);
    if (!this.#money) return {};
    const { parseAmount, formatAmount } = this.#money;
    const minor = parseAmount(this.#input.value, form);
    if (minor === null) {
      const example = formatAmount(form.amounts[this.#interval][0].minor, form);
      return { problem: fill(words.amount_unclear, { example }) };
    }
    if (minor < limits.minimum_minor) return { problem: fill(words.amount_too_small, { minimum: limits.minimum_label }) };
    if (minor > limits.maximum_minor) return { problem: fill(words.amount_too_large, { maximum: limits.maximum_label }) };
    return { minor, label: formatAmount(minor, form) };
  }

  /** Says what the choice costs, or between which limits it may be, and takes back an earlier problem. */
  #tell() {
    const { words } = this.#appeal;
    const amount = this.#amount();
    const { minimum_label: minimum, maximum_label: maximum } = this.#form.limits[this.#interval];
    const cost = (label) => fill(this.#form.amount_labels[this.#interval], { amount: label });
    this.#own.hidden = !this.element.querySelector("[name=amount][value=other]:checked");
    this.#cost.textContent = this.#extras?.tell(amount, this.#form, cost)
      || (amount.label ? cost(amount.label) : fill(words.amount_range, { minimum, maximum }));
    this.#again = false;
    this.#label();
    this.#complain("");
  }

  /** @param {HTMLElement|false} [field] the one that is wrong */
  #complain(problem, field) {
    this.#problem.textContent = problem;
    if (this.#wrong) this.#wrong.ariaInvalid = null;
    this.#wrong = field;
    if (!field) return;
    field.ariaInvalid = "true";
    field.focus();
  }

  #label() {
    const { copy, words } = this.#appeal;
    this.#button.textContent = this.#busy ? words.working : this.#again ? words.give_again : copy.button;
  }

  #work(busy) {
    this.#busy = busy;
    this.#label();
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
    const unclear = problem ? { problem, field: this.#input } : this.#extras?.unclear;
    if (unclear) {
      this.#complain(unclear.problem, unclear.field);
      return;
    }
    const wish = {
      interval: this.#interval, currency: this.#form.currency, amount_minor: minor, ...this.#extras?.wish,
    };
    this.#complain("");
    this.#work(true);
    this.#told.pressed();
    const said = await load("checkout").then(
      ({ begin }) => begin(wish, this.#again, this.#appeal, this.#context, this.#told),
      () => ({ problem: words.stripe_unavailable }));
    this.#again = said.again;
    this.#work(false);
    if (said.back) this.#button.focus({ preventScroll: true });
    if (said.problem) this.#complain(said.problem, said.written && !this.#own.hidden && this.#input);
  }
}
