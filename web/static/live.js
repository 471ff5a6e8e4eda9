// The live stream: one EventSource, and the truth about whether it still lives.

import { byId, setHidden, setText } from "./dom.js";
import { ask, toLogin } from "./orders.js";
import { heard, wallTime } from "./time.js";
import { say } from "./words.js";

const SILENCE_MS = 25000; // two and a half heartbeats
const AGAIN_MS = 3000;
const tab = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

let source;
let lastHeard = performance.now();
let lastWall = null;
let show = () => {};

/** Start listening; `onOffice` is called with every new state. */
export function listen(onOffice) {
  show = onOffice;
  open();
  setInterval(() => performance.now() - lastHeard > SILENCE_MS && reopen(), AGAIN_MS);
  addEventListener("offline", () => lost(true));
  addEventListener("online", reopen);
  addEventListener("pageshow", (event) => event.persisted && reopen());
  addEventListener("pagehide", () => source.close());
}

/** Ask for the state now, whatever the stream does (S-31). */
export async function refresh() {
  const said = await ask("/api/office");
  if (said) take(said);
  else lost(true);
  if (source.readyState === EventSource.CLOSED) reopen();
}

function open() {
  source = new EventSource(`/events?tab=${tab}`);
  source.addEventListener("office", (event) => take(JSON.parse(event.data)));
  source.addEventListener("beat", (event) => alive(JSON.parse(event.data)));
  source.addEventListener("end", toLogin);
  source.onerror = () => {
    lost(true);
    // A refused stream is closed for good by the browser: ask why (a session that ended leads to the log-in), then try again.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => ask("/api/office").then(reopen), AGAIN_MS);
  };
}

function reopen() {
  lastHeard = performance.now();
  lost(true);
  source.close();
  open();
}

function take(said) {
  alive(said);
  show(said.office);
}

function alive({ at, wall }) {
  heard(at);
  lastHeard = performance.now();
  lastWall = wall;
  setText(byId("clock"), wallTime(wall));
  lost(false);
}

function lost(isLost) {
  document.documentElement.classList.toggle("is-lost", isLost);
  setText(byId("lost-hint"), lastWall ? say("page.lost_hint", { time: wallTime(lastWall) }) : "");
  setHidden(byId("lost"), !isLost);
}

// The clock runs between messages while the stream lives, and stands still when it does not.
setInterval(() => {
  if (lastWall === null || document.documentElement.classList.contains("is-lost")) return;
  setText(byId("clock"), wallTime(lastWall + (performance.now() - lastHeard) / 1000));
}, 500);
