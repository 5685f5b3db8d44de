/** What a page may call beside refresh(), loaded with the first call; and the modules that only some sites need. */

let veiled = false;

/** Appeals that are on the page and may go out of sight: a gate stands where the article is cut, and stays. */
const boxes = () =>
  [...document.querySelectorAll("honesty-box:not([placement=gate],[placement=pane])")].filter(({ panel }) => panel);

function veil() {
  for (const box of boxes()) {
    const { panel, hidden } = box;
    const dialog = panel.localName === "dialog";
    // A dialog that is closed already has given way to the payment, and comes back by itself.
    if (hidden || (dialog && !panel.open)) continue;
    if (dialog) panel.close();
    else box.wear(":host([hidden]){display:none!important}");
    box.hidden = true;
  }
}

/** Shows again what hide() hid. */
function show() {
  veiled = false;
  document.removeEventListener("honestybox:shown", veil);
  for (const box of boxes().filter(({ hidden }) => hidden)) {
    box.hidden = false;
    if (box.panel.localName === "dialog") box.panel.showModal();
  }
}

/** Hides every appeal, and each that comes until show(); nothing is told to the service, and a gate stays. */
function hide({ life }) {
  veiled = true;
  document.addEventListener("honestybox:shown", veil, life);
  veil();
}

/** Takes everything away and listens no more, as if the tag had never been there; another tag may start anew. */
function destroy({ life, refresh, timer }) {
  if (veiled) show();
  clearInterval(timer);
  life.abort();
  refresh();
  const mine = window.honestybox;
  delete mine.site;
  mine.queue = [];
}

/** Leads to our page that tells what is held on this reader, who is known there by what is posted alone. */
function data({ site, service, reader }) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: service + site + "/my-data", hidden: true });
  const language = document.documentElement.lang;
  const token = reader() ?? localStorage.getItem("honestybox:" + site) ?? "";
  for (const [name, value] of Object.entries({ reader: token, language, return_url: location.href })) {
    const field = document.createElement("input");
    Object.assign(field, { name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

const measure = async (context) => (await import("./analytics.js")).pass(context);

const follow = async (context) => (await import("./follow.js")).follow(context);

const CALLS = { refresh: ({ refresh }) => void refresh(), show, hide, destroy, data, measure, follow };

/** One call: a function, or a name with what goes with it. An unknown name is the page's mistake, and announced. */
async function play(call, context) {
  if (context.life.signal.aborted) return;
  if (typeof call === "function") {
    // What it gives back is not waited for: it may itself be waiting for the page view that waits for this.
    call(window.honestybox);
    return;
  }
  const [name] = [call].flat();
  if (!Object.hasOwn(CALLS, name)) throw new Error("There is no honestybox." + name + "()");
  await CALLS[name](context);
}

/** Plays the calls in order; one that fails does not stop the others. */
export function playAll(calls, context) {
  return Promise.all(calls.map((call) => play(call, context).catch((problem) => {
    context.announce("error", { message: problem + "" });
  })));
}
