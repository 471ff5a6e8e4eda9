// A lamp as the panel shows it: steps of (red, green, blue, seconds), brightness 0..1. Never more than 2.5 flashes a second.

const SLOWEST_FLASH_S = 0.4; // 2.5 Hz
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// A lamp's brightness is linear in its current, a screen's is not.
const byte = (level) => Math.round(255 * Math.max(0, Math.min(1, level)) ** (1 / 2.2));
const bright = ([red, green, blue]) => red + green + blue;
const isDark = (step) => bright(step) < 0.02;

function look(step) {
  if (isDark(step)) return { backgroundColor: "rgb(58 63 70)", boxShadow: "0 0 0 0 rgb(0 0 0 / 0)" };
  const rgb = step.slice(0, 3).map(byte).join(" ");
  return {
    backgroundColor: `rgb(${rgb})`,
    boxShadow: `0 0 22px 5px rgb(${rgb} / ${Math.min(0.85, 0.25 + bright(step) / 2)})`,
  };
}

/** Seconds of one round, stretched when it would flash faster than 2.5 Hz. */
export function roundOf(steps) {
  const total = steps.reduce((sum, step) => sum + step[3], 0);
  const flashes = steps.filter(
    (step, place) => bright(step) > bright(steps[(place + steps.length - 1) % steps.length]),
  ).length;
  return Math.max(total, flashes * SLOWEST_FLASH_S);
}

/** Show `steps` on an element; all lamps of the page keep step with each other. */
export function shine(element, steps) {
  const wanted = JSON.stringify([steps, calm.matches]);
  if (element.shining === wanted) return;
  element.shining = wanted;
  for (const running of element.getAnimations()) running.cancel();
  const brightest = steps.reduce((best, step) => (bright(step) > bright(best) ? step : best), steps[0] ?? [0, 0, 0, 1]);
  Object.assign(element.style, look(brightest));
  if (steps.length < 2 || calm.matches) return;
  const total = steps.reduce((sum, step) => sum + step[3], 0);
  let at = 0;
  const frames = steps.map((step) => {
    const frame = { ...look(step), offset: at / total, easing: "steps(1, end)" };
    at += step[3];
    return frame;
  });
  frames.push({ ...look(steps[0]), offset: 1 });
  element.animate(frames, { duration: roundOf(steps) * 1000, iterations: Infinity }).startTime = 0;
}
