// The two-choice prompt (S-06): it stays until somebody answers it, here, on the panel or on another page.

import { byId, setText } from "./dom.js";
import { orderAgent } from "./orders.js";
import { say, word } from "./words.js";

const dialog = byId("prompt");
const putOff = new Set(); // prompts this page was told to show later; they stay on the agent's card
let asked = null;

const keyOf = (agent) => `${agent.agent} ${agent.since}`;

/** Show the first open prompt of the office; close what was answered elsewhere. */
export function showPrompt(office) {
  const open = office.agents.filter((agent) => agent.status === "off_prompt" && !putOff.has(keyOf(agent)));
  if (asked && !open.some((agent) => keyOf(agent) === keyOf(asked))) {
    asked = null;
    dialog.close();
  }
  if (asked || !open.length) return;
  asked = open[0];
  setText(byId("prompt-title"), say("prompt.title", { name: asked.name }));
  setText(byId("prompt-why"), say("prompt.why", { reason: word("reason", asked.reason || asked.prompt) }));
  dialog.showModal();
}

function later() {
  if (asked) putOff.add(keyOf(asked));
  asked = null;
}

dialog.addEventListener("cancel", later); // Escape
dialog.querySelector("[data-later]").addEventListener("click", () => {
  later();
  dialog.close();
});
for (const button of dialog.querySelectorAll("[data-order]")) {
  button.addEventListener("click", () => asked && orderAgent(asked.agent, button.dataset.order));
}
