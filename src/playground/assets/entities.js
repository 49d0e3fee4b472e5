// Telegram's text entities -> DOM. Offsets count UTF-16 units, as JavaScript's strings do.
// Knows nothing of messages: what a tap does comes in as `hooks`.

import { h, icon } from "./dom.js";
import { copyText } from "./overlays.js";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const INLINE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const SAFE_LINK = /^(https?|ftp|tg|ton|mailto|tel):/i;
/** What a port follows is a host, not a scheme. */
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d)/i;
const FOLD_LINES = 3;
const FOLD_CHARS = 200;

/**
 * Renders `text` into a fragment.
 * `hooks`: `command(text)` for a tapped command, `opened` (a Set that outlives re-rendering, so that
 * what a person has unfolded stays so while the message is edited) and `prefix` for its keys.
 */
export function renderText(text, entities, hooks) {
  const spans = (entities ?? [])
    .map((entity) => ({ entity, start: entity.offset, end: Math.min(entity.offset + entity.length, text.length) }))
    .filter((span) => span.start >= 0 && span.end > span.start)
    .sort(outerFirst);
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, spans, hooks);
  return fragment;
}

/** Whether the last thing in the text is a block, so that nothing can stand on its line. */
export function endsInBlock(text, entities) {
  return (entities ?? []).some((e) => BLOCKS.has(e.type) && e.offset + e.length >= text.trimEnd().length);
}

function outerFirst(a, b) {
  const block = (span) => (BLOCKS.has(span.entity.type) ? 0 : 1);
  return a.start - b.start || b.end - a.end || block(a) - block(b);
}

/** Spans may overlap without nesting: the part that sticks out is cut off and rendered after. */
function fill(parent, text, start, end, spans, hooks) {
  let at = start;
  let queue = spans;
  while (queue.length > 0) {
    const [span, ...others] = queue;
    const inner = [];
    const after = [];
    for (const other of others) {
      if (other.start >= span.end) after.push(other);
      else if (other.end <= span.end) inner.push(other);
      else {
        inner.push({ ...other, end: span.end });
        after.push({ ...other, start: span.end });
      }
    }
    const [outer, hole] = element(span, text.slice(span.start, span.end), hooks);
    put(parent, text.slice(at, span.start), isBlock(outer) && outer);
    fill(hole, text, span.start, span.end, inner, hooks);
    parent.append(outer);
    at = span.end;
    queue = after.sort(outerFirst);
  }
  put(parent, text.slice(at, end));
}

const isBlock = (node) => node?.dataset?.block !== undefined;

/**
 * A block stands on lines of its own, so the line break beside it is not shown again, and an empty
 * line beside it becomes a gap of half a line.
 */
function put(parent, text, nextBlock) {
  const last = parent.lastChild;
  let shown = text;
  if (isBlock(last)) {
    if (shown.startsWith("\n\n")) last.classList.add("gap-after");
    shown = shown.replace(/^\n{1,2}/, "");
  }
  if (nextBlock && shown.endsWith("\n\n")) {
    nextBlock.classList.add("gap-before");
    shown = shown.slice(0, -1);
  }
  if (shown) parent.append(shown);
}

/** A link's address as a client opens it: a web page where no scheme is named, null where the scheme is not safe. */
export function linkAddress(url = "") {
  if (SAFE_LINK.test(url)) return url;
  return ANY_SCHEME.test(url) ? null : `http://${url}`;
}

/** The element of a span, and the node in it that takes the span's content. */
function element({ entity, start }, text, hooks) {
  const key = `${hooks.prefix}:${entity.type}:${start}`;
  const same = (el) => [el, el];
  switch (entity.type) {
    case "pre":
      return codeBlock(text, entity.language);
    case "blockquote":
      return same(h("blockquote", { class: "quote", dataset: { block: "" } }));
    case "expandable_blockquote":
      return foldable(text, key, hooks.opened);
    case "spoiler":
      return spoiler(key, hooks.opened);
    case "text_link":
      return same(link(entity.url));
    case "url":
      return same(link(text));
    case "email":
      return same(link(`mailto:${text}`));
    case "bot_command":
      return same(h("button", { class: "link", type: "button", title: `Send ${text}`, onclick: () => hooks.command(text) }));
    case "text_mention":
      return same(h("span", { class: "mention", title: `${entity.user?.first_name ?? "User"} (${entity.user?.id})` }));
    case "date_time":
      return same(moment(entity.unix_time));
    case "custom_emoji":
      return same(h("span", { title: `Custom emoji ${entity.custom_emoji_id ?? ""}` }));
    case "mention":
    case "hashtag":
    case "cashtag":
      return same(h("span", { class: "mention" }));
    default:
      return same(h(INLINE[entity.type] ?? "span"));
  }
}

function moment(unixTime) {
  if (!Number.isFinite(unixTime)) return h("span");
  const at = new Date(unixTime * 1000);
  return h("time", { class: "mention", datetime: at.toISOString(), title: at.toLocaleString() });
}

function link(url) {
  const href = linkAddress(url);
  if (!href) return h("span", { class: "mention" });
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", title: href });
}

function codeBlock(text, language) {
  const button = h("button", { class: "copy", type: "button", "aria-label": "Copy the code", title: "Copy" }, icon("copy"));
  button.addEventListener("click", async () => {
    if (!(await copyText(text))) return;
    button.replaceChildren(icon("check"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1500);
  });
  const code = h("code", { dir: "ltr" });
  const head = h("figcaption", {}, h("span", {}, language ?? ""), button);
  const figure = h("figure", { class: language ? "code named" : "code", dataset: { block: "" } });
  figure.append(head, h("pre", { tabindex: "0", "aria-label": language ? `${language} code` : "Code" }, code));
  return [figure, code];
}

function foldable(text, key, opened) {
  const body = h("div", { class: "fold" });
  const quote = h("blockquote", { class: "quote foldable", dataset: { block: "" } }, body);
  if (text.split("\n").length <= FOLD_LINES && text.length <= FOLD_CHARS) return [quote, body];
  const toggle = h("button", { class: "fold-toggle", type: "button" });
  const show = () => {
    const open = opened.has(key);
    quote.classList.toggle("folded", !open);
    toggle.setAttribute("aria-expanded", String(open));
    toggle.replaceChildren(open ? "Show less" : "Show more", icon("down"));
  };
  toggle.addEventListener("click", () => {
    if (!opened.delete(key)) opened.add(key);
    show();
  });
  show();
  quote.append(toggle);
  return [quote, body];
}

function spoiler(key, opened) {
  const body = h("span", { class: "spoiler-text" });
  const el = h("span", { class: "spoiler" }, body);
  if (opened.has(key)) return [el, body];
  el.classList.add("covered");
  el.setAttribute("role", "button");
  el.setAttribute("tabindex", "0");
  el.setAttribute("aria-label", "Spoiler: press to reveal");
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (!el.classList.contains("covered")) return;
    event.preventDefault();
    event.stopPropagation();
    opened.add(key);
    el.classList.remove("covered");
    for (const name of ["role", "tabindex", "aria-label"]) el.removeAttribute(name);
  };
  el.addEventListener("click", reveal);
  el.addEventListener("keydown", reveal);
  return [el, body];
}
