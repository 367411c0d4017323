// The controls that hold a value. Each is made from the element and from on: value is
// what it holds (undefined before anybody touched it), keep(value) remembers, and
// tell(value, wait) tells the app where the block asks for that.
import { h, fill, toLocal, fromLocal } from "/dom.js";
import { withEmoji, text } from "/mrkdwn.js";
import { lines } from "/values.js";

const typingPause = 400; // ms without a key before characters are told

const held = (on, initial) => on.value ?? initial ?? "";

function take(on, value) {
  on.keep(value);
  on.tell(value);
}

function typed(type, more = () => ({})) {
  return (e, on, ctx, id) => {
    const triggers = e.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const [byEnter, byKey] = ["on_enter_pressed", "on_character_entered"].map((t) => on.loud && triggers.includes(t));
    const props = {
      id, value: held(on, e.initial_value), placeholder: e.placeholder?.text ?? "", autofocus: e.focus_on_load,
      oninput: (ev) => {
        on.keep(ev.target.value);
        if (byKey) on.tell(ev.target.value, typingPause);
      },
      onkeydown: (ev) => {
        if (ev.key !== "Enter" || ev.isComposing || !on.loud) return;
        if (!e.multiline) ev.preventDefault(); // it is told, and not submitted
        if (byEnter) take(on, ev.target.value);
      },
      ...more(e),
    };
    const box = e.multiline ? h("textarea", { rows: 4, ...props }) : h("input", { type, ...props });
    return byEnter ? [box, h("p", { class: "hint" }, "Press Enter to update")] : box;
  };
}

const ofText = (e) => ({ maxLength: e.max_length ?? 3000 });
const ofNumber = (e) => ({ step: e.is_decimal_allowed ? "any" : "1", min: e.min_value, max: e.max_value, inputMode: e.is_decimal_allowed ? "decimal" : "numeric" });

// What a menu offers, in groups of {label, options: {value, label}}.
const ofOptions = (all) => (all ?? []).map((o) => ({ value: o.value, label: withEmoji(o.text.text), more: o.description && withEmoji(o.description.text) }));
const choices = (e) => e.option_groups?.map((g) => ({ label: withEmoji(g.label.text), options: ofOptions(g.options) })) ?? [{ options: ofOptions(e.options) }];
const people = (e, ctx) => [{ options: ctx.people.map((u) => ({ value: u.id, label: u.real_name || u.name })) }];
const places = (e, ctx) => [{ options: ctx.channels.filter((c) => c.name).map((c) => ({ value: c.id, label: "#" + c.name })) }];

function one(offer, initial) {
  return (e, on, ctx, id) => {
    const chosen = held(on, initial(e));
    const option = (o) => h("option", { value: o.value, selected: o.value === chosen }, o.label);
    return h("select", { id, onchange: (ev) => take(on, ev.target.value) },
      h("option", { value: "" }, e.placeholder?.text ?? "Choose an option"),
      offer(e, ctx).map((g) => (g.label ? h("optgroup", { label: g.label }, g.options.map(option)) : g.options.map(option))));
  };
}

// several is a menu of ticks; the app is told once it closes.
function several(offer, initial) {
  return (e, on, ctx, id) => {
    let picked = lines(held(on, initial(e).join("\n")));
    let told = picked.join("\n");
    const most = e.max_selected_items ?? Infinity;
    const face = h("summary", { class: "face" });
    const boxes = [];
    const row = (o) => {
      const tick = h("input", {
        type: "checkbox", value: o.value, checked: picked.includes(o.value),
        onchange: () => {
          picked = tick.checked ? [...picked, o.value] : picked.filter((v) => v !== o.value);
          on.keep(picked.join("\n"));
          show();
        },
      });
      boxes.push({ tick, label: o.label });
      return h("label", {}, tick, h("span", {}, o.label, o.more && h("small", {}, o.more)));
    };
    const show = () => {
      const names = picked.map((v) => boxes.find((b) => b.tick.value === v)?.label ?? v);
      fill(face, names.length ? names.map((n) => h("span", { class: "chip" }, n)) : e.placeholder?.text ?? "Choose options");
      for (const { tick } of boxes) tick.disabled = !tick.checked && picked.length >= most;
    };
    const groups = offer(e, ctx).map((g) => [g.label && h("p", { class: "group" }, g.label), g.options.map(row)]);
    const menu = h("details", {
      class: "several", id,
      ontoggle: () => {
        const now = picked.join("\n");
        if (menu.open || now === told) return;
        told = now;
        on.tell(now);
      },
    }, face, h("div", { class: "choices" }, groups,
      h("button", { type: "button", class: "btn", onclick: () => { menu.open = false; } }, "Done")));
    show();
    return menu;
  };
}

function ticks(type) {
  return (e, on, ctx, id) => {
    const initial = (e.initial_options ?? (e.initial_option ? [e.initial_option] : [])).map((o) => o.value).join("\n");
    const chosen = lines(held(on, initial));
    const box = h("div", { class: "choices", id, role: type === "radio" ? "radiogroup" : "group" }, e.options.map((o) => h("label", {},
      h("input", {
        type, id: `${id}/${o.value}`, name: id, value: o.value, checked: chosen.includes(o.value),
        onchange: () => take(on, [...box.querySelectorAll("input:checked")].map((i) => i.value).join("\n")),
      }), h("span", {}, text(o.text, ctx), o.description && h("small", {}, text(o.description, ctx))))));
    return box;
  };
}

const picker = (type, initial) => (e, on, ctx, id) =>
  h("input", { type, id, value: held(on, e[initial]), onchange: (ev) => take(on, ev.target.value) });

function moment(e, on, ctx, id) {
  const at = held(on, e.initial_date_time);
  return h("span", { class: "moment" },
    h("input", {
      type: "datetime-local", id, value: at ? toLocal(Number(at), ctx.tz) : "",
      onchange: (ev) => take(on, ev.target.value ? String(fromLocal(ev.target.value, ctx.tz)) : ""),
    }), h("small", {}, ctx.tz));
}

const optionValues = (e) => (e.initial_options ?? []).map((o) => o.value);

export const controls = {
  plain_text_input: typed("text", ofText), email_text_input: typed("email"), url_text_input: typed("url"), number_input: typed("number", ofNumber),
  static_select: one(choices, (e) => e.initial_option?.value), multi_static_select: several(choices, optionValues),
  users_select: one(people, (e) => e.initial_user), multi_users_select: several(people, (e) => e.initial_users ?? []),
  channels_select: one(places, (e) => e.initial_channel), multi_channels_select: several(places, (e) => e.initial_channels ?? []),
  conversations_select: one(places, (e) => e.initial_conversation),
  multi_conversations_select: several(places, (e) => e.initial_conversations ?? []),
  radio_buttons: ticks("radio"), checkboxes: ticks("checkbox"),
  datepicker: picker("date", "initial_date"), timepicker: picker("time", "initial_time"), datetimepicker: moment,
};
