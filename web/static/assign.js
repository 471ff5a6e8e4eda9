// A supervisor gives a waiting caller to somebody who is free, and says why (F-45).

import { h, setAttribute, setHidden } from "./dom.js";
import { order } from "./orders.js";
import { callerName, facts, say } from "./words.js";

const supervisors = Object.entries(facts.supervisors);

function make(contact) {
  const options = (list) => list.map(([id, name]) => h("option", { value: id }, name));
  const who = h("select", { name: "supervisor", "aria-label": say("talk.supervisor") }, ...options(supervisors));
  const agent = h("select", { name: "agent", required: true, "aria-label": say("assign.to") });
  const reason = h("input", { name: "reason", required: true, maxlength: 200, placeholder: say("assign.reason"), "aria-label": say("assign.reason") });
  const form = h("form", { class: "asked" }, who, agent, reason, h("button", {}, say("assign.do")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = { supervisor: who.value, agent: agent.value, reason: reason.value };
    await order(`/api/calls/${encodeURIComponent(contact)}/assign`, asked);
  });
  return h("details", { class: "assign" }, h("summary", {}, say("assign.open")), form);
}

/** The cell of one waiting caller; only those who could take a call now are offered. */
export function assign(cell, call, agents) {
  setHidden(cell, supervisors.length === 0);
  if (!supervisors.length) return;
  if (!cell.firstChild) cell.append(make(call.contact));
  setAttribute(cell.firstChild.firstChild, "aria-label", say("assign.open_of", { who: callerName(call) }));
  const free = agents.filter((one) => ["available", "wrap_up"].includes(one.status));
  const select = cell.querySelector("[name=agent]");
  const wanted = free.map((one) => one.agent).join(" ");
  if (select.dataset.of === wanted) return;
  select.dataset.of = wanted;
  const chosen = select.value;
  select.replaceChildren(...free.map((one) => h("option", { value: one.agent }, one.name)));
  if (free.some((one) => one.agent === chosen)) select.value = chosen;
}
