// Durations tick here, from the desk's monotonic clock; only the "as of" clock and the lists show wall time.
// An element with data-since counts up, one with data-until counts down; both hold the desk's seconds.

import { facts } from "./words.js";

let deskAt = 0;
let heardAt = 0;

/** The desk said: now is `at`. */
export function heard(at) {
  deskAt = at;
  heardAt = performance.now();
}

const deskNow = () => deskAt + (performance.now() - heardAt) / 1000;

/** 0:07, 12:34, 1:02:03 */
export function clockface(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 0.001));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export const since = (moment) => clockface(deskNow() - moment);

/** Let `element` count up from `moment` of the desk's clock (down to it with `until`); `frame` wraps the digits. */
export function tick(element, moment, { until = false, frame = (text) => text } = {}) {
  element.dataset[until ? "until" : "since"] = moment;
  delete element.dataset[until ? "since" : "until"];
  element.frame = frame;
  paint(element);
}

/** Stop counting. */
export function still(element, text = "") {
  delete element.dataset.since;
  delete element.dataset.until;
  if (element.textContent !== text) element.textContent = text;
}

function paint(element) {
  const { since: from, until } = element.dataset;
  const seconds = until ? Math.ceil(Number(until) - deskNow()) : deskNow() - Number(from);
  const text = element.frame ? element.frame(clockface(seconds)) : clockface(seconds);
  if (element.textContent !== text) element.textContent = text;
}

setInterval(() => document.querySelectorAll("[data-since], [data-until]").forEach(paint), 250);

const inOffice = (options) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: facts.timeZone });
const time = inOffice({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = inOffice({ month: "short", day: "numeric" });

export const wallTime = (wall) => time.format(wall * 1000);

/** The time, with the date when it is not today. */
export function wallDate(wall) {
  const day = date.format(wall * 1000);
  return day === date.format(Date.now()) ? wallTime(wall) : `${day} ${wallTime(wall)}`;
}
