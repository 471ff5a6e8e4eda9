// The page's start: every part shows its share of each new state.

import { showAgents } from "./agents.js";
import { byId } from "./dom.js";
import { showExits } from "./exits.js";
import { showDesk, startDemo } from "./demo.js";
import { follows, load } from "./history.js";
import { showHours } from "./hours.js";
import { listen, refresh } from "./live.js";
import { showOffice } from "./office.js";
import { order } from "./orders.js";
import { digits } from "./press.js";
import { showPrompt } from "./prompt.js";
import { startReport } from "./report.js";

const HERE_MS = 60000;

function show(office) {
  showAgents(office);
  showOffice(office);
  showExits(office);
  showHours(office);
  showDesk(office);
  showPrompt(office);
  follows(office);
  document.documentElement.classList.add("is-live");
}

byId("refresh").addEventListener("click", () => Promise.all([refresh(), load()]));

// Whoever works at the page stays logged in; a page that is only open does not count as work.
let said = performance.now();
for (const sign of ["pointerdown", "keydown"]) {
  addEventListener(sign, () => {
    if (performance.now() - said < HERE_MS) return;
    said = performance.now();
    order("/api/here");
  });
}

startDemo();
startReport();
if (!byId("desk")) digits("#agents");
listen(show);
