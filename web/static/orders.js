// Orders to the desk, and the short notes that say how they went.

import { byId } from "./dom.js";
import { say } from "./words.js";

const PATIENCE_MS = 15000;

let gone;

/** A note at the foot of the page; read aloud politely. */
export function note(text, bad = false) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.classList.toggle("bad", bad);
  toast.hidden = false;
  clearTimeout(gone);
  gone = setTimeout(() => (toast.hidden = true), 6000);
}

export const toLogin = () => location.assign("/login");

/** Order something; returns the answer, or null after a note that says why not. */
export async function order(path, asked = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    note(say("page.unreached"), true);
    return null;
  }
  if (answer.status === 401) return toLogin();
  const said = await answer.json();
  if (!answer.ok) {
    note(said.message || say("page.failed"), true);
    return null;
  }
  return said;
}

/** Fetch JSON; null when the box does not answer. Somebody who waits for it is told why not. */
export async function ask(path, { isAwaited = false } = {}) {
  try {
    const answer = await fetch(path);
    if (answer.status === 401) return toLogin();
    if (answer.ok) return await answer.json();
    if (isAwaited) note((await answer.json()).message || say("page.failed"), true);
  } catch {
    if (isAwaited) note(say("page.unreached"), true);
  }
  return null;
}

export const orderAgent = (agent, name) => order(`/api/agents/${encodeURIComponent(agent)}/${name}`);

export const orderPrivacy = (agent, queue, name) =>
  order(`/api/agents/${encodeURIComponent(agent)}/queues/${encodeURIComponent(queue)}/${name}`);
