/**
 * The tag a site embeds: asks the service once per page view and loads the rest only when there is something to show.
 *
 *     <script async src="https://support.example.org/embed/v1/prompt.js" data-site="daily-lantern"></script>
 *
 * data-site        the site's name in its config
 * data-consent     "granted", "denied" or "tcf"; without it a CMP that is there by then decides: consent.js
 * data-navigation  "manual" where the site calls refresh() itself: follow.js
 * data-analytics   where else events are to go: analytics.js
 * data-theme       "light" or "dark"; otherwise the page's own background decides
 *
 * What else it may say, of the page and of the reader, is in facts.js; what may be called, in calls.js.
 *
 * It sits on other people's pages: whatever goes wrong becomes a `honestybox:error` event and never an exception.
 */
(() => {
  "use strict";
  const { dataset, src } = document.currentScript ?? {};
  const stub = window.honestybox;
  if (!src || stub?.site) return;

  const { site } = dataset;
  const [service] = src.split("embed/v1/");
  const key = "honestybox:" + site;
  const life = new AbortController();
  const load = (name) => import(service + "embed/v1/" + name + ".js");

  let reader, current, turn, consent;

  const announce = (name, detail, from = document.documentElement) => {
    from.dispatchEvent(new CustomEvent("honestybox:" + name, { bubbles: true, composed: true, detail }));
  };
  const fail = (problem) => announce("error", { ...problem, message: problem + "" });

  /** Keeps the token; false where this browser does not let us, which only writing can prove. */
  const keep = (token) => {
    reader = null;
    try {
      localStorage.setItem(key, token ?? localStorage.getItem(key) ?? "");
      reader = localStorage.getItem(key) || null;
      return true;
    } catch {
      return false; // the next page view is a stranger's, which is what the reader asked their browser for
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
      keep("");
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

  const ask = async (facts, signal) => {
    reader = null;
    consent = consent && keep();
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
    if (module) return module.show(response, { ...context }, signal);
  };

  /** One page view: thank whoever comes back from the payment, else ask the service. */
  const open = async (signal, truth) => {
    context.at = location.href;
    const [{ readFacts }, said] = await Promise.all([
      load("facts"),
      dataset.consent === "granted" || !(dataset.consent || window.__tcfapi)
        || load("consent").then(({ agreed }) => agreed(context)),
      watched(signal)
    ]);
    if (signal.aborted) return;
    consent = said;
    const facts = readFacts({ ...dataset, ...truth });
    Object.assign(context, facts);
    if (!/^#honestybox=/.test(location.hash)) return ask(facts, signal);
    return (await load("thanks")).thank(facts.page.language, context, signal);
  };

  /** Takes away what is shown (the signal does) and asks anew: once `ready` is, and with what it knows better. */
  const refresh = (ready) => {
    current?.abort();
    const { signal } = (current = new AbortController());
    // One after the other: an answer that is still on its way is dropped before the next question is put.
    turn = Promise.all([ready?.(signal), turn])
      .then(([truth]) => signal.aborted || life.signal.aborted || open(signal, truth))
      .catch((problem) => signal.aborted || fail(problem));
    return turn;
  };

  const context = {
    site, service, announce, post, dataset, refresh, life,
    reader: () => reader,
    consent: () => consent
  };
  const call = (...calls) => load("calls").then(({ playAll }) => playAll(calls, context)).catch(fail);

  window.honestybox = { site, refresh: () => refresh(), queue: { push: call } };
  for (const name of ["show", "hide", "destroy"]) honestybox[name] = () => call(name);
  const early = [...(stub?.queue ?? []), ...(dataset.analytics ? ["measure"] : [])];
  turn = early[0] && call(...early);
  refresh();
  if (dataset.navigation !== "manual") {
    // Once for each address: where the module does not come, looking again would be asking for it every second.
    let seen = location.href;
    const look = () => seen !== (seen = location.href) && call("follow");
    // An element of the page may have this name.
    if (window.navigation?.currentEntry) navigation.addEventListener("currententrychange", look, life);
    else context.timer = setInterval(look, 1e3);
  }
})();
