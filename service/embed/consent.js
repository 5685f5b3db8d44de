/**
 * Whether anything may be kept, where the tag alone does not say so: what the reader told the page's consent dialog (TCF
 * 2.2), now and later. Loaded only where the page has such a dialog, or says data-consent="tcf" or "denied".
 *
 * data-purposes   the purposes that the reader must have agreed to, as "1 8"; 1 (storing on the device) when it says none
 */

// A dialog that does not answer must not keep the article's gate from standing where the site wants one.
const PATIENCE_MS = 3000;
const LOOK_MS = 250;
const LOOKS = 240;

/** What each life of the tag knows: the reader's answer, undefined until there is one, and what was made of it. */
const lives = new WeakMap();

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** True, false, or undefined while the dialog is open and the reader has not pressed anything. */
function answerOf({ gdprApplies, eventStatus, purpose }, wanted) {
  if (gdprApplies === false) return true;
  if (eventStatus !== "tcloaded" && eventStatus !== "useractioncomplete") return undefined;
  return wanted.every((id) => purpose?.consents?.[id] === true);
}

/** The purposes named by the tag; a name that is no number asks for what nobody can agree to. */
const purposesOf = ({ purposes }) => (purposes || "1").split(/[\s,]+/).filter(Boolean);

/** Takes off this browser what was kept of this reader. */
function forget({ site }) {
  const token = "honestybox:" + site;
  const kept = [["localStorage", token], ["localStorage", token + ":attempts"], ["sessionStorage", "honestybox:place"]];
  for (const [storage, name] of kept) {
    try {
      window[storage].removeItem(name);
    } catch {
      // What cannot be reached keeps nothing.
    }
  }
}

/** Listens to the dialog, once there is one, for as long as the tag lives. */
async function listen(context, known) {
  const { dataset, life: { signal }, refresh } = context;
  for (let look = 0; !window.__tcfapi; look += 1) {
    if (look === LOOKS || signal.aborted) return;
    await pause(LOOK_MS);
  }
  window.__tcfapi("addEventListener", 2, (data, success) => {
    if (!success || !data) return;
    if (signal.aborted) {
      window.__tcfapi("removeEventListener", 2, () => {}, data.listenerId);
      return;
    }
    const answer = answerOf(data, purposesOf(dataset));
    if (answer === undefined || answer === known.answer) return;
    known.answer = answer;
    known.heard();
    if (!answer) forget(context);
    const ours = !dataset.consent || dataset.consent === "tcf";
    if (ours && known.used === !answer) refresh();
  });
}

/**
 * True when the reader agrees. Waits a while for a dialog's answer, and takes none for a no until there is one: a later
 * answer asks the service anew, and a no takes away what was kept.
 *
 * @param {object} context what the loader lends
 */
export async function agreed(context) {
  const { dataset: { consent }, life, announce } = context;
  if (consent && consent !== "tcf") {
    if (consent !== "denied") announce("error", { message: 'Not known, so denied: data-consent="' + consent + '"' });
    forget(context);
    return false;
  }
  let known = lives.get(life);
  if (!known) {
    known = {};
    known.first = new Promise((resolve) => (known.heard = resolve));
    lives.set(life, known);
    listen(context, known).catch((problem) => announce("error", { message: "The consent dialog failed: " + problem }));
  }
  if (known.used === undefined) await Promise.race([known.first, pause(PATIENCE_MS)]);
  known.used = known.answer ?? false;
  // A dialog that is slow is no withdrawal: what the reader agreed to before stays where it is, unread.
  if (known.answer === false) forget(context);
  return known.used;
}
