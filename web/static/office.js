// What is live besides the agents: figures, hold queue, conversations, lines and alarms.

import { assign } from "./assign.js";
import { direction } from "./callfrom.js";
import { byId, follow, h, icon, setAttribute, setHidden, setText, table } from "./dom.js";
import { order } from "./orders.js";
import { still, tick } from "./time.js";
import { facts, queueName, say, word } from "./words.js";

const nameOf = (office, agent) => (office.whole ?? office).agents.find((known) => known.agent === agent)?.name ?? facts.supervisors[agent] ?? agent;

function caller(cell, { name, number, callback = "" }) {
  if (!cell.firstChild)
    cell.append(h("span", { class: "name" }), h("span", { class: "number" }), h("span", { class: "note" }));
  const [named, numbered, promised] = cell.children;
  setText(named, name || (number ? "" : say("call.unknown")));
  setText(numbered, number);
  setText(promised, callback ? say(`callback.${callback}`) : "");
  setHidden(promised, !callback);
}

/** The queue that a call is for, or goes out as. */
const identity = ({ queue }) => (queue ? queueName(queue) : say("callfrom.personal"));

let office;

const queueTable = table("queue", {
  position: (cell, call) => setText(cell, call.priority ? say("call.priority", call) : call.position),
  caller,
  waited: (cell, call) => tick(cell, call.since),
  queue: (cell, call) => setText(cell, queueName(call.queue)),
  origin: (cell, call) => setText(cell, word("origin", call.origin)),
  offered_to: (cell, call) => setText(cell, call.offered_to ? nameOf(office, call.offered_to) : say("page.nobody")),
  assign: (cell, call) => assign(cell, call, office.whole.agents),
});

const liveTable = table("live", {
  caller,
  agent: (cell, call) => setText(cell, call.agent ? nameOf(office, call.agent) : say("page.nobody")),
  duration: (cell, call) =>
    tick(cell, call.since, { frame: (time) => (call.talking ? time : `${say(call.outgoing ? "call.calling" : "call.ringing")} ${time}`) }),
  queue: (cell, call) => setText(cell, identity(call)),
  origin: (cell, call) => setText(cell, direction(call.outgoing, word("origin", call.origin))),
  recording: (cell, call) => {
    if (!cell.firstChild)
      cell.append(
        h("span", { class: "note recording" }, icon("recording"), h("span", {}, say("status.recording"))),
        h("span"),
      );
    setHidden(cell.firstChild, !call.recording);
    setText(cell.lastChild, call.recording ? "" : say("status.not_recording"));
  },
});

function showTiles() {
  const { waiting, agents } = office;
  setText(byId("tile-waiting"), waiting.length);
  byId("tile-waiting").parentElement.classList.toggle("busy", waiting.length > 0);
  const longest = Math.min(...waiting.map((call) => call.since));
  if (waiting.length) tick(byId("tile-longest"), longest);
  else still(byId("tile-longest"), "–");
  setText(byId("tile-available"), agents.filter((agent) => agent.status === "available").length);
  setText(byId("tile-talking"), agents.filter((agent) => agent.status.endsWith("on_call")).length);
  document.title = document.title.replace(/^(\(\d+\) )?/, waiting.length ? `(${waiting.length}) ` : "");
}

function makeLine() {
  return h(
    "li",
    { class: "line" },
    h("div", { class: "badge" }, icon("line")),
    h("div", {}, h("h3"), h("p", { class: "number" })),
    h("strong", { class: "chip" }),
    h("span", { class: "for", role: "timer", "aria-live": "off" }),
    h("p", { class: "fault" }),
    h("details", { class: "figures" }, h("summary", {}, say("line.figures")), h("p")),
    h("button", { type: "button", class: "quiet check" }, say("line.check")),
    h("ul", { class: "findings", role: "list" }),
  );
}

function figuresOf({ erle_db, drift_ppm, hang_ups, ...figures }) {
  const ended = hang_ups.map(([rule, count]) => `${rule} ${count}`).join(", ");
  return say("line.figures_told", { ...figures, erle: erle_db ?? "–", drift: drift_ppm ?? "–", hang_ups: ended || "–" });
}

/** Have the line examined (`asked`: check or forget-tones) and show what was found, in the page's language. */
async function examine(line, button, list, asked = "check") {
  button.disabled = true;
  list.replaceChildren(h("li", {}, say("line.checking")));
  const found = await order(`/api/lines/${encodeURIComponent(line)}/${asked}`);
  list.replaceChildren(...(found?.findings ?? []).map((one) => finding(one, () => examine(line, button, list, "forget-tones"))));
  button.disabled = false;
}

/** One thing that was found; tones that the line has learnt can be forgotten there and then. */
function finding(one, forget) {
  const item = h("li", { class: one.is_well ? "" : "bad" }, one[document.documentElement.lang] ?? one.en);
  if (one.what === "learnt_tones") {
    const button = h("button", { type: "button", class: "quiet forget" }, say("line.forget_tones"));
    button.onclick = forget;
    item.append(" ", button);
  }
  return item;
}

function lineLook({ state, alarm }) {
  if (alarm || state === "fault" || state === "down") return "fault";
  return state === "idle" || state === "guard" ? "ready" : "busy";
}

function updateLine(item, line) {
  const [, text, chip, time, fault, figures, button, list] = item.children;
  button.onclick ??= () => examine(line.line, button, list);
  setHidden(button, line.state !== "idle" && !button.disabled);
  setText(text.firstChild, say("line.name", { line: line.line.replace(/^line[-_ ]?/i, "") }));
  setText(text.lastChild, line.number);
  setText(chip, word("line", line.state));
  setAttribute(item, "data-status", lineLook(line));
  if (line.since) tick(time, line.since);
  else still(time);
  setText(fault, line.alarm);
  setHidden(fault, !line.alarm);
  setHidden(figures, !line.figures?.calls);
  if (line.figures) setText(figures.lastChild, figuresOf(line.figures));
}

function showAlarms() {
  follow(
    byId("alarms").querySelector("ul"),
    office.alarms,
    (text) => text,
    (text) => h("li", {}, text),
    () => {},
  );
  setHidden(byId("alarms"), office.alarms.length === 0);
}

/** Show one office. */
export function showOffice(now) {
  office = now;
  showTiles();
  queueTable(office.waiting, (call) => call.contact);
  liveTable(office.calls, (call) => call.contact);
  follow(byId("lines-list"), office.lines, (line) => line.line, makeLine, updateLine);
  setHidden(byId("lines-empty"), office.lines.length > 0);
  showAlarms();
}

export { caller, identity, nameOf };
