// The metrics of one day, asked for when somebody wants them: it takes the box seconds.

import { byId, setText, table } from "./dom.js";
import { ask } from "./orders.js";
import { facts, say, word } from "./words.js";

const form = byId("report-form");

/** "accepted: 12", or the figure alone where it is for everybody. */
const figure = ([part, text]) => (part ? `${word("part", part)}: ${text}` : text);

const reportTable = table("report", {
  metric: (cell, row) => setText(cell, row.name),
  value: (cell, row) => setText(cell, row.figures.map(figure).join("\n")),
  formula: (cell, row) => setText(cell, row.formula),
});

async function show() {
  const asked = new URLSearchParams(new FormData(form));
  const button = form.querySelector("button");
  button.disabled = true;
  setText(button, say("report.counting"));
  try {
    const said = await ask(`/api/report?${asked}`, { isAwaited: true });
    if (said) reportTable(said.metrics.map((row, place) => ({ ...row, place })), (row) => row.place);
  } finally {
    button.disabled = false;
    setText(button, say("report.show"));
  }
}

/** Today in the office's zone is the day that is offered first. */
export function startReport() {
  form.elements.day.value = new Intl.DateTimeFormat("sv-SE", { timeZone: facts.timeZone }).format(new Date());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
}
