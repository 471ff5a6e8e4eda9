// Passing a caller on: search a name or number, see who is free, transfer now or ask first.

import { follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { ask, order, orderAgent } from "./orders.js";
import { fold } from "./reading.js";
import { say } from "./words.js";

const MOST = 8;

let targets = [];
let office = null;

function found(text, own) {
  const wanted = fold(text, true);
  const fits = ({ name, number, reading }) => [name, number, reading].some((one) => fold(one).includes(wanted));
  return targets.filter((target) => target.number !== own && fits(target)).slice(0, MOST);
}

/** A number that is nobody's here is one outside. */
const isOutside = (text) => /^[0-9+*#-]{3,}$/.test(text.trim());

async function pass(details, agent, to, askFirst) {
  if (await order(`/api/agents/${encodeURIComponent(agent)}/transfer`, { to, ask_first: askFirst })) details.open = false;
}

function makeTarget(details, agent, target) {
  const button = (key, askFirst, to = target.number) =>
    h(
      "button",
      { type: "button", "aria-label": `${say(key)}: ${target.name || target.number}`, onclick: () => pass(details, agent, to, askFirst) },
      say(key),
    );
  const buttons = [button("transfer.now", false)];
  if (target.kind !== "queue") buttons.push(button("transfer.ask_first", true));
  if (target.kind !== "outside") buttons.push(button("transfer.voicemail", false, `*${target.number}`));
  return h("li", {}, h("span", {}, target.name || target.number), h("span", { class: "where" }), ...buttons);
}

function showFound(details, agent, own) {
  const [, field, list] = details.children;
  const text = field.lastChild.value;
  const fits = found(text, own);
  const outside = !fits.length && isOutside(text) ? [{ kind: "outside", number: text.trim().replaceAll("-", ""), name: "" }] : [];
  follow(
    list,
    [...fits, ...outside],
    (target) => `${target.kind} ${target.number}`,
    (target) => makeTarget(details, agent, target),
    (item, target) => {
      const whose = office?.agents.find((one) => one.agent === target.agent);
      setText(item.children[1], [target.number, whose && say(`status.${whose.status}`)].filter(Boolean).join(" · "));
    },
  );
}

/** 転送 on an agent's card: opened, it lists who can be passed to. */
export function makeTransfer(agent, own) {
  const input = h("input", { type: "search", autocomplete: "off" });
  const field = h("label", {}, h("span", {}, say("transfer.search")), input);
  const list = h("ul", { role: "list" });
  const details = h("details", { class: "transfer", hidden: true }, h("summary", {}, say("transfer.open")), field, list);
  const asking = h(
    "div",
    { class: "asking", role: "group", hidden: true },
    h("span", { role: "status" }),
    h("button", { type: "button", class: "primary", onclick: () => orderAgent(agent, "complete-transfer") }, say("transfer.complete")),
    h("button", { type: "button", onclick: () => orderAgent(agent, "take-back") }, say("transfer.take_back")),
  );
  input.addEventListener("input", () => showFound(details, agent, own));
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    targets = (await ask("/api/targets", { isAwaited: true }))?.targets ?? [];
    showFound(details, agent, own);
    input.focus();
  });
  return h("div", { class: "passing" }, details, asking);
}

/** Show what can be done with the agent's caller now. */
export function showTransfer(box, agent, now) {
  office = now;
  const [details, asking] = box.children;
  const talks = now.calls.some((call) => call.contact === agent.contact && call.talking && call.agent === agent.agent);
  setHidden(details, !talks || Boolean(agent.consults));
  if (details.hidden && details.open) details.open = false;
  setHidden(asking, !agent.consults);
  if (agent.consults) {
    setText(asking.firstChild, say(agent.is_consulting ? "transfer.asks" : "transfer.rings", { who: agent.consults }));
    setAttribute(asking.children[1], "aria-label", `${say("transfer.complete")}: ${agent.consults}`);
  }
  if (details.open) showFound(details, agent.agent, agent.phone);
}
