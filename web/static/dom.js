// Small tools for the document. Rows are kept and changed in place, so that focus and playing sound survive an update.

export const byId = (id) => document.getElementById(id);

/** An element: attributes (or `on…` listeners), then children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** One shape of icons.svg. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  setIcon(svg, name);
  return svg;
}

export function setIcon(svg, name) {
  setAttribute(svg.firstElementChild, "href", `/static/icons.svg#${name}`);
}

export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Make the children of `parent` follow `items`: made once per key, updated in place, in this order. */
export function follow(parent, items, keyOf, make, update) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const key = String(keyOf(item));
    let child = present.get(key);
    present.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  for (const gone of present.values()) gone.remove();
}

/** A table that follows `items`; `cells` is one function per column, given the cell, the item and whether it is new. */
export function table(name, cells) {
  const whole = byId(`${name}-table`);
  const labels = [...whole.tHead.rows[0].cells].map((cell) => cell.textContent);
  const columns = [...whole.tHead.rows[0].cells].map((cell) => cell.dataset.column);
  const make = () => {
    const row = h("tr", { role: "row" });
    columns.forEach((column, place) =>
      row.append(h("td", { role: "cell", "data-column": column, "data-label": labels[place] })),
    );
    return row;
  };
  return (items, keyOf) => {
    follow(whole.tBodies[0], items, keyOf, make, (row, item) => {
      columns.forEach((column, place) => cells[column](row.cells[place], item));
    });
    setHidden(whole, items.length === 0);
    setHidden(byId(`${name}-empty`), items.length > 0);
  };
}
