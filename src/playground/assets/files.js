// Documents and photos inside a bubble: a chip that downloads, and a view of text files in place.

import { fileUrl } from "./api.js";
import { h, icon, sizeOf } from "./dom.js";

const TEXT_NAME = /\.(txt|md|log|json|jsonl|ya?ml|toml|csv|tsv|xml|html?|css|m?[jt]sx?|rs|py|go|java|kt|swift|rb|sh|sql|c|h|cpp|hpp|diff|patch|lock|ini|conf|env)$/i;
const VIEW_LIMIT = 200_000;

const isText = (file) => /^text\/|[/+](json|xml|ya?ml|toml)$/.test(file.mime_type ?? "") || TEXT_NAME.test(file.file_name ?? "");

/** `opened` remembers under `key` that the view is unfolded. */
export function documentPart(file, key, opened) {
  const name = file.file_name ?? "file";
  const extension = name.includes(".") ? name.split(".").pop().slice(0, 5) : "file";
  const ondragstart = (event) => dragOut(event, file, name);
  const chip = h("a", { class: "chip-file", href: fileUrl(file.file_id), download: name, title: `Download ${name}`, draggable: "true", ondragstart },
    h("span", { class: "chip-icon", "aria-hidden": "true" }, extension),
    h("span", { class: "chip-name" }, h("strong", { dir: "auto" }, name), h("span", {}, sizeOf(file.file_size))));
  const box = h("div", { class: "document" }, chip);
  if (isText(file)) addView(box, file, `${key}:view`, opened);
  return box;
}

/** Lets a file be dropped into a folder of the machine. */
function dragOut({ dataTransfer }, file, name) {
  const url = new URL(fileUrl(file.file_id), location.href).href;
  dataTransfer.effectAllowed = "copy";
  dataTransfer.setData("DownloadURL", `${file.mime_type ?? "application/octet-stream"}:${name.replaceAll(":", "_")}:${url}`);
  dataTransfer.setData("text/uri-list", url);
}

function addView(box, file, key, opened) {
  const toggle = h("button", { class: "view-toggle", type: "button" });
  const body = h("pre", { class: "view", tabindex: "0", "aria-label": `Content of ${file.file_name}` });
  const show = async () => {
    const open = opened.has(key);
    toggle.replaceChildren(open ? "Hide" : "View", icon("down"));
    toggle.setAttribute("aria-expanded", String(open));
    if (!open) return body.remove();
    box.append(body);
    if (!body.firstChild) body.replaceChildren(...(await contentOf(file)));
    return undefined;
  };
  toggle.addEventListener("click", () => {
    if (!opened.delete(key)) opened.add(key);
    show();
  });
  box.firstChild.after(toggle);
  show();
}

async function contentOf(file) {
  try {
    const response = await fetch(fileUrl(file.file_id));
    if (!response.ok) return [`The file cannot be read (${response.status}).`];
    const text = await response.text();
    const shown = text.length > VIEW_LIMIT ? `${text.slice(0, VIEW_LIMIT)}\n… download the file to see the rest` : text;
    return /\.(diff|patch)$/i.test(file.file_name ?? "") ? diffLines(shown) : [shown];
  } catch {
    return ["The file cannot be read: the playground does not answer."];
  }
}

function diffLines(text) {
  const kinds = { "+": "added", "-": "removed", "@": "hunk" };
  return text.split("\n").map((line) => h("span", { class: kinds[line[0]] ?? null }, `${line}\n`));
}

/** The largest size of a photo, at its own proportions. */
export function photoPart(sizes) {
  const best = sizes.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  const url = fileUrl(best.file_id);
  const image = h("img", { src: url, width: best.width || null, height: best.height || null, alt: "Photo", loading: "lazy" });
  return h("a", { class: "photo", href: url, target: "_blank", rel: "noopener" }, image);
}

/** A voice message: played in place where the browser can, and to be saved in any case. */
export function soundPart(voice) {
  const url = fileUrl(voice.file_id);
  const length = voice.duration ? ` (${voice.duration} s)` : "";
  const save = { class: "save", href: url, download: "voice.ogg", draggable: "true", ondragstart: (event) => dragOut(event, voice, "voice.ogg") };
  return h("div", { class: "sound" },
    h("audio", { controls: true, preload: "metadata", src: url, "aria-label": `Voice message${length}` }),
    h("a", save, `Save${length}`));
}
