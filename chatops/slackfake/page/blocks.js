// Block Kit, drawn as Slack draws it. host takes what the person does:
// press(block, element, pick) and, in forms, values, errors and changed().
import { h, toLocal, fromLocal } from "/dom.js";
import { mrkdwn, withEmoji, anchor } from "/mrkdwn.js";

export function drawBlocks(blocks, ctx, host) {
  return (blocks ?? []).map((b) => h("div", { class: "block " + String(b.type).replace(/\W/g, "") }, (draw[b.type] ?? unknown)(b, ctx, host)));
}

const unknown = (b) => h("p", { class: "unknown" }, `This content can't be displayed (${b.type}).`);

export function text(t, ctx) {
  if (!t) return "";
  return t.type === "mrkdwn" ? mrkdwn(t.text, ctx) : plain(t.text);
}

const plain = (t) => h("span", { class: "plain" }, withEmoji(t ?? ""));

const draw = {
  header: (b, ctx) => h("h3", {}, text(b.text, ctx)),
  divider: () => h("hr"),
  section: (b, ctx, host) => [
    h("div", { class: "words" },
      b.text && h("div", {}, text(b.text, ctx)),
      b.fields && h("div", { class: "fields" }, b.fields.map((f) => h("div", {}, text(f, ctx))))),
    b.accessory && h("div", { class: "accessory" }, element(b, b.accessory, ctx, host)),
  ],
  context: (b, ctx) => b.elements.map((e) => h("span", {}, e.type === "image" ? picture(e) : text(e, ctx))),
  actions: (b, ctx, host) => b.elements.map((e) => element(b, e, ctx, host)),
  image: (b, ctx) => [b.title && h("div", { class: "imagetitle" }, text(b.title, ctx)), picture(b)],
  markdown: (b, ctx) => mrkdwn(b.text.replace(/\*\*(.+?)\*\*/g, "*$1*"), ctx),
  rich_text: (b, ctx) => (b.elements ?? []).map((e) => rich(e, ctx)),
  input: (b, ctx, host) => [
    h("label", { class: "label", htmlFor: slot(b, b.element) }, text(b.label, ctx), b.optional && h("small", {}, " (optional)")),
    element(b, b.element, ctx, host),
    h("p", { class: "error", "data-error": b.block_id, role: "alert" }, ""),
    b.hint && h("p", { class: "hint" }, text(b.hint, ctx)),
  ],
};

const picture = (e) => h("span", { class: "picture", title: e.image_url }, "🖼 " + (e.alt_text ?? ""));

function rich(e, ctx) {
  const inner = () => (e.elements ?? []).map((x) => rich(x, ctx));
  switch (e.type) {
    case "rich_text_section": return h("div", {}, inner());
    case "rich_text_preformatted": return h("pre", {}, inner());
    case "rich_text_quote": return h("blockquote", {}, inner());
    case "rich_text_list": return h(e.style === "ordered" ? "ol" : "ul", {}, (e.elements ?? []).map((x) => h("li", {}, rich(x, ctx))));
    case "link": return anchor(e.url, e.text || e.url);
    case "user": return mrkdwn(`<@${e.user_id}>`, ctx);
    case "channel": return mrkdwn(`<#${e.channel_id}>`, ctx);
    case "emoji": return withEmoji(`:${e.name}:`);
    case "text": {
      let el = h("span", { class: "plain" }, e.text ?? "");
      for (const [style, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]]) if (e.style?.[style]) el = h(tag, {}, el);
      return el;
    }
    default: return "";
  }
}

const slot = (b, e) => `${b.block_id}/${e.action_id}`;
export const keyOf = (b, e) => (b.type === "input" ? b.block_id : e.action_id);

function element(b, e, ctx, host) {
  if (e.type === "image") return picture(e);
  if (e.type === "button") return button(b, e, ctx, host);
  if (e.type === "overflow") return overflow(b, e, ctx, host);
  const made = controls[e.type];
  if (!made) return unknown(e);
  const key = keyOf(b, e);
  const took = (value) => {
    if (host.values) host.values[key] = value;
    if (b.type !== "input" || b.dispatch_action) host.press(b, e, value);
  };
  return made(e, host.values?.[key], took, ctx, slot(b, e));
}

function button(b, e, ctx, host) {
  return h("button", {
    type: "button", class: "btn " + (e.style ?? ""), "aria-label": e.accessibility_label,
    onclick: () => {
      if (e.url && /^https?:/i.test(e.url)) window.open(e.url, "_blank", "noopener");
      host.press(b, e, e.value);
    },
  }, text(e.text, ctx));
}

function overflow(b, e, ctx, host) {
  const menu = h("details", { class: "overflow" }, h("summary", { class: "btn", "aria-label": "More actions" }, "⋯"),
    h("div", { class: "menu" }, e.options.map((o) => h("button", {
      type: "button",
      onclick: () => {
        menu.open = false;
        if (o.url && /^https?:/i.test(o.url)) window.open(o.url, "_blank", "noopener");
        host.press(b, e, o.value);
      },
    }, text(o.text, ctx)))));
  return menu;
}

const given = (kept, initial) => (kept !== undefined ? kept : initial ?? "");

function typed(type) {
  return (e, kept, took, ctx, id) => {
    const props = {
      id, value: given(kept, e.initial_value), placeholder: e.placeholder?.text ?? "", autofocus: e.focus_on_load,
      oninput: (ev) => took(ev.target.value), maxLength: e.max_length ?? 3000,
    };
    return e.multiline ? h("textarea", { rows: 4, ...props }) : h("input", { type, ...props });
  };
}

function select(e, kept, took, id, groups, multiple, initial) {
  const chosen = given(kept, initial).split("\n");
  const option = (o) => h("option", { value: o.value, selected: chosen.includes(o.value) }, o.label);
  return h("select", {
    id, multiple,
    onchange: (ev) => took([...ev.target.selectedOptions].map((o) => o.value).join("\n")),
  }, !multiple && h("option", { value: "" }, e.placeholder?.text ?? "Choose an option"),
  groups.map((g) => (g.label ? h("optgroup", { label: g.label }, g.options.map(option)) : g.options.map(option))));
}

const ofOptions = (all) => (all ?? []).map((o) => ({ value: o.value, label: withEmoji(o.text.text) }));

function staticSelect(multiple) {
  return (e, kept, took, ctx, id) => {
    const groups = e.option_groups?.map((g) => ({ label: g.label.text, options: ofOptions(g.options) })) ?? [{ options: ofOptions(e.options) }];
    const initial = multiple ? (e.initial_options ?? []).map((o) => o.value).join("\n") : e.initial_option?.value;
    return select(e, kept, took, id, groups, multiple, initial);
  };
}

function people(multiple) {
  return (e, kept, took, ctx, id) => select(e, kept, took, id,
    [{ options: ctx.people.map((u) => ({ value: u.id, label: u.real_name || u.name })) }], multiple,
    multiple ? (e.initial_users ?? []).join("\n") : e.initial_user);
}

const places = (e, kept, took, ctx, id) => select(e, kept, took, id,
  [{ options: ctx.channels.filter((c) => c.name).map((c) => ({ value: c.id, label: "#" + c.name })) }], false, e.initial_channel ?? e.initial_conversation);

function choices(type) {
  return (e, kept, took, ctx, id) => {
    const initial = (e.initial_options ?? (e.initial_option ? [e.initial_option] : [])).map((o) => o.value).join("\n");
    const chosen = given(kept, initial).split("\n");
    const box = h("div", { class: "choices", id, role: type === "radio" ? "radiogroup" : "group" }, e.options.map((o) => h("label", {},
      h("input", {
        type, name: id, value: o.value, checked: chosen.includes(o.value),
        onchange: () => took([...box.querySelectorAll("input:checked")].map((i) => i.value).join("\n")),
      }), h("span", {}, text(o.text, ctx), o.description && h("small", {}, text(o.description, ctx))))));
    return box;
  };
}

const picker = (type, initial) => (e, kept, took, ctx, id) =>
  h("input", { type, id, value: given(kept, e[initial]), onchange: (ev) => took(ev.target.value) });

function moment(e, kept, took, ctx, id) {
  const at = given(kept, e.initial_date_time);
  return h("span", { class: "moment" },
    h("input", {
      type: "datetime-local", id, value: at ? toLocal(Number(at), ctx.tz) : "",
      onchange: (ev) => took(ev.target.value ? String(fromLocal(ev.target.value, ctx.tz)) : ""),
    }), h("small", {}, ctx.tz));
}

const controls = {
  plain_text_input: typed("text"), email_text_input: typed("email"), url_text_input: typed("url"), number_input: typed("number"),
  static_select: staticSelect(false), multi_static_select: staticSelect(true),
  users_select: people(false), multi_users_select: people(true), channels_select: places, conversations_select: places,
  radio_buttons: choices("radio"), checkboxes: choices("checkbox"),
  datepicker: picker("date", "initial_date"), timepicker: picker("time", "initial_time"), datetimepicker: moment,
};
