// The hours, the switches that hold the office or one queue against them, and notices that have everybody leave.

import { byId, follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { order } from "./orders.js";
import { wallDate } from "./time.js";
import { facts, queueName, say, word } from "./words.js";

const HOLDS = ["schedule", "open", "closing", "closed"];

function make({ queue }) {
  const hold = h("select", { "aria-label": say("hours.of_queue", { name: queueName(queue) }) });
  for (const held of HOLDS) hold.append(h("option", { value: held }, say(`hours.${held}`)));
  hold.addEventListener("change", () => order("/api/hours", { held: hold.value, queue }));
  return h("li", {}, h("span"), h("strong", { class: "chip" }), h("span", { class: "hint" }), hold);
}

function update(item, queue) {
  const [name, chip, hint, hold] = item.children;
  setText(name, queueName(queue.queue));
  setText(chip, say(queue.held ? `hours.held_${queue.held}` : queue.is_open ? "hours.is_open" : "hours.is_closed"));
  setAttribute(item, "data-open", String(queue.is_open));
  const until = queue.held_until ? say("hours.until", { when: wallDate(queue.held_until) }) : "";
  setText(hint, queue.held ? [queue.held_by, until].filter(Boolean).join(" · ") : "");
  if (document.activeElement !== hold) hold.value = queue.held || "schedule";
}

const noticeButton = (notice, over) =>
  h("button", { type: "button", onclick: () => order(`/api/notices/${encodeURIComponent(notice)}`, { over }) });

/** Giving a notice takes two steps, ending it one: what is in force stands at the top of the page. */
function showNotices({ notices }) {
  setHidden(byId("notices-now"), notices.length === 0);
  const named = notices.map((notice) => word("notice", notice)).join(" · ");
  setText(byId("notices-now-title").lastChild, named ? say("notice.now", { named }) : "");
  const buttons = (id, over, key, which) =>
    follow(
      byId(id),
      which,
      (notice) => notice,
      (notice) => noticeButton(notice, over),
      (button, notice) => setText(button, say(key, { name: word("notice", notice) })),
    );
  buttons("notices-over", true, "notice.end", notices);
  buttons("notices-actions", false, "notice.give", facts.notices.filter((notice) => !notices.includes(notice)));
  setHidden(byId("notices"), facts.notices.length === 0);
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
  showNotices(office);
}
