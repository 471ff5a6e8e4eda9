// Messages (S-20): threads of the queues, one open at a time, written as a queue that is chosen and never silently another.

import { byId, follow, h, setAttribute, setHidden, setText } from "./dom.js";
import { ask, note, order } from "./orders.js";
import { scope, scoped } from "./scope.js";
import { wallDate } from "./time.js";
import { facts, queueName, say } from "./words.js";

const MOST = 50;
const FROM = "deskbell.from";
const BY = "deskbell.by";
const form = byId("write");
const { from, by, to, text } = form.elements;

let office = { agents: [] };
let opened = "";
let targets = [];
let seen = null;

/** Who works at this page, as chosen there; "" for nobody in particular. */
export const whoAmI = () => by.value;

const personName = (id) => office.agents.find((one) => one.agent === id)?.name ?? facts.supervisors[id] ?? id;
const numberName = (number) => {
  const known = targets.find((one) => one.number === number);
  return known ? `${known.name} · ${number}` : number;
};
const partyOf = (one) => (one.kind === "out" ? one.recipient : one.sender);

/** A thread's two ends, as its newest text tells them. */
function titleOf(last) {
  if (last.kind === "between") return `${numberName(last.sender)} – ${numberName(last.recipient)}`;
  return `${queueName(last.queue)} – ${numberName(partyOf(last))}`;
}

function writerOf(one) {
  const as = one.kind === "out" ? queueName(one.queue) : one.kind === "slip" ? say("new.slip") : numberName(one.sender);
  return one.author && one.author !== "page" ? `${personName(one.author)} (${as})` : as;
}

function stateOf(one) {
  if (one.seen_by) return say("messages.seen", { who: personName(one.seen_by), when: wallDate(one.seen_wall) });
  return one.kind === "in" || one.kind === "slip" ? say("messages.new") : say(`messages.${one.state}`, { code: one.code });
}

const makeText = () => h("li", {}, h("p", { class: "hint" }), h("p", { class: "body" }), h("p", { class: "hint" }));

function updateText(item, one) {
  setAttribute(item, "data-kind", one.kind);
  setAttribute(item, "data-state", one.state);
  setText(item.children[0], `${writerOf(one)} · ${wallDate(one.wall)}`);
  setText(item.children[1], one.body);
  setText(item.children[2], stateOf(one));
}

const makeThread = (thread) =>
  h("li", {}, h("button", { type: "button", onclick: () => openThread(thread.last.thread) }, h("strong"), h("span", { class: "excerpt" }), h("span", { class: "count" })));

function updateThread(item, thread) {
  const [title, excerpt, count] = item.firstChild.children;
  setText(title, titleOf(thread.last));
  setText(excerpt, thread.last.body);
  setText(count, thread.new);
  setHidden(count, thread.new === 0);
  setAttribute(item.firstChild, "aria-current", String(thread.last.thread === opened));
}

async function loadThreads() {
  const said = await ask(scoped(`/api/threads?limit=${MOST}`));
  if (!said) return;
  follow(byId("threads"), said.threads, (thread) => thread.last.thread, makeThread, updateThread);
  setHidden(byId("messages-empty"), said.threads.length > 0);
}

async function loadThread() {
  const said = opened && (await ask(`/api/thread?thread=${encodeURIComponent(opened)}&limit=${MOST}`));
  const texts = said ? said.texts : [];
  const list = byId("thread");
  follow(list, texts, (one) => one.text, makeText, updateText);
  setHidden(list, texts.length === 0);
  setHidden(byId("thread-seen"), !texts.some((one) => ["in", "slip"].includes(one.kind) && !one.seen_by));
  list.lastElementChild?.scrollIntoView({ block: "nearest" });
  return texts;
}

/** Show one thread, ready to answer it as its queue. */
export async function openThread(thread) {
  opened = thread;
  const texts = await loadThread();
  await loadThreads();
  const last = texts.at(-1);
  if (!last) return;
  if (last.queue) from.value = last.queue;
  to.value = partyOf(last);
  byId("messages").scrollIntoView({ block: "start" });
  text.focus();
}

/** A slip about a caller, begun on an agent's card during the call. */
export function beginSlip({ queue, number, contact }, agent) {
  from.value = queue;
  to.value = number;
  if (!by.value) by.value = agent;
  form.dataset.contact = contact;
  byId("messages").scrollIntoView({ block: "start" });
  text.focus();
}

/** Send, or leave as a slip; what could not be kept stays as it was typed. */
async function write(isSlip) {
  if (!form.reportValidity()) return;
  const body = text.value;
  const asked = isSlip
    ? { queue: from.value, number: to.value, text: body, by: by.value, contact: form.dataset.contact ?? "" }
    : { sender: from.value, to: to.value, text: body, by: by.value };
  const said = await order(isSlip ? "/api/slips" : "/api/texts", asked);
  if (!said) return;
  if (text.value === body) text.value = "";
  delete form.dataset.contact;
  localStorage.setItem(FROM, from.value);
  localStorage.setItem(BY, by.value);
  note(say(isSlip ? "messages.slip_kept" : "messages.is_kept"));
  if (!isSlip && opened === said.text.thread) await see();
  opened = said.text.thread;
  await Promise.all([loadThread(), loadThreads()]);
}

/** Whoever answers a thread has seen it, for the whole team. */
async function see() {
  await order("/api/new/see", { kind: "text", id: opened, by: by.value });
}

function fill(select, options) {
  for (const [id, name] of options) select.append(h("option", { value: id }, name));
}

async function start() {
  fill(from, Object.entries(facts.queues));
  targets = (await ask("/api/targets"))?.targets ?? [];
  const phones = targets.filter((one) => one.kind === "user");
  byId("write-targets").append(...phones.map((one) => h("option", { value: one.number }, one.name)));
  from.value = localStorage.getItem(FROM) ?? ""; // one that is gone chooses nothing
  seen = null;
}

function fillPeople() {
  if (by.options.length > 1) return;
  fill(by, office.agents.map((one) => [one.agent, one.name]));
  fill(by, Object.entries(facts.supervisors));
  by.value = localStorage.getItem(BY) ?? "";
  if (by.selectedIndex < 0) by.selectedIndex = 0;
}

/** Follow the office: lists are asked for when a text came or changed, or another queue is shown. */
export function showMessages(now) {
  office = now;
  fillPeople();
  const state = `${now.texts} ${scope()} ${targets.length}`;
  if (state === seen) return;
  seen = state;
  loadThreads();
  if (opened) loadThread();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  write(event.submitter?.value === "slip");
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) write(false);
});
byId("thread-seen").addEventListener("click", async () => {
  await see();
  await Promise.all([loadThread(), loadThreads()]);
});
start();
