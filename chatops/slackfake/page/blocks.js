// Block Kit, drawn as Slack draws it. host takes what the person does: press(block,
// element, pick) tells the app, and values holds what was entered.
import { h } from "/dom.js";
import { mrkdwn, withEmoji, anchor, text } from "/mrkdwn.js";
import { controls } from "/controls.js";
import { menu } from "/menu.js";
import { slot } from "/values.js";

export function drawBlocks(blocks, ctx, host) {
  return (blocks ?? []).map((b) => h("div", { class: "block " + String(b.type).replace(/\W/g, "") }, (draw[b.type] ?? unknown)(b, ctx, host)));
}

const unknown = (b) => h("p", { class: "unknown" }, `This content can't be displayed (${b.type}).`);


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
    case "link": return e.style?.bold ? h("strong", {}, anchor(e.url, e.text || e.url)) : anchor(e.url, e.text || e.url);
    case "user": return mrkdwn(`<@${e.user_id}>`, ctx);
    case "channel": return mrkdwn(`<#${e.channel_id}>`, ctx);
    case "date": return mrkdwn(`<!date^${e.timestamp}^${e.format}|${e.fallback ?? ""}>`, ctx);
    case "emoji": return withEmoji(`:${e.name}:`);
    case "text": {
      let el = h("span", { class: "plain" }, e.text ?? "");
      for (const [style, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]]) if (e.style?.[style]) el = h(tag, {}, el);
      return el;
    }
    default: return "";
  }
}

function element(b, e, ctx, host) {
  if (e.type === "image") return picture(e);
  if (e.type === "button") return button(b, e, ctx, host);
  if (e.type === "overflow") return overflow(b, e, ctx, host);
  const made = controls[e.type];
  if (!made) return unknown(e);
  const loud = b.type !== "input" || b.dispatch_action === true;
  return made(e, {
    loud,
    value: host.values.get(b, e),
    keep: (value) => host.values.set(b, e, value),
    tell: (value, wait) => loud && host.press(b, e, value, wait),
  }, ctx, slot(b, e));
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
  return menu(e.options.map((o) => ({
    words: text(o.text, ctx), more: o.description && text(o.description, ctx),
    go: () => {
      if (o.url && /^https?:/i.test(o.url)) window.open(o.url, "_blank", "noopener");
      host.press(b, e, o.value);
    },
  })));
}
