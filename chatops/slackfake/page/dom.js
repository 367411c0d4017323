// Elements are built here and nowhere from markup, so no text can become code.

export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (key === "class") el.className = value;
    else if (key in el && key !== "list" && key !== "form") el[key] = value;
    else el.setAttribute(key, value === true ? "" : value);
  }
  el.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
  return el;
}

export function fill(el, ...children) {
  el.replaceChildren(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
}

const zones = new Map();

// zone is tz where the browser knows it, else UTC.
export function zone(tz) {
  if (!zones.has(tz)) {
    try {
      new Intl.DateTimeFormat("en-GB", { timeZone: tz || "UTC" });
      zones.set(tz, tz || "UTC");
    } catch {
      zones.set(tz, "UTC");
    }
  }
  return zones.get(tz);
}

export function format(seconds, tz, options) {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone(tz), ...options }).format(new Date(seconds * 1000));
}

function wallClock(seconds, tz) {
  const parts = {};
  const f = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone(tz), hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  for (const p of f.formatToParts(new Date(seconds * 1000))) parts[p.type] = p.value;
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

// toLocal writes UNIX seconds as a datetime-local value in the reader's zone, and
// fromLocal reads one; an hour that the zone skips moves forward.
export const toLocal = wallClock;

export function fromLocal(value, tz) {
  const wanted = Date.parse(value + "Z") / 1000;
  let at = wanted;
  for (let i = 0; i < 2; i++) at += wanted - Date.parse(wallClock(at, tz) + "Z") / 1000;
  return at;
}
