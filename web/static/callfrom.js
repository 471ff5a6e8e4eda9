// As whom an agent's calls go out: a queue's number, or the agent's own. The choice is kept (S-10).

import { h, setAttribute, setHidden } from "./dom.js";
import { order } from "./orders.js";
import { queueName, say } from "./words.js";

/** The choice on an agent's card; hidden where there is none. */
export function makeCallFrom({ agent, name }) {
  const choose = h("select", { "aria-label": say("callfrom.of", { name }) });
  choose.addEventListener("change", async () => {
    const queue = choose.value;
    if ((await order(`/api/agents/${encodeURIComponent(agent)}/call-from`, { queue })) === null) {
      choose.value = choose.dataset.now; // the desk did not take it: show what is so
    }
  });
  return h("label", { class: "callfrom", hidden: true }, h("span", {}, say("callfrom.title")), choose);
}

/** What may be chosen and what is. */
export function showCallFrom(label, agent) {
  const choose = label.lastChild;
  setHidden(label, agent.may_call_as.length === 0);
  const offered = agent.may_call_as.join();
  if (choose.dataset.offered !== offered || choose.options.length === 0) {
    choose.dataset.offered = offered;
    const queues = agent.may_call_as.map((queue) => h("option", { value: queue }, queueName(queue)));
    choose.replaceChildren(h("option", { value: "" }, say("callfrom.personal")), ...queues);
  }
  setAttribute(choose, "data-now", agent.calls_as);
  if (document.activeElement !== choose) choose.value = agent.calls_as;
}

/** What must be said about it: the choice is permitted no more, or its lines were all in use. */
export function callNotes(agent) {
  if (!agent.call_notice) return [];
  const queue = agent.calls_as ? queueName(agent.calls_as) : say("callfrom.personal");
  return [["alarm", say(`callfrom.${agent.call_notice}`, { queue })]];
}

/** Which way a call went, and by what. */
export const direction = (isOutgoing, way) => (isOutgoing ? [say("callfrom.out"), way].filter(Boolean).join(" · ") : way);
