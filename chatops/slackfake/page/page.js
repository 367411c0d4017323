// The page: one person's view of the workspace, redrawn at every change.
import { h, fill, format, zone } from "/dom.js";
import { mrkdwn, withEmoji, text as drawText } from "/mrkdwn.js";
import { drawBlocks } from "/blocks.js";
import { menu } from "/menu.js";
import { drawComposer } from "/composer.js";
import { drawModal } from "/modal.js";
import { valuesOf } from "/values.js";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
let state = { users: [], channels: [], messages: {}, stack: [] };
let here = query.get("channel");
let tab = query.get("tab") ?? "messages";
let thread = null;
let drawn = "";
const notices = {}; // what Slackbot told the person about failures, by channel

function remember() {
  const q = new URLSearchParams({ as: state.me, channel: here });
  if (tab !== "messages") q.set("tab", tab);
  history.replaceState(null, "", "?" + q);
}

function context() {
  const user = (id) => state.users.find((u) => u.id === id);
  return {
    me: state.me, now: state.now, tz: zone(user(state.me)?.tz), user, channels: state.channels,
    people: state.users.filter((u) => !u.bot && !u.deleted),
    name: (id) => user(id)?.real_name || user(id)?.name,
    channelName: (id) => state.channels.find((c) => c.id === id)?.name,
  };
}

export async function act(deed) {
  try {
    const res = await fetch("/page/act", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: state.me, ...deed }),
    });
    return await res.json();
  } catch {
    return { ok: false, error: "the stand-in is not running" };
  }
}

function notice(channel, words) {
  (notices[channel] ??= []).push({ words, at: state.now });
  redraw(true);
}

async function load() {
  const as = state.me ?? query.get("as") ?? "";
  const res = await fetch("/page/state?as=" + encodeURIComponent(as));
  state = await res.json();
  if (!state.channels?.some((c) => c.id === here)) here = state.channels?.[0]?.id;
  redraw(false);
  remember();
  const ch = state.channels.find((c) => c.id === here);
  if (ch?.unread && document.visibilityState === "visible" && tab === "messages") act({ do: "read", channel: here });
}

function redraw(force) {
  if (!state.channels?.length) return;
  const ctx = context();
  drawSide(ctx);
  const now = JSON.stringify([state.me, here, tab, thread, state.messages[here], state.home, state.channels.map((c) => c.name)]);
  if (force || now !== drawn) {
    drawn = now;
    drawTop();
    drawMiddle(ctx);
    drawThread(ctx);
  }
  drawModal($("modal"), state.stack.at(-1), state.stack.length, ctx, { act, confirm });
}

function drawSide(ctx) {
  fill($("team"), state.team);
  if (document.activeElement !== $("who")) {
    fill($("who"), ctx.people.map((u) => h("option", { value: u.id, selected: u.id === state.me }, u.real_name || u.name)));
  }
  const line = (c) => h("button", {
    type: "button", class: ["chan", c.id === here && "here", c.unread && "unread"].filter(Boolean).join(" "),
    onclick: () => go(c.id),
  }, h("span", { class: "sign" }, c.dm ? "◆" : c.private ? "🔒" : "#"), h("span", { class: "name" }, c.dm ? ctx.name(state.bot) : c.name),
  c.dm && h("span", { class: "badge" }, "APP"), c.unread > 0 && h("span", { class: "count" }, c.unread));
  fill($("channels"), h("h2", {}, "Channels"), state.channels.filter((c) => !c.dm).map(line),
    h("h2", {}, "Apps"), state.channels.filter((c) => c.dm).map(line));
}

function go(channel, to = "messages") {
  [here, tab, thread] = [channel, to, null];
  $("app").classList.remove("open");
  load();
}

function drawTop() {
  const c = state.channels.find((x) => x.id === here);
  fill($("title"), c.dm ? context().name(state.bot) : (c.private ? "🔒 " : "# ") + c.name, c.archived && " (archived)");
  fill($("tabs"), c.dm && ["home", "messages"].map((t) => h("button", {
    type: "button", role: "tab", class: t === tab ? "on" : "", "aria-selected": String(t === tab),
    onclick: () => {
      tab = t;
      if (t === "home") act({ do: "home" });
      load();
    },
  }, t === "home" ? "Home" : "Messages")));
  $("composer").hidden = tab === "home";
}

function drawMiddle(ctx) {
  const box = $("messages");
  if (tab === "home") {
    fill(box, h("div", { class: "home" }, state.home ? drawBlocks(state.home.blocks, ctx, homeHost())
      : h("p", { class: "unknown" }, "The app has not published its Home tab for you yet.")));
    return;
  }
  const low = box.scrollHeight - box.scrollTop - box.clientHeight < 80 || box.dataset.of !== here;
  box.dataset.of = here;
  const seen = (state.messages[here] ?? []).filter((m) => !m.thread_ts || m.broadcast);
  fill(box, h("div", { class: "pad" }), list(seen, ctx, true), (notices[here] ?? []).map((n) => drawNotice(n, ctx)));
  if (low) box.scrollTop = box.scrollHeight;
}

function list(messages, ctx, days) {
  let before = null;
  return messages.map((m) => {
    const day = (x) => format(Number(x.ts), ctx.tz, { weekday: "long", month: "long", day: "numeric" });
    const rule = days && (!before || day(before) !== day(m)) && h("div", { class: "day" }, h("span", {}, day(m)));
    const joined = before && !rule && before.user === m.user && m.ts - before.ts < 300 && !m.ephemeral_to && !before.ephemeral_to;
    before = m;
    return [rule, drawMessage(m, ctx, joined, days)];
  });
}

function avatar(name, id) {
  const el = h("span", { class: "avatar", "aria-hidden": "true" }, (name || "?")[0].toUpperCase());
  let hue = 0;
  for (const c of id) hue = (hue * 31 + c.charCodeAt(0)) % 360;
  el.style.background = id === state.bot ? "#4a154b" : `hsl(${hue} 45% 45%)`;
  return el;
}

function drawMessage(m, ctx, joined, inChannel) {
  const name = ctx.name(m.user) ?? m.user;
  const time = h("time", { class: "at", title: m.ts }, format(Number(m.ts), ctx.tz, { hour: "numeric", minute: "2-digit" }));
  return h("article", { class: ["message", joined && "joined", m.ephemeral_to && "ephemeral"].filter(Boolean).join(" "), id: "m" + m.ts },
    h("div", { class: "left" }, joined ? time.cloneNode(true) : avatar(name, m.user)),
    h("div", { class: "body" },
      m.ephemeral_to && h("p", { class: "only" }, "👁 Only visible to you"),
      inChannel && m.broadcast && h("p", { class: "only" }, h("button", { type: "button", class: "replies", onclick: () => openThread(m.thread_ts) }, "↰ replied to a thread")),
      !joined && h("div", { class: "by" }, h("strong", {}, name), m.bot_id && h("span", { class: "badge" }, "APP"), time),
      content(m, ctx),
      (m.files ?? []).map((f) => drawFile(f, ctx)),
      m.edited && h("span", { class: "edited" }, " (edited)"),
      attachments(m, ctx),
      inChannel && repliesTo(m, ctx)),
    !m.ephemeral_to && h("div", { class: "tools" },
      inChannel && h("button", { type: "button", "aria-label": "Reply in thread", onclick: () => openThread(m.thread_ts || m.ts) }, "💬"),
      shortcutsOn(m, ctx)));
}

// shortcutsOn is the menu of what the app offers to do about any message.
function shortcutsOn(m, ctx) {
  if (!state.shortcuts?.length) return null;
  return menu(state.shortcuts.map((x) => ({
    words: x.name, more: ctx.name(state.bot),
    go: async () => {
      const answer = await act({ do: "call", channel: m.channel, ts: m.ts, shortcut: x.callback });
      if (!answer.ok) notice(m.channel, `⚠️ ${x.name} did not work (${answer.error}).`);
    },
  })), "dots");
}

const counted = (replies) => `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;

// repliesTo is the bar below a message that opens its thread.
function repliesTo(m, ctx) {
  const all = (state.messages[m.channel] ?? []).filter((r) => r.thread_ts === m.ts && !r.ephemeral_to);
  if (!all.length) return null;
  const who = [...new Set(all.map((r) => r.user))].slice(0, 5);
  const last = format(Number(all.at(-1).ts), ctx.tz, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
  return h("button", { type: "button", class: "replies", onclick: () => openThread(m.ts) },
    who.map((id) => avatar(ctx.name(id) ?? id, id)), h("span", {}, counted(all)),
    h("small", {}, "Last reply " + last));
}

function content(m, ctx) {
  if (m.blocks?.length) return h("div", { class: "blocks" }, drawBlocks(m.blocks, ctx, messageHost(m)));
  return m.text && h("div", { class: "text" }, mrkdwn(m.text, ctx));
}

// drawFile shows a picture, and names any other file.
function drawFile(f, ctx) {
  const at = `/page/files/${f.id}?as=${encodeURIComponent(ctx.me)}`;
  return h("figure", { class: "file" }, h("figcaption", {}, f.title),
    f.mimetype?.startsWith("image/") ? h("a", { href: at, target: "_blank" }, h("img", { src: at, alt: f.alt_txt ?? f.title })) : f.name);
}

const colours = { good: "#2eb886", warning: "#daa038", danger: "#a30200" };

function attachments(m, ctx) {
  return (m.attachments ?? []).map((a) => {
    const bar = h("span", { class: "bar" });
    const hex = /^#?([0-9a-f]{6})$/i.exec(a.color ?? "");
    bar.style.background = colours[a.color] ?? (hex ? "#" + hex[1] : "#ddd");
    return h("div", { class: "attachment" }, bar, h("div", {},
      a.blocks?.length ? drawBlocks(a.blocks, ctx, messageHost(m)) : [a.title && h("strong", {}, withEmoji(a.title)), a.text && h("div", {}, mrkdwn(a.text, ctx))]));
  });
}

function drawNotice(n, ctx) {
  return h("article", { class: "message ephemeral" }, h("div", { class: "left" }, avatar("S", "USLACKBOT")),
    h("div", { class: "body" }, h("p", { class: "only" }, "👁 Only visible to you"),
      h("div", { class: "by" }, h("strong", {}, "Slackbot"), h("time", { class: "at" }, format(n.at, ctx.tz, { hour: "numeric", minute: "2-digit" }))),
      h("div", { class: "text" }, n.words)));
}

function openThread(ts) {
  thread = ts;
  redraw(true);
}

// drawThread keeps its composer as long as the thread is the same: a reply half
// written outlives what others say.
function drawThread(ctx) {
  const box = $("thread");
  box.hidden = !thread;
  const of = thread && state.me + here + thread;
  if (box.dataset.of !== of) {
    box.dataset.of = of ?? "";
    fill(box, thread && threadFrame(ctx));
  }
  const scroll = box.querySelector(".scroll");
  if (!thread || !scroll) return;
  const all = state.messages[here] ?? [];
  const replies = all.filter((m) => m.thread_ts === thread);
  fill(scroll, list(all.filter((m) => m.ts === thread), ctx, false),
    replies.length > 0 && h("div", { class: "day" }, h("span", {}, counted(replies))), list(replies, ctx, false));
  scroll.scrollTop = scroll.scrollHeight;
}

function threadFrame(ctx) {
  const of = thread;
  const composer = h("form", { class: "composer" });
  drawComposer(composer, ctx, { commands: [], placeholder: "Reply…", send: (words) => send(words, of) });
  return [h("header", { class: "top" }, h("h1", {}, "Thread"), h("button", { type: "button", class: "x", "aria-label": "Close", onclick: () => openThread(null) }, "✕")),
    h("div", { class: "scroll" }), composer];
}

async function send(words, inThread) {
  const channel = here;
  const command = words.trim().split(/\s/)[0];
  if (command.startsWith("/") && state.commands.length && !state.commands.some((c) => c.name === command)) {
    notice(channel, `${command} is not a valid command.`);
    return;
  }
  const answer = await act({ do: "type", channel, text: words, thread: inThread ?? "" });
  if (answer.ok) return;
  notice(channel, command.startsWith("/") ? `${command} failed with the error "${answer.error}"` : `The app did not take your message (${answer.error}).`);
}

function messageHost(m) {
  const blocks = [...(m.blocks ?? []), ...(m.attachments ?? []).flatMap((a) => a.blocks ?? [])];
  return {
    values: valuesOf(m.channel + m.ts, blocks),
    press: (b, e, pick) => confirm(e.confirm, async () => {
      const answer = await act({ do: "press", channel: m.channel, ts: m.ts, element: `${b.block_id}/${e.action_id}`, pick: pick === undefined ? [] : [pick] });
      if (!answer.ok) notice(m.channel, `⚠️ That did not work (${answer.error}).`);
    }),
  };
}

function homeHost() {
  const view = state.home;
  const values = valuesOf(view.id, view.blocks, view.state);
  return {
    values,
    press: (b, e, pick) => confirm(e.confirm, async () => {
      const answer = await act({ do: "pressv", view: view.id, element: `${b.block_id}/${e.action_id}`, values: values.all(), pick: pick === undefined ? [] : [pick] });
      if (!answer.ok) notice(here, `⚠️ That did not work (${answer.error}).`);
    }),
  };
}

function confirm(ask, then) {
  if (!ask) return then();
  const box = $("confirm");
  const answer = (yes) => {
    fill(box);
    if (yes) then();
  };
  const ok = h("button", { type: "button", class: "btn " + (ask.style === "danger" ? "danger" : "primary"), onclick: () => answer(true) }, drawText(ask.confirm, context()));
  fill(box, h("div", { class: "veil" }, h("div", { class: "dialog small", role: "alertdialog", "aria-modal": "true" },
    h("header", {}, h("h2", {}, drawText(ask.title, context()))), h("div", { class: "form" }, drawText(ask.text, context())),
    h("footer", {}, h("button", { type: "button", class: "btn", onclick: () => answer(false) }, drawText(ask.deny, context())), ok))));
  ok.focus();
}

$("who").addEventListener("change", (ev) => {
  state.me = ev.target.value;
  thread = null;
  ev.target.blur();
  if (here?.startsWith("D")) here = "D" + state.me;
  load();
});
$("burger").addEventListener("click", () => $("app").classList.toggle("open"));
drawComposer($("composer"), context(), {
  commands: () => state.commands ?? [], send,
  placeholder: () => "Message " + ($("title").textContent || ""),
});

await load();
if (tab === "home") act({ do: "home" });
if (query.get("ts")) {
  const linked = (state.messages[here] ?? []).find((m) => m.ts === query.get("ts"));
  if (linked?.thread_ts) openThread(linked.thread_ts);
  document.getElementById("m" + query.get("ts"))?.scrollIntoView();
}
new EventSource("/page/changes").addEventListener("message", load);
