// All calls and recordings: lists asked for when the office has moved on, never oftener than needed.

import { byId, h, icon, setAttribute, setHidden, setText, table } from "./dom.js";
import { direction } from "./callfrom.js";
import { loadLeft } from "./exits.js";
import { caller, identity, nameOf } from "./office.js";
import { ask } from "./orders.js";
import { scoped } from "./scope.js";
import { clockface, wallDate } from "./time.js";
import { callerName, say, word } from "./words.js";

const PAGE = 25;
const MOST = 200;

let limit = PAGE;
let office = { agents: [] };
let calls = [];
let seen = null;

function playButtons(cell, call) {
  if (cell.dataset.of === call.recordings.join()) return;
  cell.dataset.of = call.recordings.join();
  const label = say("call.play_of", { who: callerName(call) });
  cell.replaceChildren(
    ...call.recordings.map((id) =>
      h(
        "button",
        { type: "button", class: "quiet play", "aria-label": label, onclick: () => play(id) },
        icon("play"),
        say("call.play"),
      ),
    ),
  );
}

/** How it ended; of a call out that reached nobody, why not. */
function ended({ outcome, why }) {
  const key = `outcome.not_reached_${why}`;
  return outcome === "not_reached" && say(key) !== key ? say(key) : word("outcome", outcome);
}

const live = (call) => say(call.agent ? "call.live" : call.placed_by ? "call.calling" : "call.waiting");

const callsTable = table("calls", {
  arrived: (cell, call) => setText(cell, wallDate(call.arrived)),
  caller,
  queue: (cell, call) => setText(cell, identity(call)),
  origin: (cell, call) => setText(cell, direction(call.placed_by, word("origin", call.origin))),
  waited: (cell, call) => setText(cell, clockface(call.waited_s)),
  talked: (cell, call) => setText(cell, call.talked_s ? clockface(call.talked_s) : say("page.nobody")),
  agent: (cell, call) => setText(cell, nameOf(office, call.agent || call.placed_by) || say("page.nobody")),
  outcome: (cell, call) => {
    setText(cell, call.ended ? ended(call) : live(call));
    setAttribute(cell, "title", call.evidence ? word("evidence", call.evidence) : "");
  },
  recording: playButtons,
});

function lengthOf({ seconds, cause }) {
  if (!seconds && !cause) return say("status.recording"); // still being written
  return cause ? `${clockface(seconds)} (${cause})` : clockface(seconds);
}

const recordingsTable = table("recordings", {
  began: (cell, item) => setText(cell, wallDate(item.began)),
  caller: (cell, item) =>
    caller(cell, calls.find((call) => call.contact === item.contact) ?? { name: "", number: item.contact }),
  agent: (cell, item) => setText(cell, item.agent ? nameOf(office, item.agent) : say("page.nobody")),
  length: (cell, item) => {
    setText(cell, lengthOf(item));
    if (item.trimmed) cell.title = say("call.trimmed", { s: item.trimmed.toFixed(1) });
  },
  player: (cell, item) => {
    if (!cell.firstChild)
      cell.append(
        h("audio", { controls: true, preload: "none", src: `/recordings/${encodeURIComponent(item.recording)}` }),
      );
    const call = calls.find((known) => known.contact === item.contact);
    setAttribute(cell.firstChild, "aria-label", say("call.play_of", { who: call ? callerName(call) : item.contact }));
  },
});

async function play(id) {
  const find = () => byId("recordings-table").querySelector(`tr[data-key="${CSS.escape(id)}"] audio`);
  if (!find()) {
    limit = MOST;
    await load();
  }
  find()?.scrollIntoView({ block: "center" });
  find()?.focus();
  await find()?.play();
}

/** Ask for the lists and show them. */
export async function load() {
  const [said, heard] = await Promise.all([ask(scoped(`/api/calls?limit=${limit}`)), ask(scoped(`/api/recordings?limit=${limit}`))]);
  if (said) {
    calls = said.calls;
    callsTable(calls, (call) => call.contact);
    setHidden(byId("calls-more"), calls.length < limit || limit >= MOST);
  }
  if (heard) recordingsTable(heard.recordings, (item) => item.recording);
  await loadLeft();
}

let soon;
let later;

/** The office has a new state: the lists follow shortly, and once more when recordings have been closed. */
export function follows(now) {
  office = now;
  if (now.seq === seen) return;
  seen = now.seq;
  clearTimeout(later);
  soon ??= setTimeout(() => {
    soon = undefined;
    load();
  }, 300);
  later = setTimeout(load, 2500);
}

byId("calls-more").addEventListener("click", () => {
  limit = Math.min(MOST, limit + PAGE);
  load();
});
