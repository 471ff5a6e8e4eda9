// Beside a call, on the agent's card: recording, note and code, and supervisors who take part.

import { h, setAttribute, setHidden, setText } from "./dom.js";
import { order } from "./orders.js";
import { facts, say } from "./words.js";

const SAVE_MS = 2000;
const MODES = ["listen", "whisper", "barge", "take_over"];

const path = (agent, what) => `/api/agents/${encodeURIComponent(agent)}/${what}`;
const callPath = (contact, what) => `/api/calls/${encodeURIComponent(contact)}/${what}`;

/** The note is saved as it is typed, without a button (S-21). */
function noteField(agent) {
  let waiting;
  const save = async () => {
    clearTimeout(waiting);
    const { contact } = area.dataset;
    const text = area.value;
    const isSaved = !contact || (await order(callPath(contact, "note"), { text })) !== null;
    if (isSaved && area.value === text) delete area.dataset.unsaved; // else it stays as typed, and goes with the next key
  };
  const area = h("textarea", { rows: 2, maxlength: 4000, "aria-label": say("talk.note_of", { name: agent.name }) });
  area.placeholder = say("talk.note");
  area.addEventListener("input", () => {
    area.dataset.unsaved = "";
    clearTimeout(waiting);
    waiting = setTimeout(save, SAVE_MS);
  });
  area.addEventListener("change", save);
  return area;
}

function codeField(agent) {
  const choose = h("select", { "aria-label": say("talk.code_of", { name: agent.name }) });
  choose.addEventListener("change", () => {
    const { contact, queue } = choose.dataset;
    if (choose.value) order(callPath(contact, "code"), { code: choose.value, queue });
  });
  return choose;
}

function supervise(agent) {
  const who = h("select", { "aria-label": say("talk.supervisor") });
  for (const [id, name] of Object.entries(facts.supervisors)) who.append(h("option", { value: id }, name));
  const ask = (mode) => order(path(agent.agent, "coach"), { supervisor: who.value, mode });
  const buttons = MODES.map((mode) =>
    h("button", { type: "button", class: "quiet", onclick: () => ask(mode) }, say(`talk.${mode}`)),
  );
  return h("details", { class: "supervise" }, h("summary", {}, say("talk.supervise")), who, ...buttons);
}

/** The parts of a card, hidden until there is a call. */
export function makeTalk(agent) {
  const pause = h("button", { type: "button", class: "quiet" });
  pause.addEventListener("click", () =>
    order(path(agent.agent, "recording"), { paused: pause.getAttribute("aria-pressed") !== "true" }),
  );
  return h("div", { class: "talk", hidden: true }, pause, noteField(agent), codeField(agent), supervise(agent));
}

/** What the call needs now; after it, in wrap-up, note and code still belong to it. */
export function showTalk(talk, agent, calls) {
  const [pause, area, choose, coach] = talk.children;
  const isOver = agent.status === "wrap_up";
  const contact = isOver ? agent.last_contact : agent.contact;
  const call = calls.get(contact);
  setHidden(talk, !contact || !(isOver || call?.talking));
  setHidden(pause, isOver || !(agent.may_pause || agent.paused));
  setAttribute(pause, "aria-pressed", String(agent.paused));
  setText(pause, say(agent.paused ? "talk.resume" : "talk.pause"));
  const isOurs = area.dataset.unsaved !== undefined || document.activeElement === area;
  if (area.dataset.contact !== contact) {
    if (area.dataset.unsaved !== undefined) order(callPath(area.dataset.contact, "note"), { text: area.value });
    delete area.dataset.unsaved;
    area.dataset.contact = contact;
    area.value = call?.note ?? "";
  } else if (call && !isOurs && area.value !== call.note) area.value = call.note;
  showCodes(choose, contact, call);
  setHidden(coach, isOver || Object.keys(facts.supervisors).length === 0);
}

function showCodes(choose, contact, call) {
  if (call && (choose.dataset.contact !== contact || choose.dataset.queue !== call.queue)) {
    choose.dataset.contact = contact;
    choose.dataset.queue = call.queue;
    const codes = Object.entries(facts.codes[call.queue] ?? {});
    choose.replaceChildren(h("option", { value: "" }, say("talk.code")));
    for (const [code, meaning] of codes) choose.append(h("option", { value: code }, `${code} ${meaning}`));
  }
  if (call && document.activeElement !== choose) choose.value = call.code;
  setHidden(choose, choose.dataset.contact !== contact || choose.options.length < 2);
}

/** What there is to say about the recording and who else is there. */
export function talkNotes(agent) {
  const found = [];
  if (agent.recording) found.push(["recording", say("status.recording")]);
  if (agent.paused) found.push(["recording", say("talk.paused")]);
  if (agent.status === "on_call" && agent.unrecorded) found.push(["off", say(`talk.unrecorded_${agent.unrecorded}`)]);
  if (agent.coach) {
    const name = facts.supervisors[agent.coach] ?? agent.coach;
    found.push(["coach", say(`talk.coached_${agent.coach_mode}`, { name })]);
  } else if (agent.help_asked) found.push(["coach", say("talk.help")]);
  return found;
}
