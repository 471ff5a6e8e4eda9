// Agents & status: one card each, with the time in status and the buttons that make sense now.

import { callNotes, makeCallFrom, showCallFrom } from "./callfrom.js";
import { byId, follow, h, icon, setAttribute, setHidden, setIcon, setText } from "./dom.js";
import { ask, orderAgent, orderPrivacy } from "./orders.js";
import { hasDigit, meaningOf, panelButton, showLamp, tellLamp } from "./press.js";
import { makeColleague, showColleague } from "./colleague.js";
import { makeTalk, showTalk, talkNotes } from "./talk.js";
import { still, tick } from "./time.js";
import { makeTransfer, showTransfer } from "./transfer.js";
import { callerName, facts, queueName, say, word } from "./words.js";

const ORDERS = {
  "go-on-duty": "go_on",
  "end-wrap-up": "end_wrap",
  "stay-off-duty": "stay_off",
  decline: "decline",
  "extend-wrap-up": "extend",
  "take-next": "take_next",
  "go-off-duty": "go_off",
};

/** Which orders make sense in a status; the desk decides whether it obeys. */
function offered(agent) {
  if (agent.prompt) return ["go-on-duty", "stay-off-duty"];
  switch (agent.status) {
    case "available":
      return ["go-off-duty"];
    case "off":
      return ["go-on-duty"];
    case "off_prompt":
      return ["go-on-duty", "stay-off-duty"];
    case "ringing":
      return ["decline"];
    case "wrap_up":
      return ["end-wrap-up", ...(agent.may_extend ? ["extend-wrap-up"] : []), "take-next", "go-off-duty"];
    case "on_call":
      return [agent.pending === "off" ? "go-on-duty" : "go-off-duty"];
    case "off_on_call":
      return agent.pending === "on" ? ["go-off-duty"] : ["go-on-duty"];
    default:
      return [agent.reason ? "go-on-duty" : "go-off-duty"];
  }
}

function make({ agent, name, phone }) {
  const card = h("li", { class: "agent" });
  card.append(
    h("div", { class: "badge" }, icon("off")),
    h("div", { class: "who" }, h("h3", {}, name), h("p", { class: "where" })),
    h(
      "div",
      { class: "state" },
      h("strong", { class: "chip" }),
      h("span", { class: "for", role: "timer", "aria-live": "off" }),
    ),
    h("ul", { class: "notes", role: "list" }),
    h("div", { class: "actions", role: "group", "aria-label": say("agent.actions", { name }) }),
  );
  const actions = card.lastChild;
  const panel = h("div", { class: "panel", role: "group", "aria-label": say("panel.seat", { name }), hidden: true });
  const talk = makeTalk({ agent, name });
  card.append(h("ul", { class: "privacy", role: "list", "aria-label": say("agent.queues", { name }) }), panel, makeTransfer(agent, phone), talk, makeColleague({ agent, name }), why(agent));
  card.append(makeCallFrom({ agent, name }));
  for (const [order, key] of Object.entries(ORDERS)) {
    const press = () => orderAgent(agent, order);
    actions.append(h("button", { type: "button", "data-order": order, onclick: press }, say(`agent.${key}`)));
  }
  return card;
}

/** "Why did it ring here?": asked of the desk each time it is opened. */
function why(agent) {
  const text = h("p", { role: "status" });
  const ontoggle = async () => {
    if (!details.open) return;
    const told = await ask(`/api/agents/${encodeURIComponent(agent)}/why`);
    if (told) setText(text, told.sentence || say("agent.why_none"));
  };
  const details = h("details", { class: "why", ontoggle }, h("summary", {}, say("agent.why")), text);
  return details;
}

/** Whoever is in several queues chooses which of them ring; with one queue, duty says it all. */
function showPrivacy(list, agent) {
  const queues = facts.members[agent.agent] ?? [];
  setHidden(list, queues.length < 2);
  follow(
    list,
    queues.length < 2 ? [] : queues,
    (queue) => queue,
    (queue) => {
      const button = h("button", { type: "button", class: "quiet" });
      button.addEventListener("click", () =>
        orderPrivacy(agent.agent, queue, button.getAttribute("aria-pressed") === "true" ? "take-not" : "take"),
      );
      return h("li", {}, h("span", {}, queueName(queue)), button);
    },
    (item, queue) => {
      const takes = !agent.private.includes(queue);
      setAttribute(item.lastChild, "aria-pressed", String(takes));
      setText(item.lastChild, say(takes ? "agent.takes" : "agent.takes_not"));
      setAttribute(item.lastChild, "aria-label", `${queueName(queue)}: ${item.lastChild.textContent}`);
    },
  );
}

/** The agent's button and lamp of the panel; in the demo they are on the desk above. */
function showPanel(panel, agent, lamp) {
  setHidden(panel, !lamp || byId("desk") !== null);
  if (panel.hidden) return;
  if (panel.firstChild?.dataset.seat !== String(lamp.seat)) {
    const keys = say(hasDigit(lamp.seat) ? "panel.keys" : "panel.hold", { seat: lamp.seat });
    panel.replaceChildren(panelButton(lamp.seat), h("p"), h("p", { class: "hint" }, keys));
  }
  showLamp(panel.firstChild, lamp, agent.name);
  tellLamp(panel.children[1], lamp);
}

function notes(agent, callers, trouble) {
  const found = [];
  const caller = callers.get(agent.contact);
  const offDuty = agent.status.startsWith("off");
  if (trouble !== undefined) {
    found.push(["unreachable", say(trouble ? "agent.phone_silent" : "agent.phone_missing", { phone: agent.phone, place: trouble })]);
  }
  if (offDuty && agent.reason) found.push(["off", word("reason", agent.reason)]);
  if (caller) found.push(["on_call", say("agent.talking_with", { who: callerName(caller) })]);
  if (agent.held_since) found.push([agent.is_held_long ? "alarm" : "clock", say(agent.is_held_long ? "agent.held_long" : "agent.held")]);
  found.push(...talkNotes(agent), ...callNotes(agent));
  if (agent.is_private_everywhere) found.push(["alarm", say("agent.private_everywhere")]);
  const next = agent.next_up.map(queueName).join(" · ");
  if (next) found.push(["ringing", say("agent.next_up", { queues: next })]);
  if (agent.pending) found.push(["clock", say(`status.pending_${agent.pending}`)]);
  return found;
}

function update(card, agent, callers, lamp, office) {
  const [badge, who, state, list, actions, privacy, panel, passing, talk, colleague] = card.children;
  setAttribute(card, "data-status", agent.status);
  setIcon(badge.firstChild, agent.status);
  setText(
    who.lastChild,
    [say("agent.phone", { phone: agent.phone }), agent.seat && say("agent.seat", { seat: agent.seat })]
      .filter(Boolean)
      .join(" · "),
  );
  const spoken = agent.status === "on_call" && agent.outbound ? "on_call_out" : agent.status;
  setText(state.firstChild, say(`status.${spoken}`));
  if (agent.status === "wrap_up" && agent.wrap_until) {
    tick(state.lastChild, agent.wrap_until, { until: true, frame: (time) => say("status.wrap_left", { time }) });
  } else if (agent.since) tick(state.lastChild, agent.since);
  else still(state.lastChild);
  follow(
    list,
    notes(agent, callers, office.troubles[agent.agent]),
    ([kind]) => kind,
    ([kind]) => h("li", { class: `note ${kind}` }, icon(kind), h("span")),
    (item, [, text]) => setText(item.lastChild, text),
  );
  showButtons(actions, offered(agent));
  showPrivacy(privacy, agent);
  showPanel(panel, agent, lamp);
  showTransfer(passing, agent, office);
  showTalk(talk, agent, callers);
  showColleague(colleague, agent, office);
  showCallFrom(card.lastChild, agent);
}

function showButtons(actions, wanted) {
  const focused = actions.contains(document.activeElement);
  for (const button of actions.children) {
    const place = wanted.indexOf(button.dataset.order);
    setHidden(button, place < 0);
    button.classList.toggle(
      "primary",
      place === 0 && button.dataset.order !== "go-off-duty" && button.dataset.order !== "decline",
    );
  }
  // Who works with the keyboard stays at the same card when the button pressed has done its work.
  if (focused && document.activeElement.hidden) actions.querySelector("button:not([hidden])")?.focus();
}

let spokenBefore = null;

/** Say what changed: what the agent's lamp means, or the status of one who has none. */
function speak(agents, lamps) {
  const words = (agent) => (lamps.has(agent.agent) ? meaningOf(lamps.get(agent.agent)) : say(`status.${agent.status}`));
  const now = new Map(agents.map((agent) => [agent.agent, words(agent)]));
  const changed = spokenBefore ? agents.filter((agent) => spokenBefore.get(agent.agent) !== now.get(agent.agent)) : [];
  spokenBefore = now;
  if (changed.length) setText(byId("said"), changed.map((agent) => `${agent.name}: ${now.get(agent.agent)}`).join(", "));
}

/** Show the agents of one office. */
export function showAgents(office) {
  const { whole } = office;
  const callers = new Map([...whole.waiting, ...whole.calls].map((caller) => [caller.contact, caller]));
  const lamps = new Map(office.lamps.filter((lamp) => lamp.agent).map((lamp) => [lamp.agent, lamp]));
  follow(
    byId("agents-list"),
    office.agents,
    (agent) => agent.agent,
    make,
    (card, agent) => update(card, agent, callers, lamps.get(agent.agent), whole),
  );
  setHidden(byId("agents-empty"), office.agents.length > 0);
  speak(whole.agents, lamps);
}
