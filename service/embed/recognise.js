/** A supporter who comes with a grant from our page is made known to this browser. */

/** What this browser keeps of the reader, or null; throws where it keeps nothing. */
function kept(key) {
  const token = localStorage.getItem(key);
  localStorage.setItem(key, token || "");
  if (!token) localStorage.removeItem(key);
  return token || null;
}

/**
 * Hands the grant in. It works once, so nothing is sent from a browser that could not keep what it buys.
 *
 * @param {string} grant
 * @param {object} context what the loader lends
 * @returns {Promise<"supporter"|"spent"|"no_storage"|"later">} which words to say
 */
export async function recognise(grant, { site, post, consent }) {
  const key = "honestybox:" + site;
  let reader;
  try {
    if (!consent()) return "no_storage";
    reader = kept(key);
  } catch (refused) {
    return "no_storage";
  }
  try {
    localStorage.setItem(key, (await post("v1/supporters/recognitions", { site, reader, grant })).reader);
    return "supporter";
  } catch (problem) {
    return problem.field === "grant" ? "spent" : "later";
  }
}
