// The two-choice prompt (S-06): it stays until somebody answers it, here, on the panel or on another page.

import { byId, setText } from "./dom.js";
import { orderAgent } from "./orders.js";
import { say, word } from "./words.js";

const dialog = byId("prompt");
const putOff = new Set(); // agents whose prompt this page was told to show later; it stays on their card
let asked = null;

/** Show the first open prompt of the office; close what was answered elsewhere. */
export function showPrompt(office) {
  const prompted = office.agents.filter((agent) => agent.prompt || agent.status === "off_prompt");
  for (const agent of putOff) if (!prompted.some((open) => open.agent === agent)) putOff.delete(agent);
  if (asked && !prompted.some((open) => open.agent === asked.agent)) {
    asked = null;
    dialog.close();
  }
  const next = prompted.find((open) => !putOff.has(open.agent));
  if (asked || !next) return;
  asked = next;
  setText(byId("prompt-title"), say("prompt.title", { name: asked.name }));
  setText(byId("prompt-why"), say("prompt.why", { reason: word("reason", asked.reason || asked.prompt) }));
  dialog.showModal();
}

function later() {
  if (asked) putOff.add(asked.agent);
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
