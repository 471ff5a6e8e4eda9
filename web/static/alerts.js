// What each person is told by mail: an address and ticks, saved for that person alone (S-43).

import { byId, follow, h, setHidden, setText } from "./dom.js";
import { ask, note, order } from "./orders.js";
import { say, word } from "./words.js";

const list = byId("alerts-list");

const ticks = (form) => [...form.querySelectorAll("[name=ticked]")];

async function save(form, person) {
  const ticked = ticks(form).filter((box) => box.checked).map((box) => box.value);
  const asked = { mail: form.elements.mail.value, ticked };
  if ((await order(`/api/alerts/${encodeURIComponent(person.person)}`, asked)) !== null) {
    note(say("alerts.saved", { name: person.name }));
  }
  loadAlerts(); // what the box has is what is shown
}

function make(person, subjects) {
  const form = h("form", { class: "asked" });
  form.append(
    h("label", {}, h("span", {}, say("alerts.mail")), h("input", { name: "mail", type: "email", maxlength: "200", autocomplete: "off" })),
    h(
      "fieldset",
      {},
      h("legend", {}, say("alerts.told")),
      ...subjects.map((subject) =>
        h("label", { class: "tick" }, h("input", { type: "checkbox", name: "ticked", value: subject }), h("span", {}, word("alert", subject))),
      ),
    ),
    h("button", {}, say("alerts.save")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, person);
  });
  return h("li", {}, h("details", {}, h("summary"), form));
}

function update(item, person) {
  const form = item.querySelector("form");
  setText(item.querySelector("summary"), say("alerts.of", { name: person.name, count: person.ticked.length }));
  form.elements.mail.value = person.mail;
  for (const box of ticks(form)) box.checked = person.ticked.includes(box.value);
}

/** Ask the box for everybody's ticks. */
export async function loadAlerts() {
  const said = await ask("/api/alerts");
  if (!said) return;
  setHidden(byId("alerts-unsent"), said.can_send);
  follow(list, said.people, (one) => one.person, (one) => make(one, said.subjects), update);
}
