// The hours, and the switch that holds the office open or closed against them.

import { byId, follow, h, setAttribute, setText } from "./dom.js";
import { order } from "./orders.js";
import { wallDate } from "./time.js";
import { queueName, say } from "./words.js";

const HOLDS = ["schedule", "open", "closing", "closed"];

function make() {
  return h("li", {}, h("span"), h("strong", { class: "chip" }), h("span", { class: "hint" }));
}

function update(item, queue) {
  const [name, chip, hint] = item.children;
  setText(name, queueName(queue.queue));
  setText(chip, say(queue.held ? `hours.held_${queue.held}` : queue.is_open ? "hours.is_open" : "hours.is_closed"));
  setAttribute(item, "data-open", String(queue.is_open));
  const until = queue.held_until ? say("hours.until", { when: wallDate(queue.held_until) }) : "";
  setText(hint, queue.held ? [queue.held_by, until].filter(Boolean).join(" · ") : "");
}

/** Show each queue's hours, and which switch of the office is on. */
export function showHours(office) {
  const actions = byId("hours-actions");
  if (!actions.firstChild)
    for (const held of HOLDS) {
      const hold = () => order("/api/hours", { held });
      actions.append(h("button", { type: "button", class: "quiet", "data-held": held, onclick: hold }, say(`hours.${held}`)));
    }
  for (const button of actions.children)
    setAttribute(button, "aria-pressed", String((office.held || "schedule") === button.dataset.held));
  follow(byId("hours-list"), office.queues, (queue) => queue.queue, make, update);
}
