// What callers left behind: promises to call back, and messages with their player.

import { byId, h, icon, setAttribute, setHidden, setText, table } from "./dom.js";
import { whoAmI } from "./messages.js";
import { caller, nameOf } from "./office.js";
import { ask, note, order } from "./orders.js";
import { scope, scoped } from "./scope.js";
import { clockface, still, tick, wallDate } from "./time.js";
import { callerName, queueName, say, word } from "./words.js";

const MOST = 50;

let office = { agents: [], callbacks: [] };
let unkept = [];

function button(label, name, work) {
  return h("button", { type: "button", class: "quiet", onclick: work }, icon(name), label);
}

async function cancel(promise) {
  if (await order(`/api/callbacks/${encodeURIComponent(promise.contact)}/cancel`)) note(say("page.done"));
}

const callbacksTable = table("callbacks", {
  position: (cell, promise) => setText(cell, promise.position || say("page.nobody")),
  caller,
  waited: (cell, promise) => (promise.ended ? still(cell, wallDate(promise.arrived)) : tick(cell, promise.since)),
  queue: (cell, promise) => setText(cell, queueName(promise.queue)),
  promise: (cell, promise) => setText(cell, promise.ended ? say("callback.by_hand") : say(`callback.${promise.origin}`)),
  state: (cell, promise) => setText(cell, word("promise", promise.state)),
  tries: (cell, promise) => setText(cell, promise.tries ?? say("page.nobody")),
  retry: (cell, promise) => {
    if (promise.retry_at) tick(cell, promise.retry_at, { until: true });
    else still(cell);
  },
  cancel: (cell, promise) => {
    const isOver = Boolean(promise.ended);
    cell.parentElement.classList.toggle("new", isOver);
    if (cell.dataset.over === String(isOver)) return;
    cell.dataset.over = isOver;
    const made = isOver
      ? button(say("voicemail.see_to"), "available", () => seeToCallback(promise))
      : button(say("callback.cancel"), "hang_up", () => cancel(promise));
    const label = isOver ? "callback.see_to_of" : "callback.cancel_of";
    setAttribute(made, "aria-label", say(label, { who: callerName(promise) }));
    cell.replaceChildren(made);
  },
});

async function seeToCallback(call) {
  if (await order(`/api/callbacks/${encodeURIComponent(call.contact)}/handled`, { by: whoAmI() })) await loadLeft();
}

function showCallbacks() {
  const ours = unkept.filter((call) => !scope() || call.queue === scope());
  const rows = [...ours.map((call) => ({ ...call, state: call.why })), ...office.callbacks];
  callbacksTable(rows, (promise) => promise.contact);
}

async function seeTo(message) {
  if (await order(`/api/voicemails/${encodeURIComponent(message.recording)}/handled`, { by: whoAmI() })) await loadLeft();
}

const voicemailTable = table("voicemail", {
  began: (cell, message) => setText(cell, wallDate(message.began)),
  caller,
  box: (cell, message) => setText(cell, queueName(message.box)),
  length: (cell, message) => setText(cell, clockface(message.seconds)),
  player: (cell, message) => {
    if (!cell.firstChild)
      cell.append(
        h("audio", { controls: true, preload: "none", src: `/voicemails/${encodeURIComponent(message.recording)}` }),
      );
    setAttribute(cell.firstChild, "aria-label", say("voicemail.play_of", { who: callerName(message) }));
  },
  handled: (cell, message) => {
    if (!cell.firstChild) cell.append(button(say("voicemail.see_to"), "available", () => seeTo(message)), h("span"));
    setHidden(cell.firstChild, Boolean(message.handled_by));
    const who = message.handled_by ? nameOf(office, message.handled_by) : "";
    setText(cell.lastChild, who ? say("voicemail.handled", { who, when: wallDate(message.handled) }) : "");
    cell.parentElement.classList.toggle("new", !message.handled_by);
  },
});

/** Show the promises of this office. */
export function showExits(now) {
  office = now;
  showCallbacks();
}

/** Ask for messages, and for callbacks that came to nothing, and show them. */
export async function loadLeft() {
  const [said, failed] = await Promise.all([
    ask(scoped(`/api/voicemails?limit=${MOST}`)),
    ask(`/api/callbacks/unkept?limit=${MOST}`),
  ]);
  if (failed) unkept = failed.calls;
  showCallbacks();
  if (said) voicemailTable(said.voicemails, (message) => message.recording);
}
