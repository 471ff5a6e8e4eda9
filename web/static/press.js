// A button of the panel on the screen: pressed by pointer or key for as long as it is held, as with a finger.

import { h, setAttribute, setText } from "./dom.js";
import { shine } from "./lamp.js";
import { order } from "./orders.js";
import { say } from "./words.js";

const SYNTHETIC_PRESS_S = 0.2; // what a screen reader's "activate" means
const held = new Map(); // seat → when it went down

const press = (seat, seconds) => order("/api/panel/press", { seat, held_s: seconds });

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
  press(seat, Math.max(0.02, (performance.now() - from) / 1000));
}

const isPress = (event) => event.key === " " || event.key === "Enter";

/** The button of a seat, with its lamp. */
export function panelButton(seat) {
  const button = h(
    "button",
    { type: "button", class: "press", "data-seat": seat },
    h("span", { class: "lamp" }),
    h("span", { class: "cap", "aria-hidden": "true" }, String(seat)),
  );
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
    if (event.detail === 0) press(seat, SYNTHETIC_PRESS_S);
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  return button;
}

/** What a lamp says, in the page's language. */
export const meaningOf = (lamp) => (document.documentElement.lang === "ja" ? lamp.ja : lamp.en);

/** Show a lamp on its button, and in words for who cannot see it. */
export function showLamp(button, lamp, name) {
  setAttribute(button, "aria-label", say("panel.press", { seat: lamp.seat, name, lamp: meaningOf(lamp) }));
  shine(button.firstChild, lamp.steps);
}

/** The lamp's meaning as text. */
export const tellLamp = (element, lamp) => setText(element, meaningOf(lamp));

/** Whether a digit is the seat's button; seats from 10 on have the tab key and the space bar. */
export const hasDigit = (seat) => seat <= 9;

/** The digits 1 to 9 are the seats' buttons while the focus is inside `where`. */
export function digits(where) {
  const target = (event) => {
    const busy =
      event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.altKey || event.metaKey;
    if (busy || !event.target.closest(where) || !/^[1-9]$/.test(event.key)) return null;
    return document.querySelector(`.press[data-seat="${event.key}"]`);
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
