// The legend's lamps, each as the panel shows it.

import { shine } from "./lamp.js";

for (const lamp of document.querySelectorAll("[data-steps]")) shine(lamp, JSON.parse(lamp.dataset.steps));
