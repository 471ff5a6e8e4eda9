// The demo's desk: the panel's buttons and lamps, callers from outside, and what the simulated agents do.

import { byId, follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { note, order } from "./orders.js";
import { digits, panelButton, showLamp, tellLamp } from "./press.js";
import { say } from "./words.js";

function make({ seat, agent }) {
  const item = h("li", { class: "seat" }, panelButton(seat), h("p", { class: "name" }), h("p", { class: "meaning" }));
  const choose = (event) => order("/api/demo/behave", { agent, behaviour: event.target.value });
  if (agent) item.append(h("label", {}, say("demo.when_ringing_short"), h("select", { onchange: choose })));
  return item;
}

const BEHAVIOURS = ["answer", "decline", "ignore"];

function update(item, lamp, office) {
  const name = office.agents.find((agent) => agent.agent === lamp.agent)?.name ?? say("demo.dark");
  const [button, label, text, phone] = item.children;
  showLamp(button, lamp, name);
  setText(label, name);
  tellLamp(text, lamp);
  if (!phone) return;
  const choice = phone.querySelector("select");
  setAttribute(choice, "aria-label", say("demo.when_ringing", { name }));
  const behaviour = office.behaviours[lamp.agent];
  setHidden(phone, behaviour === undefined);
  if (!choice.options.length) choice.append(...BEHAVIOURS.map((value) => h("option", { value }, say(`demo.${value}`))));
  if (document.activeElement !== choice && behaviour) choice.value = behaviour;
}

/** Show the desk of one office; does nothing outside the demo. */
export function showDesk(office) {
  const seats = byId("seats");
  if (seats)
    follow(
      seats,
      office.lamps,
      (lamp) => lamp.seat,
      make,
      (item, lamp) => update(item, lamp, office),
    );
}

/** Wire the demo's buttons, when this is the demo. */
export function startDemo() {
  if (!byId("desk")) return;
  digits("body");
  for (const button of document.querySelectorAll("[data-outside]")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      const said = await order(`/api/demo/${button.dataset.outside}`);
      button.disabled = false;
      button.focus();
      if (said) note(said.message || say("page.done"));
    });
  }
}
