/** What lies over the page instead of in it: strips and dialogs. */
import { make } from "./dom.js";

const READING_MS = 8000;

const LOOK = `
:host{position:fixed!important;z-index:2147483000!important;inset:auto 0!important;margin:0!important;width:auto!important;max-width:none!important}
:host([edge=top]){top:0!important}
:host([edge=bottom]){bottom:0!important}
.banner,.overlay{overflow:auto;max-height:96vh;max-height:96dvh;background:var(--paper);border:0 solid var(--accent);border-top-width:3px}
.banner{padding:.8em max(1em,50% - 34em) calc(.8em + env(safe-area-inset-bottom))}
:host([edge=top]) .panel{border-width:0 0 3px}
.banner h2{font-size:1.3em}
.banner .copy{margin-top:.25em}
.shut .give,.shut .copy>*+*,.shut .later p>span,dialog:not([open]){display:none}
.shut .copy>:first-child{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.shut .acts{display:flex;flex-wrap:wrap;align-items:center;gap:.2em .8em;margin-top:.5em}
.shut .primary{width:auto;padding-inline:1.1em;min-height:2.75em}
.shut .later{margin:0}
.overlay{position:fixed;inset:0;margin:auto auto 0;width:100%;max-width:35em;height:fit-content;overscroll-behavior:contain;padding:1.3em 1.25em calc(1em + env(safe-area-inset-bottom))}
.overlay::backdrop{background:rgb(0 0 0/.55)}
.overlay>.close,.banner>.close{position:sticky;top:-.45em;z-index:1;background:var(--paper)}
@media (min-width:640px){.overlay{margin:auto;padding:1.8em 2em 1.2em}}
@media (min-width:840px){
.banner{display:flex;align-items:flex-start;gap:2.5em}
.banner .words{flex:1}
.banner .acts{flex:0 1 26em}
.banner .give{margin:0}
.banner .close{order:1}
.shut{align-items:center}
.shut .acts{flex:none!important;margin:0}
}
@media (max-height:420px){.shut .copy{display:none}}
@media (prefers-reduced-motion:no-preference){
.banner,.overlay{animation:rise .3s;transition:transform .2s}
}
@keyframes rise{from{opacity:0;transform:translateY(1em)}}
.aside{transform:translateY(110%)}
:host([edge=top]) .aside{transform:translateY(-110%)}
`;

/** A strip must not hide what the keyboard has just reached; it leaves the way free until the focus moves on. */
function stepAside(box) {
  const { panel, life } = box;
  document.addEventListener("focusin", ({ target }) => {
    const mine = panel.getBoundingClientRect();
    const its = target.getBoundingClientRect();
    const hidden = target !== box && its.height > 0 && its.top >= mine.top - 4 && its.bottom <= mine.bottom + 4;
    panel.classList.toggle("aside", hidden);
  }, { signal: life });
}

/** A strip stays short until somebody wants the form. */
function shorten(panel, form, label) {
  const button = make("button", { type: "button", class: "primary opener", "aria-expanded": "false", onclick: () => {
    panel.classList.remove("shut");
    button.remove();
    form.querySelector("input:checked,[type=email]").focus({ preventScroll: true });
  } }, label);
  panel.classList.add("shut");
  form.before(button);
}

/** True while somebody is writing: nobody is interrupted in mid-sentence. Then calls `again` once they leave off. */
export function busy(again, signal) {
  const writing = document.activeElement?.matches("input,select,textarea,[contenteditable]");
  if (writing) document.addEventListener("focusout", () => setTimeout(again), { once: true, signal });
  return writing;
}

/**
 * The place over the page.
 *
 * @param {object} [words] wanted for a strip with a form in it
 * @param {() => void} [close] called when the reader presses Escape
 */
export const overPage = (words, close) => ({
  put: (box) => {
    const { panel } = box;
    const form = panel.querySelector("form");
    box.wear(LOOK);
    document.body.append(box);
    if (panel.localName === "dialog") {
      panel.addEventListener("cancel", (event) => {
        event.preventDefault();
        close();
      });
      panel.showModal();
      return;
    }
    panel.addEventListener("keydown", ({ key }) => key === "Escape" && close?.());
    if (form) shorten(panel, form, form.dataset.opener || words.choose_amount);
    stepAside(box);
  },
  /** Goes by itself, once it has been read. */
  leave: (box) => setTimeout(() => box.remove(), READING_MS),
});
