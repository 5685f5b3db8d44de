/** What an appeal may wait for, and what it may have beside its words: an image, a ticker. */
import { make } from "./dom.js";

const LOOK = `
.picture{display:block;width:100%;height:auto;max-height:min(15em,24vh);object-fit:cover;margin-top:.8em;border-radius:var(--corner);background:var(--line)}
.picture+.copy{margin-top:.8em}
.banner .picture{max-height:8em}
.shut .picture{display:none}
.ticker{margin:1em 0 .3em;font-variant-numeric:tabular-nums}
.ticker .bar{height:.5em;border:1px solid var(--edge);border-radius:var(--corner);overflow:hidden}
.ticker .bar i{display:block;height:100%;background:var(--accent);transform-origin:0 0}
[dir=rtl] .ticker .bar i{transform-origin:100% 0}
.ticker p{display:flex;flex-wrap:wrap;gap:0 1em;justify-content:space-between;margin:0 0 .35em;font-size:.9em}
.ticker b{font-weight:700}
.ticker span{color:var(--quiet)}
@media (forced-colors:active){.ticker .bar i{forced-color-adjust:none;background:Highlight}}
@media (prefers-reduced-motion:no-preference){.ticker .bar i{animation:grow 1s}}
@keyframes grow{from{transform:scaleX(0)}}
`;
// Until a gate stands, the reader sees what it is going to hide.
const PATIENCE_MS = { gate: 300 };
const USUAL_PATIENCE_MS = 2500;

const done = new WeakSet();

/**
 * True while the appeal has something to wait for or to fetch; then calls `again`.
 *
 * @param {object} appeal as the decision gave it
 * @param {object} context what the loader lends
 * @param {HTMLElement} box the appeal's, drawn and not yet on the page
 * @param {() => void} again
 */
export function waits(appeal, context, box, again) {
  if (done.has(box)) return false;
  done.add(box);
  furnish(appeal, context, box).then(again);
  return true;
}

async function furnish(appeal, context, box) {
  const fail = (failure) => context.announce("error", { message: failure + "" });
  const { image, ticker, show_after: wait, placement } = appeal;
  const patience = PATIENCE_MS[placement] || USUAL_PATIENCE_MS;
  if (wait) await import("./moment.js").then(({ come }) => come(wait, box.life), fail);
  if (box.life.aborted) return;
  const [picture, progress] = await Promise.all([
    image && load(image, patience),
    ticker && import("./ticker.js").then((module) => module.ticker(appeal, context, patience)).catch(fail),
  ]);
  if (!picture && !progress) return;
  box.wear(LOOK);
  const words = box.panel.querySelector(".words");
  if (picture) words.querySelector("h2").after(picture);
  if (progress) words.append(progress);
}

/**
 * The picture once it is there, or in its place while it is still on its way; null when the page's own policy, or
 * anything else, keeps it out.
 */
async function load({ src, width, height, alt }, patience) {
  const picture = make("img", { class: "picture", width, height, alt, referrerpolicy: "no-referrer", decoding: "async" });
  // An empty alt would be left out, and mean something else.
  picture.alt = alt;
  const loaded = new Promise((resolve) => {
    picture.onload = () => resolve(picture);
    picture.onerror = () => resolve(null);
  });
  picture.src = new URL(src, location.origin);
  return Promise.race([loaded, new Promise((resolve) => setTimeout(() => resolve(picture), patience))]);
}
