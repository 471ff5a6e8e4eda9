// On an agent's card: a message to a colleague, also during a call (S-21), and a slip about the caller (用件メモ).

import { h, setAttribute, setHidden } from "./dom.js";
import { beginSlip } from "./messages.js";
import { note, order } from "./orders.js";
import { say } from "./words.js";

let office = { agents: [], calls: [] };

async function send(agent, to, field) {
  const text = field.value;
  if (!text.trim()) return;
  if (!(await order("/api/texts", { sender: agent, to: to.value, text, by: agent }))) return;
  if (field.value === text) field.value = "";
  note(say("messages.is_kept"));
}

function fill(to, agent) {
  const others = office.agents.filter((one) => one.agent !== agent);
  if (to.options.length !== others.length)
    to.replaceChildren(...others.map((one) => h("option", { value: one.phone }, `${one.name} · ${one.phone}`)));
}

/** The two of them; the slip is there while the agent has a caller. */
export function makeColleague({ agent, name }) {
  const to = h("select", { "aria-label": say("messages.to_colleague") });
  const field = h("input", { type: "text", maxlength: 500, "aria-label": say("messages.text_of", { name }) });
  const form = h("form", {}, to, field, h("button", {}, say("messages.send")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(agent, to, field);
  });
  const details = h("details", { class: "colleague" }, h("summary", {}, say("messages.to_colleague")), form);
  details.addEventListener("toggle", () => {
    fill(to, agent);
    if (details.open) field.focus();
  });
  const slip = h("button", { type: "button", class: "quiet", hidden: true }, say("new.slip"));
  setAttribute(slip, "aria-label", `${say("new.slip")}: ${name}`);
  slip.addEventListener("click", () => {
    const call = office.calls.find((one) => one.agent === agent);
    if (call) beginSlip(call, agent);
  });
  return h("div", { class: "letters-of" }, details, slip);
}

/** Show what makes sense now. */
export function showColleague(box, { agent }, now) {
  office = now;
  setHidden(box.lastChild, !now.calls.some((one) => one.agent === agent && one.number));
}
