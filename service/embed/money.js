/** Money as readers write it and as the service counts it: whole minor units, never a fraction of a Number. */
import { NUMBER } from "./form.js";

/**
 * How the appeal's language writes money, as the service was told by CLDR. Browsers are not asked: some leave out
 * languages, and none says the same as another.
 *
 * @typedef {{zero: string, decimal: string, group: string, sizes: [number, number], minimum_grouping: number}} NumberStyle
 */

/** The zeros of the scripts whose digits a reader may type; each is followed by its nine other digits. */
const ZEROS = "0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០";

const SPACES = /[\s'’٬_\p{Cf}]/gu;

/** What a currency is called: "USD", "円", "руб.". */
const NAME = /^\p{L}+|\p{L}+\.?$/gu;

/** The text with every digit written 0-9. */
function plainDigits(text, { zero: own }) {
  return text.replace(/\p{Nd}/gu, (digit) => {
    for (const zero of ZEROS + own) {
      const value = digit.codePointAt(0) - zero.codePointAt(0);
      if (value >= 0 && value < 10) return String(value);
    }
    return digit;
  });
}

/** Whole and fraction digits of "1,234.50"; null when it cannot be told what was meant. */
function split(text, exponent, { decimal: own }) {
  const [, head, mark, tail] = /^(.*?)(?:([.,])(\d*))?$/.exec(text);
  const grouped = (digits) => /^\d+$/.test(digits) || /^\d{1,3}([.,])(\d{2,3}\1)*\d{3}$/.test(digits);
  const decimal = tail === undefined || tail.length < 3 || (own === "," ? "," : ".") === mark;
  if (!decimal) return grouped(text) ? [text, ""] : null;
  const fits = (tail || "").length <= exponent && !(mark && head.includes(mark));
  return fits && grouped(head) ? [head, tail || ""] : null;
}

/**
 * The amount in minor units, or null when the text is not an amount. "12,50" and "12.50" are the same everywhere;
 * three digits after a mark are thousands, unless that mark is the language's own decimal mark.
 *
 * @param {string} text
 * @param {{exponent: number, currency: string, symbol: string, number: NumberStyle}} form
 * @returns {number|null}
 */
export function parseAmount(text, form) {
  const { group } = form.number;
  const bare = plainDigits(text.normalize("NFKC"), form.number)
    .replace(form.symbol.normalize("NFKC"), "").replace(/\p{Sc}/gu, "")
    .replaceAll(/[.,]/.test(group) ? " " : group.normalize("NFKC"), "").replace(SPACES, "")
    .replace(NAME, "").replace("٫", ".");
  const parts = bare.length > 20 ? null : split(bare, form.exponent, form.number);
  if (!parts) return null;
  return parseInt(parts[0].replace(/[.,]/g, "") + parts[1].padEnd(form.exponent, "0"), 10);
}

/** The digits with the language's mark between their groups. */
function grouped(digits, { group, sizes: [first, next], minimum_grouping: least }) {
  if (digits.length < first + least) return digits;
  const parts = [digits.slice(-first)];
  let rest = digits.slice(0, -first);
  for (; rest.length > next; rest = rest.slice(0, -next)) parts.unshift(rest.slice(-next));
  return [rest, ...parts].join(group);
}

/**
 * The amount as the reader sees it elsewhere on the form: "$12.50", "1 250 ₽"; no cents when there are none.
 *
 * @param {number} minor
 * @param {{exponent: number, intervals: string[], limits: object, number: NumberStyle}} form a limit's label shows
 *   where the currency stands
 */
export function formatAmount(minor, { exponent, intervals, limits, number }) {
  const digits = String(minor).padStart(exponent + 1, "0");
  const cut = digits.length - exponent;
  const cents = digits.slice(cut);
  const plain = grouped(digits.slice(0, cut), number) + (Number(cents) ? number.decimal + cents : "");
  const zero = number.zero.codePointAt(0);
  const text = plain.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  return limits[intervals[0]].minimum_label.replace(NUMBER, () => text);
}
