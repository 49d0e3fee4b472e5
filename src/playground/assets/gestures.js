// A long press or a right click.

const HOLD_MS = 450;
const SLOP_PX = 10;

/** Calls `act(target, point)` for a held finger or a right click; it answers whether it used the gesture. */
export function onHold(area, act) {
  let timer = null;
  let from = null;
  let held = false;
  const cancel = () => clearTimeout(timer);

  area.addEventListener("pointerdown", (event) => {
    held = false;
    if (event.pointerType === "mouse") return;
    from = { x: event.clientX, y: event.clientY };
    const { target } = event;
    timer = setTimeout(() => {
      held = act(target, from);
    }, HOLD_MS);
  });
  area.addEventListener("pointermove", (event) => {
    if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLOP_PX) cancel();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) area.addEventListener(name, cancel);
  // The finger that held must not also press what lies under it.
  area.addEventListener("click", (event) => {
    if (!held) return;
    held = false;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  area.addEventListener("contextmenu", (event) => {
    if (held) event.preventDefault();
    const selecting = String(getSelection()).length > 0;
    const onLink = event.target.closest("a");
    if (held || selecting || onLink) return;
    if (act(event.target, { x: event.clientX, y: event.clientY })) event.preventDefault();
  });
}
