/** The demo's bar: forget the reader, move the clock, say why the service did what it did. Not needed on a real site. */
(() => {
  "use strict";
  const KEPT_OPEN = "demo-bar";
  const SENTENCES = {
    switched_off: "Asking is switched off for the site or this place.",
    page_excluded: "Nobody is ever asked on a page like this one.",
    access_granted: "The article is open, so there is nothing to keep back.",
    preview: "A preview link shows one campaign and nothing else.",
    supporter: "You already contribute, so you are not asked.",
    never_again: "You asked never to be asked again.",
    snoozed: "You asked to be reminded later, and later has not come yet.",
    dismissed: "You closed an appeal not long ago.",
    site_cap: "You have seen enough appeals for now.",
    shut_out: "Another appeal on this page wants your whole attention.",
    not_scheduled: "The campaign for this place is not running now.",
    not_in_audience: "The campaigns for this place are meant for other readers.",
    subscribed: "You have this newsletter, or have just signed up for it.",
    campaign_cap: "You have seen this campaign often enough for now.",
    no_campaign: "No campaign is meant for this place.",
    holdback: "You belong to the few who are never asked, to measure what asking earns.",
    store_unavailable: "The service cannot reach its memory, so it asks nobody.",
    no_consent: "This browser keeps nothing, so you cannot be remembered, so you are not asked.",
  };
  const ACCESS = {
    no_meter: "Open: the site counts no articles.",
    not_metered: "Open: only articles are counted.",
    exempt: "Open: a page like this one is never counted.",
    no_consent: "This browser keeps nothing, so your articles cannot be counted.",
    store_unavailable: "The service cannot reach its memory, so your articles cannot be counted.",
    holdback: "Open: you belong to the few who are never asked.",
    supporter: "Open: you contribute.",
    premium: "Cut: the article is for supporters only.",
    within_allowance: "Open: one of your free articles.",
    put_off: "Open: you put the gate off.",
    used_up: "Cut: your free articles are used up.",
    preview: "Open: a preview counts nothing.",
  };
  let redraw = () => {};
  let last = null;
  let trouble = "";
  let reasons = null;

  /** Asks at once, so that this decision is explained and not what comes after it. A preview follows no rules. */
  const askWhy = async ({ request, response }) => {
    const asked = last;
    reasons = null;
    if (request.preview) return;
    const body = JSON.stringify({ ...request, reader: response.reader });
    try {
      const answer = await fetch("/demo/why", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (answer.ok && last === asked) reasons = await answer.json();
    } catch {
      // Without an answer the bar says what the decision itself says.
    }
    redraw();
  };

  document.addEventListener("honestybox:decision", (event) => {
    last = event.detail;
    trouble = "";
    redraw();
    askWhy(last);
  });
  document.addEventListener("honestybox:error", (event) => { trouble = event.detail?.message || "unknown"; redraw(); });

  document.addEventListener("honestybox:opened", ({ detail }) => {
    last = { ...last, response: { ...last.response, access: detail } };
    redraw();
    askWhy(last);
  });

  // This file is read before the page, so that no decision escapes it; the bar itself comes with the page.
  document.addEventListener("DOMContentLoaded", () => {
    const bar = document.getElementById("demo");
    const panel = document.getElementById("demo-why");
    const why = document.getElementById("demo-why-button");
    const toggle = document.getElementById("demo-toggle");

    const element = (tag, text = "", ...children) => {
      const made = document.createElement(tag);
      if (text) made.textContent = text;
      made.append(...children);
      return made;
    };

    const sentence = (reason, response) => (reason === "site_cap" && response.appeals?.length
      ? "One appeal on a page is enough."
      : SENTENCES[reason] || "Nothing here.");

    const stored = (work, otherwise) => {
      try { return work(); } catch { return otherwise; }
    };

    /** Whether the article is open, and how many free ones are left until when. */
    const access = ({ reason, used, allowance, resets_at: resets }) => {
      const day = resets && new Date(resets).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
      const count = allowance === undefined ? "" : ` ${used} of ${allowance} free articles used${day ? `, new ones on ${day}` : ""}.`;
      return [element("dt", "article"), element("dd", "", `${ACCESS[reason]}${count} `, element("code", reason))];
    };

    /** One row per place that was asked about: what is shown there, or why nothing is. */
    const rows = ({ request, response }) => (request?.placements || []).flatMap((place) => {
      const appeal = (response.appeals || []).find((one) => one.placement === place);
      const reason = response.withheld?.[place];
      const told = reasons?.placements[place]?.told;
      if (told) return [element("dt", place), element("dd", "", ...(reason ? [capital(told) + " ", element("code", reason)] : [told]))];
      const said = appeal
        ? element("dd", "", "Shown: ", element("code", appeal.campaign), ", wording ", element("code", appeal.variant))
        : element("dd", "", sentence(reason, response) + " ", element("code", reason || "-"));
      return [element("dt", place), said];
    });

    const capital = (text) => text[0].toUpperCase() + text.slice(1);

    const MARKS = { passed: "✓", chosen: "✓", fits: "✓", refused: "✗", waived: "–", passed_over: "·" };
    const list = (...items) => element("ul", "", ...items);
    const line = (outcome, text, ...more) => element("li", "", element("span", MARKS[outcome]), " " + text, ...more);
    const rules = (checks) => checks.map(({ outcome, told, conditions }) => line(outcome, told, ...(conditions
      ? [list(...conditions.map((one) => line(one.holds ? "passed" : "refused", one.told)))] : [])));

    /** Everything that was compared, folded away: one part for the article and for each place. */
    const details = () => [["article", reasons.access], ...Object.entries(reasons.placements)].map(([name, part]) =>
      element("details", "", element("summary", "How it was decided: " + name), list(
        ...rules(part.rules),
        ...(part.campaigns || []).map((one) => line(one.outcome, "campaign " + one.campaign, list(...rules(one.rules)))),
        ...rules(part.sharing || []),
      )));

    redraw = () => {
      const parts = [element("h2", "Why this page asked, or did not")];
      if (trouble) parts.push(element("p", "The script ran into a problem, and left the page alone: " + trouble));
      if (last) {
        const raw = element("details", "", element("summary", "The whole question and answer"), element("pre", JSON.stringify(last, null, 2)));
        parts.push(element("dl", "", ...access(last.response.access), ...rows(last)), ...(reasons ? details() : []), raw);
      } else if (!trouble) {
        parts.push(element("p", location.hash.startsWith("#honestybox") || document.querySelector("honesty-box")
          ? "Nothing was asked on this page view: it thanked you."
          : "No decision has arrived. Right after a contribution nothing is asked; otherwise the service may be down."));
      }
      panel.replaceChildren(...parts);
    };

    const open = (wanted) => {
      bar.classList.toggle("closed", !wanted);
      toggle.setAttribute("aria-expanded", String(wanted));
      if (!wanted) explain(false);
    };

    const explain = (wanted) => {
      panel.hidden = !wanted;
      why.setAttribute("aria-expanded", String(wanted));
      if (wanted) panel.focus();
    };

    const moveClock = async (how) => {
      await fetch("/demo/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(how) });
      location.reload();
    };

    const forget = () => {
      for (const store of ["localStorage", "sessionStorage"]) {
        stored(() => Object.keys(window[store]).filter((key) => key.startsWith("honestybox:")).forEach((key) => window[store].removeItem(key)));
      }
      location.reload();
    };

    toggle.addEventListener("click", () => {
      const wanted = bar.classList.contains("closed");
      open(wanted);
      stored(() => localStorage.setItem(KEPT_OPEN, wanted ? "open" : "closed"));
    });
    why.addEventListener("click", () => explain(panel.hidden));
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) { explain(false); why.focus(); }
    });
    const held = document.getElementById("held"); // on the Privacy page; the script may not be there yet
    held?.addEventListener("click", () => (window.honestybox ??= { queue: [] }).queue.push("data"));
    document.getElementById("demo-forget").addEventListener("click", forget);
    for (const button of bar.querySelectorAll("[data-days]")) {
      button.addEventListener("click", () => moveClock({ days: Number(button.dataset.days) }));
    }
    bar.querySelector("[data-reset]").addEventListener("click", () => moveClock({ reset: true }));
    const path = document.getElementById("demo-path");
    path.addEventListener("click", () => navigator.clipboard?.writeText(path.dataset.path).then(() => { path.title = "Copied"; }));

    const kept = stored(() => localStorage.getItem(KEPT_OPEN), null);
    open(kept ? kept === "open" : innerWidth >= 1000);
    redraw();
  });
})();
