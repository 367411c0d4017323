// The composer: a line to type in, with the app's commands suggested.
import { h, fill } from "/dom.js";

const now = (v) => (typeof v === "function" ? v() : v);

export function drawComposer(form, ctx, { commands, send, placeholder }) {
  const hints = h("div", { class: "hints", hidden: true });
  const box = h("textarea", { rows: 1, placeholder: now(placeholder), "aria-label": "Message", autocomplete: "off" });
  let at = 0;

  function found() {
    const typed = box.value.trimStart();
    if (!typed.startsWith("/")) return [];
    const name = typed.split(/\s/)[0];
    return now(commands).filter((c) => (typed.includes(" ") ? c.name === name : c.name.startsWith(name)));
  }

  function suggest() {
    if (/^\n+$/.test(box.value)) box.value = ""; // some keyboards send the Enter again as text
    box.placeholder = now(placeholder);
    const all = found();
    at = Math.min(at, Math.max(0, all.length - 1));
    hints.hidden = all.length === 0;
    fill(hints, all.map((c, i) => h("button", { type: "button", class: i === at ? "on" : "", onmousedown: (ev) => { ev.preventDefault(); take(c); } },
      h("strong", {}, c.name), " ", h("span", { class: "hint" }, c.hint), h("small", {}, c.description))));
  }

  function take(c) {
    box.value = c.name + " ";
    suggest();
    box.focus();
  }

  function go() {
    const words = box.value;
    if (!words.trim()) return;
    box.value = "";
    suggest();
    send(words);
  }

  box.addEventListener("input", suggest);
  box.addEventListener("focus", suggest);
  box.addEventListener("blur", () => { hints.hidden = true; });
  box.addEventListener("keydown", (ev) => {
    const all = found();
    const choosing = all.length > 0 && !box.value.trimStart().includes(" ");
    if (ev.key === "ArrowDown" && choosing) at = (at + 1) % all.length;
    else if (ev.key === "ArrowUp" && choosing) at = (at + all.length - 1) % all.length;
    else if (ev.key === "Tab" && choosing) return ev.preventDefault(), take(all[at]);
    else if (ev.key === "Enter" && !ev.shiftKey) {
      ev.preventDefault();
      if (choosing && box.value.trim() !== all[at].name) return take(all[at]);
      return go();
    } else return;
    ev.preventDefault();
    suggest();
  });
  form.addEventListener("submit", (ev) => { ev.preventDefault(); go(); });
  fill(form, hints, h("div", { class: "line" }, box, h("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤")));
}
