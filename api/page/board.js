// The board without a reload. It asks for the board's inner part every few seconds,
// shows it where it changed, and counts the time on each second from what the page
// holds. It says since when it is not live any more, and asks less often then, and
// while nobody looks. Without it, the page is as it was made, and a link reloads it.
"use strict";

(() => {
  const usual = 5000; // ms from one asking to the next
  const hidden = 60000; // ditto, while nobody looks
  const rarest = 60000; // ditto, after failures
  const patience = 10000; // ms that an answer may take
  const stale = 20000; // ms for which the last answer is believed, as after a sleep
  const board = document.getElementById("board");
  const live = document.getElementById("live");
  const asOf = document.getElementById("as-of");
  if (!board || !live || !asOf) return;

  let ahead = Date.parse(board.dataset.now) - Date.now(); // of our clock to the server's
  let tag = board.dataset.tag;
  let seen = board.dataset.now; // when the server last said how it is
  let failures = 0;
  let timer = 0;
  let asking = null;

  const now = () => Date.now() + ahead;

  // lasting is how long something takes, as the server says it; to the second below an hour.
  function lasting(ms) {
    const seconds = Math.floor(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return Math.floor(hours / 24) + " days";
    if (hours >= 3 || (hours >= 1 && minutes % 60 === 0)) return hours + " h";
    if (hours >= 1) return hours + " h " + (minutes % 60) + " min";
    if (minutes >= 1) return minutes + " min " + (seconds % 60) + " s";
    return seconds + " s";
  }

  // count says of each clock how it stands this second, and whether that can be believed.
  function count() {
    if (live.className === "alive" && now() - Date.parse(seen) > stale) say("Not live any more: trying again", true);
    for (const clock of board.querySelectorAll("time[data-what]")) {
      const { what, soon, over } = clock.dataset;
      const left = Date.parse(clock.dateTime) - now();
      let tone = "";
      let text = what + " in " + lasting(left);
      if (left <= 0 && over === "now") {
        text = what + " now";
      } else if (left <= 0) {
        tone = "late";
        text = what + " " + over + " " + lasting(-left) + " ago";
      } else if (now() >= Date.parse(soon)) {
        tone = "soon";
        text = what + " in only " + lasting(left);
      }
      if (clock.textContent !== text) clock.textContent = text;
      if (clock.className !== ("clock " + tone).trim()) clock.className = ("clock " + tone).trim();
    }
  }

  // clockTime is an instant on the reader's clock, in the zone of the page.
  function clockTime(iso) {
    const at = new Date(iso);
    try {
      return at.toLocaleTimeString("en-GB", { timeZone: board.dataset.zone });
    } catch {
      return at.toLocaleTimeString("en-GB");
    }
  }

  // say tells how current the board is; what is read aloud changes only with that.
  function say(text, dead) {
    if (live.textContent !== text) live.textContent = text;
    live.className = dead ? "dead" : "alive";
    asOf.textContent = "last updated " + clockTime(seen);
  }

  // put shows a new inner part, and leaves the keyboard where it was.
  function put(text) {
    const at = document.activeElement;
    const group = at && board.contains(at) ? at.closest("section") : null;
    const id = group && group.id;
    const href = group && at.getAttribute("href");
    board.innerHTML = text;
    if (href) {
      const links = [...board.querySelectorAll("a")].filter((a) => a.getAttribute("href") === href);
      const again = links.find((a) => a.closest("section").id === id) || links[0];
      if (again) again.focus();
    }
    count();
  }

  async function ask() {
    const gives = new AbortController();
    const late = setTimeout(() => gives.abort(), patience);
    try {
      const answer = await fetch(board.dataset.source, {
        cache: "no-store", credentials: "same-origin", redirect: "error", signal: gives.signal, headers: { "If-None-Match": tag },
      });
      if (answer.status === 401 || answer.status === 403) return "signed out";
      const at = answer.headers.get("X-Steward-Now");
      if ((answer.status !== 200 && answer.status !== 304) || !at) return "failed"; // or of somebody else
      if (answer.status === 200) {
        const text = await answer.text();
        tag = answer.headers.get("ETag") || "";
        put(text);
      }
      seen = at;
      ahead = Date.parse(seen) - Date.now();
      return "heard";
    } catch {
      return "failed";
    } finally {
      clearTimeout(late);
    }
  }

  async function turn() {
    clearTimeout(timer);
    if (asking) return;
    asking = ask();
    const came = await asking;
    asking = null;
    if (came === "signed out") {
      say("Not live any more: reload to sign in", true);
      return;
    }
    failures = came === "heard" ? 0 : failures + 1;
    if (failures === 0) say("Live", false);
    else say("Not live any more: trying again", true);
    const wait = failures ? Math.min(usual * 2 ** failures, rarest) : usual;
    timer = setTimeout(turn, Math.max(wait, document.hidden ? hidden : 0) * (0.9 + Math.random() / 5));
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) turn(); });
  window.addEventListener("online", turn);
  setInterval(count, 1000);
  count();
  turn();
})();
