// What nobody of the team has seen yet (新着): calls that nobody took, voicemails, texts. One who sees to it clears it for all.

import { byId, h, setAttribute, setText, table } from "./dom.js";
import { openThread, whoAmI } from "./messages.js";
import { ask, order } from "./orders.js";
import { newHere, scoped } from "./scope.js";
import { wallDate } from "./time.js";
import { callerName, queueName, say, word } from "./words.js";

const MOST = 50;

let seen = null;
let spoken = null;

async function see(item) {
  await order("/api/new/see", { kind: item.kind, id: item.id, by: whoAmI() });
  await loadNew();
}

const whoOf = (item) => callerName({ name: item.kind === "text" ? "" : item.name, number: item.number });

function bodyOf(item) {
  if (item.kind === "call") return word("outcome", item.body);
  return item.kind === "text" ? item.body : "";
}

const newTable = table("new", {
  began: (cell, item) => setText(cell, wallDate(item.wall)),
  kind: (cell, item) => setText(cell, say(`new.${item.kind === "text" && item.name === "slip" ? "slip" : item.kind}`)),
  caller: (cell, item) => setText(cell, whoOf(item)),
  queue: (cell, item) => setText(cell, queueName(item.queue)),
  text: (cell, item) => setText(cell, bodyOf(item)),
  handled: (cell, item) => {
    const what = `${item.kind} ${item.id}`;
    if (cell.dataset.of === what) return;
    cell.dataset.of = what;
    const read = h("button", { type: "button", class: "quiet", onclick: () => openThread(item.id) }, say("messages.open"));
    const done = h("button", { type: "button", class: "quiet", onclick: () => see(item) }, say("voicemail.see_to"));
    setAttribute(done, "aria-label", say("new.see_to_of", { who: whoOf(item) }));
    cell.replaceChildren(...(item.kind === "text" ? [read] : []), done);
  },
});

/** Ask for what is new, and show it. */
export async function loadNew() {
  const said = await ask(scoped(`/api/new?limit=${MOST}`));
  if (said) newTable(said.items.map((item, place) => ({ ...item, place })), (item) => `${item.kind} ${item.id} ${item.wall}`);
}

/** How much is new is live; the list follows when that changes. */
export function showNew(office) {
  const here = newHere(office);
  const count = here.calls + here.voicemails + here.texts;
  setText(byId("new-count"), count ? say("new.count", { count }) : "");
  setText(byId("voicemail-new"), here.voicemails ? say("new.count", { count: here.voicemails }) : "");
  setText(byId("messages-new"), here.texts ? say("new.count", { count: here.texts }) : "");
  if (spoken !== null && count > spoken) setText(byId("said"), say("new.came", { count }));
  spoken = count;
  const state = JSON.stringify([here, office.texts]);
  if (state === seen) return;
  seen = state;
  loadNew();
}
