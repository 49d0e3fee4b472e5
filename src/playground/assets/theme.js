// Light or dark: the system's setting, unless one chooses.

import { openMenu } from "./overlays.js";

const KEY = "adjutant-theme";
const CHOICES = [["", "As the system", "clock"], ["light", "Light", "sun"], ["dark", "Dark", "moon"]];

const chosen = () => localStorage.getItem(KEY) ?? "";

export function applyTheme() {
  document.documentElement.style.colorScheme = chosen();
}

export function openThemeMenu(anchor) {
  const choose = (value) => {
    localStorage.setItem(KEY, value);
    applyTheme();
  };
  const items = CHOICES.map(([value, label, icon]) => ({ label, icon, checked: chosen() === value, act: () => choose(value) }));
  openMenu(anchor, items, { title: "Colours" });
}
