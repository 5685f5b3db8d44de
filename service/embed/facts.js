/**
 * What a page says about itself in JSON-LD, OpenGraph and meta tags, as publishers really write them.
 * Where they contradict themselves, tests/browser/article_heads.tsv tells which source is believed, and why.
 */

/** The texts in a JSON-LD value: a string, an object with a name, or a list of either. */
const names = (value) =>
  [value]
    .flat()
    .flatMap((node) => node?.name ?? node)
    .filter((text) => typeof text === "string" && text.trim());

const first = (sources) => sources.find((texts) => texts[0]) ?? [];

/** A lone text may hold a list; among several, a comma belongs to the name: "Prices (Fares, Fees and Rates)". */
const apart = (texts) => (texts[1] ? texts : texts.flatMap((text) => text.split(/,/.test(text) ? "," : ";")));

/** Fit to be sent: one line, ampersands decoded, no half of a surrogate pair (it is not UTF-8), each text once. */
const tidy = (texts) => {
  const kept = {};
  for (const text of texts) {
    const line = text.trim().replace(/&(amp|#0?38);/g, "&").replace(/\s+/g, " ").slice(0, 200).replace(/\p{Cs}/gu, "");
    kept["=" + line.toLowerCase()] ??= line;
  }
  return names(Object.values(kept));
};

/** The first tag's language, script and region; variants choose no appeal. */
const tongue = (text) =>
  Intl.getCanonicalLocales(/^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?\b/i.exec(text.trim().replace(/_/g, "-"))?.[0]);

/** The http addresses among the values, without their fragments. */
const reach = (values, base) =>
  values.flatMap((value) => {
    try {
      const url = new URL(value.trim(), base);
      url.hash = "";
      return /^https?:/.test(url) ? url : [];
    } catch {
      return [];
    }
  });

/** The same for http and https, www and m, with and without the last slash; empty for the home page. */
const path = (url) => url && url.pathname.replace(/\/$/, "") + url.search;

const places = (node) => [node?.url, node?.["@id"], node];

const objects = (value) =>
  [value]
    .flat(Infinity)
    .flatMap((node) =>
      node === Object(node)
        ? [node, ...["@graph", "mainEntity", "mainEntityOfPage", "breadcrumb"].flatMap((key) => objects(node[key]))]
        : []
    );

/** The objects in one block of text, after the usual repairs: CDATA, comments around it, raw line ends, last commas. */
const parse = (block, reviver) => {
  try {
    const text = block
      .replace(/[/*]{0,2} ?(<!(\[CDATA\[|--)|(]]|--)>)[/*]{0,2}|[\0-\x1f]|;\s*$/g, " ")
      .replace(/,\s*(?=[\]}])/g, "");
    return objects(JSON.parse(text, reviver));
  } catch {
    // One unreadable block must not cost us the others; whom it names as author can be read all the same.
    const author = /"author":\s*({[^{}]+})/.exec(block)?.[1];
    return objects(author && { "@type": "WebPage", author: parse(author) });
  }
};

const around = (node) => [node.mainEntityOfPage, node].flatMap(places);

/** Pages carry their neighbours' JSON-LD too: one story of several is ours by its address, or for want of any. */
const told = (stories, here) =>
  stories.filter((node) => {
    const urls = reach(around(node), here);
    return !stories[1] || !urls[0] || urls.some((url) => path(url) === path(here));
  });

/** The last step of a breadcrumb trail that leads neither home nor here. */
const crumb = (trail, here) =>
  [trail.itemListElement]
    .flat()
    .filter((step) => reach(places(step?.item), here).some((url) => path(url) && path(url) !== path(here)))
    .flatMap((step) => names(step.name ?? step.item.name))
    .slice(-1);

const free = (nodes) => nodes.map((node) => node?.isAccessibleForFree).find((value) => value != null);

/**
 * The page's facts, within the limits of `POST /v1/decisions`. What a `data-` attribute of our tag says wins, unless
 * it is empty, as templates leave it. A fact the page is silent about is undefined. Never throws.
 *
 * @param {Document} document
 * @param {Location|URL} location
 * @param {DOMStringMap} [dataset]
 * @returns {{url?: string, section?: string, tags: string[], authors: string[], language?: string, premium: boolean,
 *   type: "article"|"section"|"home"|"other"}}
 */
export function readPage(document, location, dataset = {}) {
  const wanted = (key) => names(dataset[key]);
  const find = (selector) => [...document.querySelectorAll(selector)];
  const metas = find("meta[content]").map((node) => [
    node.getAttribute("property") || node.name || node.httpEquiv,
    node.content
  ]);
  const meta = (key) => metas.flatMap(([name, text]) => (RegExp(key + "$", "i").test(name) ? names(text) : []));
  const nodes = find("script[type*=ld\\+json]").flatMap((node) => parse(node.textContent));
  const typed = (type) => nodes.filter((node) => names(node["@type"]).some((text) => type.test(text)));

  const stories = typed(/(Article|BlogPosting|Report|Review|Recipe)$/i);
  const links = [...find("link[rel~=canonical]").map((node) => node.getAttribute("href")), ...meta("og:url")];
  const [here] = [
    ...reach(wanted("url"), location.href),
    ...reach([...links, ...stories.flatMap(around)]),
    ...reach([...links, location.href], document.baseURI)
  ];
  const story = told(stories, here);
  const pages = [...story, ...typed(/WebPage$/i)];
  const said = (key, among = story) => first(among.map((node) => names(node[key])));
  const person = (value) =>
    nodes.find((node) => node.name && node["@id"] && node["@id"] === (value?.["@id"] ?? value)) ?? value;

  const sections = [
    ...wanted("section"),
    ...meta("article:section"),
    ...apart(said("articleSection")),
    ...said("category"),
    ...typed(/BreadcrumbList$/).flatMap((trail) => crumb(trail, here)),
    ...meta("(section|category|categories)")
  ];
  const tags = [
    apart(wanted("tags")),
    [...meta("article:tag"), ...apart(said("keywords"))],
    ...["news_keywords", "tags", "keywords"].map((key) => apart(meta(key)))
  ];
  const authors = [
    apart(wanted("authors")),
    ...pages.map((node) => names([node.author].flat().map(person))),
    ...["article:author", ".author", "author"].map(meta)
  ].map((texts) => names(texts.map((text) => text.replace(/^(https?:.*|(by|von|por|par) )/i, ""))));
  const languages = [
    ...wanted("language"),
    document.documentElement.lang,
    ...said("inLanguage", pages),
    ...meta("og:locale"),
    ...meta("language")
  ];
  const types = [
    ...wanted("type"),
    path(here) === "" && "home",
    story[0] && "article",
    typed(/(CollectionPage|ItemList)$/)[0] && "section",
    // Plug-ins call every page of a site an article; one that they know as a mere web page is none for that alone.
    (!pages[0] || [sections, tags, authors].flat(2)[0]) && /article/i.test(meta("og:type")) && "article",
    "other"
  ];
  // A part for subscribers makes no premium article of one that says of itself that it is free.
  const open = free(story) ?? free(story.flatMap((node) => node.hasPart));
  const [paid] = wanted("premium");
  return {
    url: here?.href.slice(0, 2000),
    section: tidy(sections.filter((text) => text.length < 100))[0], // longer is the abstract, put in the wrong place
    tags: tidy(first(tags)).slice(0, 50),
    authors: tidy(first(authors)).slice(0, 20),
    language: languages.flatMap(tongue)[0],
    premium: paid
      ? !/^[fn0]/i.test(paid)
      : open === false || /false|metered|locked/i.test([...names(open), ...meta("content_tier")]),
    type: types.find((type) => /^(article|section|home|other)$/.test(type))
  };
}

/**
 * The page, and the visit to it: where it came from, on what, and what the tag says about the reader. What the tag is
 * silent about is undefined, and so is not sent.
 *
 * data-signed-in     "true" or "false"
 * data-attributes    a JSON object of texts, as {"plan": "basic"}
 * data-newsletters   the newsletters that the reader has, as "weekly, daily"
 *
 * @param {DOMStringMap} dataset
 */
export function readFacts(dataset) {
  const page = readPage(document, location, dataset);
  const query = new URLSearchParams(location.search);
  const utm = Object.fromEntries([...query].flatMap(([name, value]) =>
    (/^utm_\w{1,20}$/.test(name) ? [[name.slice(4), value.slice(0, 200)]] : [])));
  const width = innerWidth;
  const newsletters = tidy(apart(names(dataset.newsletters)));
  return {
    page,
    visit: {
      referrer: document.referrer.slice(0, 2000), utm, width,
      device: width < 600 ? "phone" : width < 1400 && matchMedia("(pointer:coarse)").matches ? "tablet" : "desktop",
      signed_in: { true: true, false: false }[dataset.signedIn],
      attributes: parse(dataset.attributes, (name, value) => (name ? tidy([value + ""])[0] : value))[0],
      newsletters: newsletters[0] && newsletters
    },
    preview: query.get("honestybox-preview") ?? undefined,
    // Only an article has a place for the latter two; asked for elsewhere, they would win and be shown nowhere.
    placements: ["banner", "overlay", "inline", "gate"].slice(0, page.type === "article" ? 4 : 2)
  };
}
