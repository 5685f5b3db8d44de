/** The custom element: a frame with a shadow root, in the page's own theme, for an appeal or for thanks. */
import { make } from "./dom.js";
import { sheet } from "./styles.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");

/** The site's own look, the same for every box on the page; theme.js furnishes it. */
export const house = { sheets: [] };

/** Dark when what lies behind the element is dark; a page that says nothing else follows the reader's system. */
function themeOf(surface) {
  const said = getComputedStyle(document.documentElement).getPropertyValue("--honestybox-theme").trim();
  if (said === "light" || said === "dark") return said;
  if (house.scheme) return house.scheme;
  for (let node = surface; node; node = node.parentElement) {
    const [, red, green, blue, alpha] = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?/
      .exec(getComputedStyle(node).backgroundColor) || [];
    if (red && alpha !== "0") return red * 0.299 + green * 0.587 + blue * 0.114 < 128 ? "dark" : "light";
  }
  // Nothing painted: the browser's own canvas, which is dark only for pages that say they can be.
  return DARK.matches && getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "dark" : "light";
}

export class HonestyBox extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #panel;
  #life = new AbortController();
  #wanted;

  constructor() {
    super();
    // One that a page has written itself, to say where an appeal goes, shows what the page put into it.
    this.#root.append(make("slot"));
  }

  /** Ends with the element's stay on the page. */
  get life() {
    return this.#life.signal;
  }

  /** The element that is seen, measured and filled. */
  get panel() {
    return this.#panel;
  }

  /**
   * @param {{placement: string, edge?: string, language: string, direction: string, theme?: string}} look
   */
  frame({ placement, edge, language, direction, theme }) {
    this.#wanted = theme;
    this.#root.adoptedStyleSheets = [sheet(), ...house.sheets];
    this.setAttribute("placement", placement);
    if (placement === "banner") this.setAttribute("edge", edge === "bottom" ? "bottom" : "top");
    this.#panel = make(placement === "overlay" ? "dialog" : "section", {
      class: "panel " + placement, lang: language, dir: direction, "aria-labelledby": "heading",
    });
    // `all: initial` undoes what `lang` says of fonts: Han characters would be drawn as in China.
    this.#panel.style.setProperty("-webkit-locale", JSON.stringify(language));
    this.#root.replaceChildren(this.#panel);
    return this.#panel;
  }

  /** Looks as these rules say, beside those it has already. */
  wear(rules) {
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet(rules)];
  }

  /** Puts the element on the page. */
  place(point) {
    point.put(this);
    this.#dress();
    DARK.addEventListener("change", () => requestAnimationFrame(() => this.#dress()), { signal: this.life });
  }

  #dress() {
    const wanted = this.#wanted;
    this.#panel.dataset.theme = wanted === "light" || wanted === "dark" ? wanted : themeOf(this.parentElement);
  }

  remove() {
    this.#life.abort();
    if (this.#panel && this.#panel.open) this.#panel.close();
    super.remove();
  }
}

/** A new box; the element is registered once, by whichever module needs it first. */
export function newBox() {
  if (!customElements.get("honesty-box")) customElements.define("honesty-box", HonestyBox);
  return document.createElement("honesty-box");
}

/** The way out, always there to be found. The cross is drawn by the style sheet. */
export const closeButton = (words, onclick) =>
  make("button", { type: "button", class: "close", "aria-label": words.close, title: words.close, onclick });
