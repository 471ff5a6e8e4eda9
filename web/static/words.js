// The page's words and the facts that do not change, both written into the page by the server.

const read = (id) => JSON.parse(document.getElementById(id).textContent);

export const facts = read("facts");
const strings = read("strings");

/** The sentence of a key, `{names}` filled in. */
export function say(key, words = {}) {
  const text = strings[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

/** The word for a code the desk sent, or the code itself when it is one we do not know. */
export function word(group, code) {
  return strings[`${group}.${code}`] ?? String(code).replaceAll("_", " ");
}

export const queueName = (queue) => facts.queues[queue] ?? queue;
export const callerName = ({ name, number }) => [name, number].filter(Boolean).join(" · ") || say("call.unknown");
