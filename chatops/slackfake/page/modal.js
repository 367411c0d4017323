// Modals: the top view of the stack, kept as it is while the person types.
import { h, fill } from "/dom.js";
import { drawBlocks, text } from "/blocks.js";

let shown = ""; // id and hash of the view on screen
const typed = {}; // what was entered, by view id: it outlives an update of the view

export function drawModal(box, view, depth, ctx, { act, confirm }) {
  if (!view) {
    if (shown) fill(box);
    shown = "";
    return;
  }
  const values = (typed[view.id] ??= {});
  const key = view.id + view.hash + ctx.me;
  if (key !== shown) {
    shown = key;
    build(box, view, depth, ctx, values, act, confirm);
  }
  for (const slot of box.querySelectorAll("[data-error]")) slot.textContent = view.errors?.[slot.dataset.error] ?? "";
}

function build(box, view, depth, ctx, values, act, confirm) {
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const failed = (answer) => {
    trouble.hidden = answer.ok;
    trouble.textContent = answer.ok ? "" : `We had some trouble connecting. Try again? (${answer.error})`;
  };
  const current = () => {
    const known = new Set();
    for (const b of view.blocks ?? []) {
      known.add(b.block_id);
      for (const e of [b.element, b.accessory, ...(b.elements ?? [])]) if (e?.action_id) known.add(e.action_id);
    }
    return Object.fromEntries(Object.entries(values).filter(([k]) => known.has(k)));
  };
  const host = {
    values,
    press: (b, e, pick) => confirm(e.confirm, async () => failed(await act({
      do: "pressv", view: view.id, element: `${b.block_id}/${e.action_id}`, values: current(), pick: pick === undefined ? [] : [pick],
    }))),
  };
  const submit = h("button", { type: "submit", class: "btn primary" }, view.submit ? text(view.submit, ctx) : "Submit");
  const form = h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", noValidate: true,
    onsubmit: async (ev) => {
      ev.preventDefault();
      submit.disabled = true;
      failed(await act({ do: "submit", view: view.id, values: current() }));
      submit.disabled = false;
    },
  },
  h("header", {}, h("h2", {}, text(view.title, ctx)),
    h("button", { type: "button", class: "x", "aria-label": "Close", onclick: () => act({ do: "close", view: view.id, all: true }) }, "✕")),
  h("div", { class: "form" }, trouble, drawBlocks(view.blocks, ctx, host)),
  h("footer", {},
    h("button", { type: "button", class: "btn", onclick: () => act({ do: "close", view: view.id }) }, view.close ? text(view.close, ctx) : depth > 1 ? "Back" : "Close"),
    view.submit && submit));
  fill(box, h("div", { class: "veil" }, form));
  form.querySelector("input, textarea, select")?.focus();
}
