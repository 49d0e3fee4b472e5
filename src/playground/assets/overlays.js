// What lies over the page: menus, dialogs and toasts. Knows nothing of chats.

import { h, icon } from "./dom.js";

let closeOpenMenu = () => {};

/**
 * Opens a menu at `where`: an element, or a point `{x, y}`.
 * `items`: `{label, icon?, picture?, hint?, checked?, badge?, danger?, act}`; `row`: `{emoji, checked, act}` above them.
 */
export function openMenu(where, items, { title, note, row } = {}) {
  closeOpenMenu();
  const opener = where instanceof Element ? where : document.activeElement;
  const menu = h("div", { class: "menu", role: "menu", "aria-label": title ?? "Actions" },
    title && h("p", { class: "menu-title", role: "presentation" }, title),
    note && h("p", { class: "menu-note", role: "presentation" }, note));
  const close = (returnFocus = false) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", resized);
    closeOpenMenu = () => {};
    if (returnFocus) opener?.focus?.();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  const resized = () => close();
  closeOpenMenu = close;
  if (row) menu.append(h("div", { class: "menu-row", role: "group", "aria-label": "Reactions" }, ...row.map((item) => rowItem(item, close))));
  menu.append(...items.map((item) => menuItem(item, close)));
  menu.addEventListener("keydown", (event) => moveInMenu(event, menu, close));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  document.body.append(menu);
  place(menu, where);
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", resized);
  (menu.querySelector("[role=menuitemradio][aria-checked=true]") ?? menu.querySelector(".menu-item") ?? menu.querySelector("button"))?.focus({ preventScroll: true });
}

function menuItem(item, close) {
  const act = () => {
    close(true);
    item.act();
  };
  const radio = item.checked !== undefined;
  return h("button", {
    class: item.danger ? "menu-item danger" : "menu-item",
    type: "button",
    role: radio ? "menuitemradio" : "menuitem",
    "aria-checked": radio ? String(item.checked) : null,
    onclick: act,
  },
  item.picture ?? (item.icon && icon(item.icon)),
  h("span", { class: "menu-label" }, item.label, item.hint && h("small", {}, item.hint)),
  item.badge ? h("span", { class: "badge" }, String(item.badge)) : null,
  item.checked && icon("check", "tick"));
}

function rowItem({ emoji, checked, act }, close) {
  const press = () => {
    close(true);
    act();
  };
  return h("button", { class: "menu-emoji", type: "button", role: "menuitemcheckbox", "aria-checked": String(checked), "aria-label": `React with ${emoji}`, onclick: press }, emoji);
}

function moveInMenu(event, menu, close) {
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const go = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close(true);
  else if (go !== undefined) buttons[(go + buttons.length) % buttons.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function place(menu, where) {
  const margin = 8;
  const box = where instanceof Element ? where.getBoundingClientRect() : { left: where.x, right: where.x, top: where.y, bottom: where.y };
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(Math.max(margin, box.left), innerWidth - width - margin);
  const below = box.bottom + 4;
  const top = below + height + margin <= innerHeight ? below : Math.max(margin, box.top - height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

/** A dialog with one button: what a bot's `show_alert` looks like. */
export function alertDialog(title, text) {
  return showDialog([h("h3", {}, title), h("p", { class: "dialog-text", dir: "auto" }, text)], [["OK", "ok"]]);
}

/** Asks for one line; answers it, or null when it was cancelled or left empty. */
export async function askLine(title, label, action, value = "") {
  const input = lineInput(label, value);
  const result = await showDialog([h("h3", {}, title), input], [["Cancel", ""], [action, "ok"]]);
  return result === "ok" ? input.value.trim() || null : null;
}

/** A line of text in a dialog. */
export function lineInput(label, value = "") {
  return h("input", { type: "text", maxlength: "128", "aria-label": label, placeholder: label, value, dir: "auto" });
}

let shown = Promise.resolve();

/**
 * A dialog over everything; `buttons` are `[label, value]`, the last one is the main one. Answers the value of the
 * pressed button, "" for Escape. It waits for the dialogs before it: an alert of the bot closes none.
 */
export function showDialog(content, buttons) {
  shown = shown.then(() => present(content, buttons));
  return shown;
}

function present(content, buttons) {
  const dialog = document.getElementById("dialog");
  const last = buttons.length - 1;
  const row = buttons.map(([label, value], at) => h("button", { class: at === last ? "primary" : "", type: "submit", value, formnovalidate: true }, label));
  const form = h("form", { method: "dialog" }, ...content, h("div", { class: "dialog-buttons" }, ...row));
  // Enter in the line presses the last button, not the first.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    dialog.close(buttons[last][1]);
  });
  dialog.replaceChildren(form);
  dialog.setAttribute("aria-label", form.querySelector("h3")?.textContent ?? "");
  dialog.returnValue = "";
  dialog.showModal();
  (form.querySelector("input[type=text]") ?? form.querySelector(".primary")).focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

/** Copies a text, or says that the browser does not allow it; answers whether it did. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast("The browser did not allow copying.", "error");
    return false;
  }
}

/** A short note that goes by itself; `kind` "error" stays longer. */
export function toast(text, kind = "") {
  const el = h("p", { class: `toast ${kind}`, dir: "auto" }, text);
  const box = document.getElementById("toasts");
  box.append(el);
  while (box.childElementCount > 3) box.firstChild.remove();
  const shownMs = (kind === "error" ? 5000 : 3200) + text.length * 15;
  setTimeout(() => el.classList.add("going"), shownMs);
  setTimeout(() => el.remove(), shownMs + 300);
}
