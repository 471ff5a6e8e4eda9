// The page's start: every part shows its share of each new state.

import { showAgents } from "./agents.js";
import { loadAlerts } from "./alerts.js";
import { byId } from "./dom.js";
import { showExits } from "./exits.js";
import { showDesk, startDemo } from "./demo.js";
import { follows, load } from "./history.js";
import { showHours } from "./hours.js";
import { listen, refresh } from "./live.js";
import { showMessages } from "./messages.js";
import { loadNew, showNew } from "./new.js";
import { showOffice } from "./office.js";
import { order } from "./orders.js";
import { digits } from "./press.js";
import { showPrompt } from "./prompt.js";
import { startReport } from "./report.js";
import { inScope, onScope, showScope } from "./scope.js";

const HERE_MS = 60000;

let newest = null;

function show(office) {
  newest = office;
  const shown = inScope(office);
  showScope(office);
  showAgents(shown);
  showOffice(shown);
  showExits(shown);
  showNew(office);
  showMessages(office);
  showHours(office);
  showDesk(office);
  showPrompt(office);
  follows(office);
  document.documentElement.classList.add("is-live");
}

byId("refresh").addEventListener("click", () => Promise.all([refresh(), load(), loadNew(), loadAlerts()]));
onScope(() => {
  if (newest) show(newest);
  Promise.all([load(), loadNew()]);
});

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
loadAlerts();
if (!byId("desk")) digits("#agents");
listen(show);
