// A menu behind three dots. Each row is {words, more, go}: what it says, what stands
// below that in small print, and what it does.
import { h } from "/dom.js";

export function menu(rows, face = "btn") {
  const list = h("div", { class: "menu" }, rows.map((row) => h("button", {
    type: "button",
    onclick: () => {
      box.open = false;
      row.go();
    },
  }, row.words, row.more && h("small", {}, row.more))));
  const box = h("details", {
    class: "overflow",
    ontoggle: () => { // it stays on the screen
      list.classList.remove("rightward", "leftward");
      const { left, right } = list.getBoundingClientRect();
      if (left < 4) list.classList.add("rightward");
      else if (right > window.innerWidth - 4) list.classList.add("leftward");
    },
  }, h("summary", { class: face, "aria-label": "More actions" }, "⋯"), list);
  return box;
}

// An open menu closes when the person turns elsewhere.
document.addEventListener("click", (ev) => {
  for (const box of document.querySelectorAll("details.overflow[open], details.several[open]")) {
    if (!box.contains(ev.target)) box.open = false;
  }
});
document.addEventListener("keydown", (ev) => {
  if (ev.key === "Escape") for (const box of document.querySelectorAll("details.overflow[open], details.several[open]")) box.open = false;
});
