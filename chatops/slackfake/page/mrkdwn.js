// Slack's mrkdwn and emoji, drawn as DOM nodes.
import { h, format } from "/dom.js";

const emoji = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  warning: "⚠️", rotating_light: "🚨", fire: "🔥", bell: "🔔", no_bell: "🔕", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  clock1: "🕐", alarm_clock: "⏰", stopwatch: "⏱️", calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️", memo: "📝", pencil: "📝",
  pencil2: "✏️", lock: "🔒", unlock: "🔓", key: "🔑", mag: "🔍", eyes: "👀", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  large_orange_diamond: "🔶", large_blue_diamond: "🔷", small_orange_diamond: "🔸", large_green_circle: "🟢", red_circle: "🔴",
  large_yellow_circle: "🟡", large_orange_circle: "🟠", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  rocket: "🚀", tada: "🎉", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", pray: "🙏", ok_hand: "👌",
  raised_hand: "✋", hand: "✋", bulb: "💡", wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", package: "📦", link: "🔗", pushpin: "📌",
  arrow_right: "➡️", arrow_left: "⬅️", arrows_counterclockwise: "🔄", rewind: "⏪", leftwards_arrow_with_hook: "↩️",
  black_square_for_stop: "⏹️", arrow_forward: "▶️", double_vertical_bar: "⏸️", heavy_plus_sign: "➕", question: "❓", grey_question: "❔",
  exclamation: "❗", information_source: "ℹ️", speech_balloon: "💬", clipboard: "📋", bar_chart: "📊", chart_with_upwards_trend: "📈",
  shield: "🛡️", ghost: "👻", robot_face: "🤖", smile: "😄", slightly_smiling_face: "🙂", cry: "😢", construction: "🚧", scroll: "📜",
  telephone_receiver: "📞", phone: "☎️", email: "✉️", star: "⭐", zap: "⚡", snowflake: "❄️", ice_cube: "🧊", checkered_flag: "🏁", book: "📖",
};

export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji[name] ?? all);

const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// mrkdwn draws one text. ctx knows people, channels and the reader's zone.
export function mrkdwn(text, ctx) {
  const out = document.createDocumentFragment();
  text.split(/\n?```\n?([\s\S]+?)\n?```/).forEach((part, i) => {
    if (i % 2) out.append(h("pre", {}, entities(part, ctx)));
    else if (part) lines(i ? part.replace(/^\n/, "") : part, ctx, out);
  });
  return out;
}

function lines(text, ctx, out) {
  let quote = null;
  text.split("\n").forEach((line, i, all) => {
    const quoted = /^(&gt;|>) ?/.exec(line);
    if (quoted) {
      if (!quote) out.append((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(inline(line.slice(quoted[0].length), ctx));
      return;
    }
    const after = quote;
    quote = null;
    out.append(inline(line, ctx));
    if (i < all.length - 1 && !(after && line === "")) out.append(h("br"));
  });
}

const styles = { "*": "strong", _: "em", "~": "s" };

function inline(text, ctx) {
  const out = document.createDocumentFragment();
  let plain = "";
  const flush = () => {
    if (plain) out.append(withEmoji(decode(plain)));
    plain = "";
  };
  for (let i = 0; i < text.length; i++) {
    const node = special(text, i, ctx);
    if (node) {
      flush();
      out.append(node.el);
      i = node.end;
    } else plain += text[i];
  }
  flush();
  return out;
}

// special reads code, a reference or a styled run at i, if one begins there.
function special(text, i, ctx) {
  const rest = text.slice(i);
  const code = /^`([^`]+)`/.exec(rest);
  if (code) return { el: h("code", {}, entities(code[1], ctx)), end: i + code[0].length - 1 };
  const ref = /^<([^<>]+)>/.exec(rest);
  if (ref) return { el: reference(ref[1], ctx), end: i + ref[0].length - 1 };
  const tag = styles[text[i]];
  if (!tag || /\w/.test(text[i - 1] ?? "")) return null;
  for (let j = text.indexOf(text[i], i + 2); j > 0; j = text.indexOf(text[i], j + 1)) {
    const inner = text.slice(i + 1, j);
    if (/^\s|\s$/.test(inner) || /\w/.test(text[j + 1] ?? "")) continue;
    return { el: h(tag, {}, inline(inner, ctx)), end: j };
  }
  return null;
}

function entities(text, ctx) {
  const out = document.createDocumentFragment();
  text.split(/<([^<>]+)>/).forEach((part, i) => out.append(i % 2 ? reference(part, ctx) : decode(part)));
  return out;
}

function reference(inside, ctx) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  const id = target.slice(1);
  if (target[0] === "@") return h("span", { class: id === ctx.me ? "mention me" : "mention" }, "@" + (ctx.name(id) || label || id));
  if (target[0] === "#") return h("span", { class: "mention" }, "#" + (ctx.channelName(id) || label || id));
  if (target.startsWith("!date^")) return date(target.split("^"), label, ctx);
  if (target[0] === "!") return h("span", { class: "mention me" }, "@" + id.split("^")[0]);
  return anchor(decode(target), withEmoji(decode(label || target)));
}

export function anchor(url, label) {
  if (!/^(https?|mailto):/i.test(url)) return label;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function date([, seconds, pattern, url], fallback, ctx) {
  const at = Number(seconds);
  if (!Number.isFinite(at) || !pattern) return decode(fallback);
  const day = (s) => format(s, ctx.tz, { year: "numeric", month: "numeric", day: "numeric" });
  const pretty = (other) => {
    for (const [word, off] of [["today", 0], ["yesterday", -86400], ["tomorrow", 86400]]) if (day(ctx.now + off) === day(at)) return word;
    return other;
  };
  const short = format(at, ctx.tz, { month: "short", day: "numeric", year: "numeric" });
  const long = format(at, ctx.tz, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const full = format(at, ctx.tz, { month: "long", day: "numeric", year: "numeric" });
  const words = {
    date_num: wallDate(at, ctx), date: full, date_short: short, date_long: long,
    date_pretty: pretty(full), date_short_pretty: pretty(short), date_long_pretty: pretty(long),
    time: format(at, ctx.tz, { hour: "numeric", minute: "2-digit" }),
    time_secs: format(at, ctx.tz, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: ago(ctx.now - at),
  };
  const text = decode(pattern).replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
  const shown = h("time", { title: format(at, ctx.tz, { dateStyle: "full", timeStyle: "long" }) }, text);
  return url ? anchor(decode(url), text) : shown;
}

const wallDate = (at, ctx) => new Intl.DateTimeFormat("en-CA", { timeZone: ctx.tz }).format(new Date(at * 1000));

function ago(seconds) {
  const words = new Intl.RelativeTimeFormat("en");
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return words.format(-Math.round(seconds / size), unit);
  }
  return "just now";
}

// text draws a text object.
export function text(t, ctx) {
  if (!t) return "";
  return t.type === "mrkdwn" ? mrkdwn(t.text, ctx) : h("span", { class: "plain" }, withEmoji(t.text ?? ""));
}
