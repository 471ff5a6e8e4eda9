// The demo's desk: the panel's buttons and lamps, callers from outside, and what the simulated agents do.

import { byId, follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { shine } from "./lamp.js";
import { note, order } from "./orders.js";
import { say } from "./words.js";

const SYNTHETIC_PRESS_S = 0.2; // what a screen reader's "activate" means
const held = new Map(); // seat → when it went down

function down(seat, button) {
  if (held.has(seat)) return;
  held.set(seat, performance.now());
  button.classList.add("down");
}

function up(seat, button, counts = true) {
  const from = held.get(seat);
  held.delete(seat);
  button.classList.remove("down");
  if (from === undefined || !counts) return;
  order("/api/demo/press", { seat, held_s: Math.max(0.02, (performance.now() - from) / 1000) });
}

const isPress = (event) => event.key === " " || event.key === "Enter";

function pressable(button, seat) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    down(seat, button);
  });
  button.addEventListener("pointerup", () => up(seat, button));
  button.addEventListener("pointercancel", () => up(seat, button, false));
  button.addEventListener("keydown", (event) => {
    if (!isPress(event)) return;
    event.preventDefault();
    if (!event.repeat) down(seat, button);
  });
  button.addEventListener("keyup", (event) => {
    if (!isPress(event)) return;
    event.preventDefault();
    up(seat, button);
  });
  button.addEventListener("blur", () => up(seat, button, false));
  button.addEventListener("click", (event) => {
    if (event.detail === 0) order("/api/demo/press", { seat, held_s: SYNTHETIC_PRESS_S });
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}

function make({ seat, agent }) {
  const button = h(
    "button",
    { type: "button", class: "press", "data-seat": seat },
    h("span", { class: "lamp" }),
    h("span", { class: "cap", "aria-hidden": "true" }, String(seat)),
  );
  pressable(button, seat);
  const item = h("li", { class: "seat" }, button, h("p", { class: "name" }), h("p", { class: "meaning" }));
  const choose = (event) => order("/api/demo/behave", { agent, behaviour: event.target.value });
  if (agent) item.append(h("label", {}, say("demo.when_ringing_short"), h("select", { onchange: choose })));
  return item;
}

const BEHAVIOURS = ["answer", "decline", "ignore"];

function update(item, lamp, office) {
  const name = office.agents.find((agent) => agent.agent === lamp.agent)?.name ?? say("demo.dark");
  const meaning = document.documentElement.lang === "ja" ? lamp.ja : lamp.en;
  const [button, label, text, phone] = item.children;
  setAttribute(button, "aria-label", say("demo.press", { seat: lamp.seat, name, lamp: meaning }));
  setText(label, name);
  setText(text, meaning);
  shine(button.firstChild, lamp.steps);
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

function digits() {
  const target = (event) => {
    const busy =
      event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.altKey || event.metaKey;
    return busy ? null : document.querySelector(`.press[data-seat="${/^[1-9]$/.test(event.key) ? event.key : 0}"]`);
  };
  addEventListener("keydown", (event) => {
    const button = target(event);
    if (button && !event.repeat) down(Number(event.key), button);
  });
  addEventListener("keyup", (event) => {
    const button = target(event);
    if (button) up(Number(event.key), button);
  });
}

/** Wire the demo's buttons, when this is the demo. */
export function startDemo() {
  if (!byId("desk")) return;
  digits();
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
