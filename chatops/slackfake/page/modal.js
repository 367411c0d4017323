// Modals: the top view of the stack. An update redraws it around what the person
// entered, and around the place where they are.
import { h, fill } from "/dom.js";
import { drawBlocks } from "/blocks.js";
import { text } from "/mrkdwn.js";
import { valuesOf } from "/values.js";

let shown = { id: "", key: "" }; // the view on screen, and what of it was drawn
const waiting = new Map(); // timers of what is not told yet, by element
let submitting = false;

export function drawModal(box, view, depth, ctx, { act, confirm }) {
  if (!view) {
    if (shown.id) fill(box);
    leave();
    return;
  }
  const key = view.id + view.hash + ctx.me;
  if (key !== shown.key) {
    const same = view.id === shown.id;
    if (!same) leave();
    shown = { id: view.id, key };
    const place = same ? whereIn(box) : null;
    build(box, view, depth, ctx, act, confirm);
    if (place) goBack(box, place);
    else (box.querySelector("[autofocus]") ?? box.querySelector("input, textarea, select"))?.focus();
  }
  for (const line of box.querySelectorAll("[data-error]")) line.textContent = view.errors?.[line.dataset.error] ?? "";
}

function leave() {
  shown = { id: "", key: "" };
  submitting = false;
  hush();
}

// hush forgets what waits to be told: an act that follows carries it.
function hush() {
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
}

function whereIn(box) {
  const at = document.activeElement;
  const place = {
    top: box.querySelector(".form")?.scrollTop ?? 0, id: box.contains(at) ? at.id : "",
    open: [...box.querySelectorAll("details[open]")].map((d) => d.id),
  };
  try {
    [place.from, place.to] = [at.selectionStart, at.selectionEnd];
  } catch { /* not every field has a caret that can be read */ }
  return place;
}

function goBack(box, place) {
  const named = (id) => (id ? [...box.querySelectorAll("[id]")].find((el) => el.id === id) : undefined);
  for (const id of place.open) if (named(id)) named(id).open = true;
  const at = named(place.id);
  at?.focus({ preventScroll: true });
  if (at && typeof place.from === "number") {
    try {
      at.setSelectionRange(place.from, place.to);
    } catch { /* as above */ }
  }
  box.querySelector(".form").scrollTop = place.top;
}

function build(box, view, depth, ctx, act, confirm) {
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const failed = (answer) => {
    trouble.hidden = answer.ok;
    trouble.textContent = answer.ok ? "" : `We had some trouble connecting. Try again? (${answer.error})`;
  };
  const values = valuesOf(view.id, view.blocks, view.state);
  const tell = async (b, e, pick) => {
    if (submitting || shown.id !== view.id) return; // what was entered has gone along
    failed(await act({
      do: "pressv", view: view.id, element: `${b.block_id}/${e.action_id}`, values: values.all(), pick: pick === undefined ? [] : [pick],
    }));
  };
  const press = (b, e, pick, wait) => {
    const key = `${b.block_id}/${e.action_id}`;
    clearTimeout(waiting.get(key));
    waiting.delete(key);
    if (wait) waiting.set(key, setTimeout(() => tell(b, e, pick), wait));
    else confirm(e.confirm, () => tell(b, e, pick));
  };
  const submit = h("button", { type: "submit", class: "btn primary" }, view.submit ? text(view.submit, ctx) : "Submit");
  const form = h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", noValidate: true,
    onsubmit: async (ev) => {
      ev.preventDefault();
      if (!view.submit) return;
      hush();
      submit.disabled = submitting = true;
      failed(await act({ do: "submit", view: view.id, values: values.all() }));
      submit.disabled = submitting = false;
    },
  },
  h("header", {}, h("h2", {}, text(view.title, ctx)),
    h("button", { type: "button", class: "x", "aria-label": "Close", onclick: () => act({ do: "close", view: view.id, all: true }) }, "✕")),
  h("div", { class: "form" }, trouble, drawBlocks(view.blocks, ctx, { values, press })),
  h("footer", {},
    h("button", { type: "button", class: "btn", onclick: () => act({ do: "close", view: view.id }) }, view.close ? text(view.close, ctx) : depth > 1 ? "Back" : "Close"),
    view.submit && submit));
  fill(box, h("div", { class: "veil" }, form));
}
