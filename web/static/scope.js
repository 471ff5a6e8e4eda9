// Whose views are shown (S-22, S-23): everybody's, or those of one queue or ring group. The same sections follow the choice.

import { byId, follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { facts, queueName, say } from "./words.js";

const KEY = "deskbell.scope";

let chosen = sessionStorage.getItem(KEY) ?? "";
if (chosen && !(chosen in facts.queues)) chosen = "";
let changed = () => {};

/** The queue that is shown, "" for everybody's. */
export const scope = () => chosen;

/** `&queue=...` for lists that are asked for. */
export const scoped = (path) => (chosen ? `${path}&queue=${encodeURIComponent(chosen)}` : path);

/** What is new in the views shown, by kind. */
export function newHere(office) {
  const found = chosen ? [office.news[chosen]] : Object.values(office.news);
  const total = { calls: 0, voicemails: 0, texts: 0 };
  for (const of of found.filter(Boolean)) for (const kind of Object.keys(total)) total[kind] += of[kind];
  return total;
}

/** The part of an office that is shown; `whole` is all of it, for names and for callers of other queues. */
export function inScope(office) {
  if (!chosen) return { ...office, whole: office };
  const ours = (one) => one.queue === chosen;
  return {
    ...office,
    whole: office,
    waiting: office.waiting.filter(ours),
    calls: office.calls.filter(ours),
    callbacks: office.callbacks.filter(ours),
    agents: office.agents.filter((agent) => (facts.members[agent.agent] ?? []).includes(chosen)),
  };
}

const sum = (of) => (of ? of.calls + of.voicemails + of.texts : 0);

function choose(queue) {
  chosen = queue;
  sessionStorage.setItem(KEY, queue);
  changed();
}

function make(queue) {
  return h("button", { type: "button", class: "quiet", onclick: () => choose(queue.id) }, h("span"), h("span", { class: "count" }));
}

function update(button, queue) {
  setText(button.firstChild, queue.name);
  setText(button.lastChild, queue.count);
  setHidden(button.lastChild, queue.count === 0);
  setAttribute(button, "aria-label", queue.count ? `${queue.name}: ${say("new.count", { count: queue.count })}` : queue.name);
  setAttribute(button, "aria-pressed", String(queue.id === chosen));
}

/** The choice, each with how much is new there. */
export function showScope(office) {
  const queues = Object.keys(facts.queues).map((id) => ({
    id,
    name: facts.groups.includes(id) ? say("scope.group", { name: queueName(id) }) : queueName(id),
    count: sum(office.news[id]),
  }));
  const everybody = { id: "", name: say("scope.all"), count: Object.values(office.news).reduce((so, of) => so + sum(of), 0) };
  follow(byId("scope-choice"), [everybody, ...queues], (queue) => `q${queue.id}`, make, update);
  setText(byId("scope-title"), say("scope.title", { name: chosen ? queueName(chosen) : say("scope.all") }));
}

/** Call `again` whenever another queue was chosen. */
export function onScope(again) {
  changed = again;
}
