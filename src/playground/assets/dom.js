// Small helpers over the DOM: building elements, icons, avatars, and wording of times and sizes.
// Knows nothing of chats beyond a name and an id.

const SVG = "http://www.w3.org/2000/svg";

/** Builds an element. `on…` properties become listeners, `null` and `false` are left out. */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (name === "class") el.className = value;
    else if (name === "dataset") Object.assign(el.dataset, value);
    else if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.filter((child) => child != null && child !== false));
  return el;
}

/** An icon of the sprite in index.html. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A round avatar: the bot's badge, a topic's hash, or initials on a colour that follows from the id. */
export function avatar({ id, name, kind }, size = "") {
  const classes = `avatar ${size}`;
  if (kind === "bot") {
    return h("img", { class: `${classes} bot`, src: "/assets/icon.svg", alt: "" });
  }
  const tint = id ? Math.abs(Number(id)) % 7 : "plain";
  const text = kind === "topic" ? "#" : initials(name);
  return h("span", { class: `${classes} tint-${tint} ${kind ?? ""}`, "aria-hidden": "true" }, text);
}

function initials(name = "") {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => [...word][0]);
  return letters.join("").toUpperCase() || "?";
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exactClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const fullDay = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

/** Milliseconds since the epoch at which a message was sent. */
export const sentAt = (message) => message.at_ms ?? message.date * 1000;

export const timeOf = (ms) => clock.format(ms);

/** With seconds. */
export const exactTimeOf = (ms) => exactClock.format(ms);

function daysAgo(ms) {
  const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(Date.now()) - midnight(ms)) / 86_400_000);
}

/** The heading over a day's messages. */
export function dayLabel(ms) {
  const days = daysAgo(ms);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const sameYear = new Date(ms).getFullYear() === new Date().getFullYear();
  return (sameYear ? dayMonth : fullDay).format(ms);
}

/** The short time in the chat list: a clock today, then a weekday, then a date. */
export function listTime(ms) {
  const days = daysAgo(ms);
  if (days <= 0) return timeOf(ms);
  return days < 7 ? weekday.format(ms) : dayMonth.format(ms);
}

/** Bytes for people, in powers of 1,000. */
export function sizeOf(bytes) {
  if (bytes == null) return "";
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
