/**
 * The tag a site embeds: asks the service once per page view and loads the rest only when there is something to show.
 *
 *     <script async src="https://support.example.org/embed/v1/prompt.js" data-site="daily-lantern"></script>
 *
 * data-site      the site's name in its config
 * data-consent   "denied" keeps nothing and is asked nothing that needs a history; read anew for every page view
 * data-theme     "light" or "dark"; otherwise the page's own background decides
 *
 * What else it may say, of the page and of the reader, is in facts.js.
 *
 * It sits on other people's pages: whatever goes wrong becomes a `honestybox:error` event and never an exception.
 */
(() => {
  "use strict";
  const { dataset, src } = document.currentScript ?? {};
  if (!src || window.honestybox?.refresh) return;

  const { site } = dataset;
  const [service] = src.split("embed/v1/");
  const key = "honestybox:" + site;
  const load = (name) => import(service + "embed/v1/" + name + ".js");

  let reader, current, turn;

  const announce = (name, detail, from = document.documentElement) => {
    from.dispatchEvent(new CustomEvent("honestybox:" + name, { bubbles: true, composed: true, detail }));
  };

  /** True when this browser lets us keep the token; writing is tried as well, since reading alone proves nothing. */
  const recall = () => {
    reader = null;
    try {
      if (dataset.consent === "denied") {
        localStorage.removeItem(key);
        return false;
      }
      const kept = localStorage.getItem(key) || "";
      localStorage.setItem(key, kept);
      keep(kept);
      return true;
    } catch {
      return false;
    }
  };

  const keep = (token) => {
    reader = token || null;
    try {
      if (reader) localStorage.setItem(key, reader);
      else localStorage.removeItem(key);
    } catch {
      // Without storage the next page view is a stranger's, which is what the reader asked their browser for.
    }
  };

  /** The answer to one request; a refused token is forgotten, and the question asked once more without it. */
  const post = async (path, body, signal) => {
    // A string body is sent as text/plain, which costs no preflight.
    const answer = await fetch(service + path, {
      method: "POST", body: JSON.stringify(body), credentials: "omit", signal
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    const { status } = answer;
    if (said.field === "reader" && status < 500 && body.reader) {
      keep(null);
      return post(path, { ...body, reader: null }, signal);
    }
    throw Object.assign(new Error(said.detail || "HTTP " + status), said, { status });
  };

  /** Resolves when the document is parsed and somebody is looking at it; a prerendered page waits to be opened. */
  const watched = (signal) => new Promise((resolve) => {
    const check = () => {
      if (document.readyState !== "loading" && !document.hidden && !document.prerendering) resolve();
    };
    for (const type of ["readystatechange", "visibilitychange", "prerenderingchange"]) {
      document.addEventListener(type, check, { signal });
    }
    signal.addEventListener("abort", resolve);
    check();
  });

  const context = {
    site, service, announce, post, dataset,
    reader: () => reader
  };

  const ask = async (facts, signal) => {
    const consent = recall();
    const request = { site, reader, consent, ...facts };
    // An appeal that comes after ten seconds interrupts somebody who is reading by now.
    const late = setTimeout(() => current.abort(), 1e4);
    const response = await post("v1/decisions", request, signal);
    clearTimeout(late);
    // No token in the answer means that the service could not look, not that it forgot this reader.
    if (consent && response.reader) keep(response.reader);
    announce("decision", { request, response });
    const { access, appeals } = response;
    const module = await (!access.granted || access.markup ? load("access") : appeals.length && load("appeal"));
    if (module) return module.show(response, { ...context, ...facts }, signal);
  };

  /** One page view: thank whoever comes back from the payment, else ask the service. */
  const open = async (signal) => {
    const [{ readFacts }] = await Promise.all([load("facts"), watched(signal)]);
    if (signal.aborted) return;
    const facts = readFacts(dataset);
    if (!/^#honestybox=/.test(location.hash)) return ask(facts, signal);
    return (await load("thanks")).thank(facts.page.language, context, signal);
  };

  /** Takes away what is shown (the signal does) and asks anew; for sites that change pages without loading one. */
  const refresh = () => {
    current?.abort();
    const mine = (current = new AbortController());
    // One after the other: an answer that is still on its way is dropped before the next question is put.
    turn = Promise.resolve(turn).then(() => mine === current && open(mine.signal)).catch((problem) => {
      if (mine === current) announce("error", { ...problem, message: problem + "" });
    });
    return turn;
  };

  window.honestybox = { refresh };
  refresh();
})();
