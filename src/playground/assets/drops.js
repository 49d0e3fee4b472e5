// Files that are dropped on the page or pasted. Knows nothing of what happens to them.

import { toast } from "./overlays.js";

/** The files of a transfer; a folder is none, and that is said. */
function filesOf({ items }) {
  const all = [...items].filter((item) => item.kind === "file");
  const plain = all.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory);
  if (plain.length < all.length) toast("Folders cannot be sent. Pack the folder into a file first.", "error");
  return plain.map((item) => item.getAsFile()).filter(Boolean);
}

/** Calls `take(files)` for pasted files; where text comes along (from an office program, say), the text is meant. */
export function acceptPastes(input, take) {
  input.addEventListener("paste", (event) => {
    const { types } = event.clipboardData;
    if (!types.includes("Files") || types.includes("text/plain")) return;
    event.preventDefault();
    take(filesOf(event.clipboardData));
  });
}

/** Calls `take(files)` for files dropped on `area`. Beside it the browser must not open them instead of the page. */
export function acceptDrops(area, take) {
  // What is dragged out of the page is not for the page.
  let ours = false;
  document.addEventListener("dragstart", () => {
    ours = true;
  });
  document.addEventListener("dragend", () => {
    ours = false;
  });
  const over = (on) => area.classList.toggle("dropping", on);
  const isForUs = ({ dataTransfer }) => !ours && dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!isForUs(event)) return;
    event.preventDefault();
    const inside = area.contains(event.target);
    event.dataTransfer.dropEffect = inside ? "copy" : "none";
    over(inside);
  });
  area.addEventListener("dragleave", (event) => area.contains(event.relatedTarget) || over(false));
  document.addEventListener("drop", (event) => {
    over(false);
    if (!isForUs(event)) return;
    event.preventDefault();
    if (area.contains(event.target)) take(filesOf(event.dataTransfer));
  });
}
