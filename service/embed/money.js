/** Money as readers write it and as the service counts it: whole minor units, never a fraction of a Number. */
import { NUMBER } from "./form.js";

/** The zeros of the scripts whose digits a reader may type; each is followed by its nine other digits. */
const ZEROS = "0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០";

const SPACES = /[\s'’٬_\p{Cf}]/gu;

/** The text with every digit written 0-9. */
function plainDigits(text) {
  return text.replace(/\p{Nd}/gu, (digit) => {
    for (const zero of ZEROS) {
      const value = digit.codePointAt(0) - zero.codePointAt(0);
      if (value >= 0 && value < 10) return String(value);
    }
    return digit;
  });
}

/** The mark this language puts before the cents. */
function decimalMark(language) {
  const part = new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === "decimal");
  return part && part.value === "," ? "," : ".";
}

/** Whole and fraction digits of "1,234.50"; null when it cannot be told what was meant. */
function split(text, exponent, language) {
  const [, head, mark, tail] = /^(.*?)(?:([.,])(\d*))?$/.exec(text);
  const grouped = (digits) => /^\d+$/.test(digits) || /^\d{1,3}([.,])(\d{2,3}\1)*\d{3}$/.test(digits);
  const decimal = tail === undefined || tail.length < 3 || decimalMark(language) === mark;
  if (!decimal) return grouped(text) ? [text, ""] : null;
  const fits = (tail || "").length <= exponent && !(mark && head.includes(mark));
  return fits && grouped(head) ? [head, tail || ""] : null;
}

/**
 * The amount in minor units, or null when the text is not an amount. "12,50" and "12.50" are the same everywhere;
 * three digits after a mark are thousands, unless that mark is the language's own decimal mark.
 *
 * @param {string} text
 * @param {{exponent: number, currency: string, symbol: string}} form
 * @param {string} language
 * @returns {number|null}
 */
export function parseAmount(text, form, language) {
  const bare = plainDigits(text.normalize("NFKC")).replace(form.symbol, "").replace(form.currency, "")
    .replace(/\p{Sc}/gu, "").replace(SPACES, "").replace("٫", ".");
  const parts = bare.length > 20 ? null : split(bare, form.exponent, language);
  if (!parts) return null;
  return parseInt(parts[0].replace(/[.,]/g, "") + parts[1].padEnd(form.exponent, "0"), 10);
}

/**
 * The amount as the reader sees it elsewhere on the form: "$12.50", "1 250 ₽"; no cents when there are none.
 *
 * @param {number} minor
 * @param {{exponent: number, intervals: string[], limits: object}} form a limit's label shows where the currency stands
 * @param {string} language
 */
export function formatAmount(minor, form, language) {
  const digits = String(minor).padStart(form.exponent + 1, "0");
  const cut = digits.length - form.exponent;
  const cents = Number(digits.slice(cut)) ? form.exponent : 0;
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: cents, maximumFractionDigits: cents })
    .format(digits.slice(0, cut) + "." + (digits.slice(cut) || "0"));
  return form.limits[form.intervals[0]].minimum_label.replace(NUMBER, number);
}
