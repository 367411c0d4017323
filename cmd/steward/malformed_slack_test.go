package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

// delivered is a request as Slack signs and sends it.
func (m *maker) delivered(family, path, kind, body string) shot {
	s := shot{family: family, method: "POST", target: path, body: body, header: []string{
		"Content-Type", kind, "X-Slack-Request-Timestamp", "", "X-Slack-Signature", "",
	}}
	s.sign(0, testSigningSecret)
	m.signed = append(m.signed, s)
	m.signed = m.signed[max(0, len(m.signed)-200):]
	return s
}

func (s *shot) sign(skew time.Duration, secret string) {
	at := strconv.FormatInt(time.Now().Add(skew).Unix(), 10)
	s.header = slices.Clone(s.header)
	s.header[3], s.header[5] = at, slackfake.Sign(secret, at, []byte(s.body))
}

const asForm = "application/x-www-form-urlencoded"

// where an answer may be sent: hardly anywhere.
func (m *maker) responseURL() string {
	return pick(m, []string{
		m.config.SlackAPIURL, strings.TrimSuffix(m.config.SlackAPIURL, "api/") + "response/none", "http://127.0.0.1:1/", "https://hooks.slack.com.evil.test/x", "http://169.254.169.254/latest/meta-data/",
		"file:///etc/passwd", "", "\x00", "gopher://x", "https://hooks.slack.com/commands/x", strings.Repeat("h", 5000),
	})
}

func (m *maker) slackUser() string {
	if m.rare(10) {
		return pick(m, []string{"", "U0STRANGER", "U0NOBODY", "u0ana", "U0ANA ", "U0ANA|x", "<@U0ANA>", "\x00", strings.Repeat("U", 40), "USLACKBOT"})
	}
	if m.rare(4) {
		return pick(m, m.people[senders:]) // who has something to decide
	}
	return pick(m, m.people)
}

func (m *maker) team() string {
	if m.rare(15) {
		return pick(m, []string{"", "T0OTHER", "t0steward", standInTeam + "x", "T|" + standInTeam})
	}
	return standInTeam
}

// name is a command's, hardly ever one that Slack could not send.
func (m *maker) name() string {
	if m.rare(20) {
		return pick(m, []string{"change", "", "/\x00", "/" + strings.Repeat("c", 300)})
	}
	return pick(m, []string{"/change", "/change", "/incident", "/incident", "/problem", "/problem", "/corrective", "/corrective", "/supplier", "/itsm", "/who", "/other"})
}

var typedVerbs = []string{
	"new", "show", "approve", "reject", "start", "done", "fail", "cancel", "list", "list mine", "list waiting", "list late incidents", "graph", "graph 3", "search", "search disk", "help", "", "aprove", "NEW", "show\x00", "\u00a0", "CHG-1", "0", strings.Repeat("a", 30), "🙂", "change", "people", "services",
	"abstain", "retract", "delegate", "hold", "resume", "withdraw", "comment", "ask", "answer", "edit", "assess", "assign", "link", "status", "explain", "my", "status\u202e", "delegate <@U0EVE>",
	"ack", "escalate", "update", "resolve", "confirm", "reopen", "priority", "duplicate", "parent", "timeline", "website", "resolve fixed", "hold awaiting_vendor",
	"accept", "decline", "merge", "task", "task done", "rca", "workaround", "known-error", "decide", "communicate", "fix", "fix by", "accept-risk", "review", "close", "known", "apply", "problem", "new from", "found in",
	"raise", "raise from", "acknowledge", "plan", "step", "step done 1", "drop 1", "implement", "verify", "verify effective", "corrective",
	"move", "move watch", "assess suitable", "certificate", "exit", "end", "contract", "contract new", "propose", "renew", "terminate", "amend", "notice", "compare", "submit", "submit 1", "seen", "score", "meet with Zoe: x", "action @bob 2027-01-01", "sign-off", "due", "list contracts", "list reviews",
}

// words are what is typed behind a command.
func (m *maker) words() string {
	number, _ := url.PathUnescape(m.number())
	note := pick(m, []string{"", "because it is late", "\x00", "\xff", strings.Repeat("ö", 1<<m.IntN(16)), "<!channel> &amp; &lt;b&gt;", "\u202e", "`" + "*_~", strings.Repeat("\n", 3000), pick(m, m.seeds)})
	if !m.rare(3) {
		number, note = m.filled(pick(m, []string{"#", "@", "~", "^", "$"})), pick(m, []string{"because it is late", "", "<!channel> &amp; &lt;b&gt;", strings.Repeat("ö", 1<<m.IntN(13))})
	}
	verb := pick(m, append(typedVerbs, "list "+note, pick(m, typedVerbs)))
	if m.rare(3) { // what some of them want besides
		note = pick(m, []string{"<@" + pick(m, m.people) + "|x>", "<@U0STRANGER>", "@bob", "<@", "<!subteam^S1>", "https://tracker.example.com/PAY-7 PAY-7", "<https://tracker.example.com|x>", "javascript:alert(1)", "1 I do.", "#1 I do.", "99999999999 I do."}) + " " + note
	}
	return strings.TrimSpace(verb + " " + number + " " + note)
}

func (m *maker) badCommand() shot {
	f := url.Values{
		"token": {"unused"}, "team_id": {m.team()}, "team_domain": {"steward"}, "channel_id": {"C0WEBSITE"}, "channel_name": {"website-changes"},
		"user_id": {m.slackUser()}, "user_name": {"x"}, "command": {m.name()},
		"text": {m.words()}, "response_url": {m.responseURL()}, "trigger_id": {fmt.Sprintf("%d.fuzz", m.next())},
	}
	key := pick(m, []string{"team_id", "user_id", "command", "text", "trigger_id", "response_url", "unheard_of"})
	switch m.IntN(10) {
	case 0:
		f.Del(key)
	case 1:
		f[key] = append(f[key], "twice")
	case 2:
		f.Set(key, pick(m, m.seeds))
	case 3:
		f.Set("trigger_id", pick(m, []string{"", " ", "\x00", "a b", strings.Repeat("1", 300), "1|2"}))
	case 4:
		f.Set("ssl_check", pick(m, []string{"1", "0", "true"}))
	}
	body, kind := f.Encode(), asForm
	switch m.IntN(12) {
	case 0:
		body = m.broken(body)
	case 1:
		body = pick(m, []string{"%", "a=%zz", "&;=&", ";", strings.Repeat("a=b&", 50_000), m.spoilt(`{"command":"/change","text":"help"}`)})
	case 2:
		kind = pick(m, []string{"", "application/json", "multipart/form-data", "text/plain"})
	}
	return m.delivered("slack command", "/slack/commands", kind, body)
}

func (m *maker) badInteraction() shot {
	text, _ := json.Marshal(m.interaction()) // maps of strings
	payload := string(text)
	if m.rare(3) {
		payload = m.spoilt(payload)
	}
	body, kind := url.Values{"payload": {payload}}.Encode(), asForm
	switch m.IntN(25) {
	case 0:
		body = payload
	case 1:
		body += "&" + body
	case 2:
		body = pick(m, []string{"payload=", "payload", "payload=%", "x=" + url.QueryEscape(payload), "payload=null", "payload=[]", "payload=%22%22"})
	case 3:
		kind = "application/json"
	case 4:
		body = m.broken(body)
	}
	return m.delivered("slack interaction", "/slack/interactions", kind, body)
}

func (m *maker) badEvent() shot {
	event := map[string]any{"type": "app_home_opened", "user": m.slackUser(), "tab": pick(m, []string{"home", "home", "messages", ""}), "event_ts": "1.1"}
	e := map[string]any{"type": "event_callback", "team_id": m.team(), "event_id": fmt.Sprintf("Ev%d", m.next()), "event": event}
	switch m.IntN(8) {
	case 0:
		delete(e, "event")
	case 1:
		event["type"] = pick(m, []string{"message", "tokens_revoked", "app_uninstalled", "", "app_mention", "\x00"})
	case 2:
		e = map[string]any{"type": "url_verification", "challenge": pick(m, []string{"3eZbrw1a", "", "\x00", strings.Repeat("c", 2000), "<script>"})}
	case 3:
		e["type"] = pick(m, []string{"app_rate_limited", "", "event_callbacks", "view_submission"})
	case 4:
		event["user"] = map[string]any{"id": "U0ANA"}
	}
	text, _ := json.Marshal(e) // maps of strings
	body := string(text)
	if m.rare(3) {
		body = m.spoilt(body)
	}
	return m.delivered("slack event", "/slack/events", "application/json", body)
}

// badSignature is what Slack might have sent, and did not, or not now.
func (m *maker) badSignature() shot {
	s := pick(m, []func() shot{m.badCommand, m.badInteraction, m.badEvent})()
	s.family = "slack signature"
	right := s.header[5]
	switch m.IntN(9) {
	case 0:
		s.header = s.header[:2]
	case 1:
		s.sign(0, "another secret")
	case 2:
		s.sign(-6*time.Minute, testSigningSecret)
	case 3:
		s.sign(6*time.Minute, testSigningSecret)
	case 4:
		s.header[5] = pick(m, []string{"", "v0=", right[:60], strings.ToUpper(right), "v1=" + right[3:], right + "0", "v0=" + strings.Repeat("z", 64)})
	case 5:
		s.header[3] = pick(m, []string{"", "0", "-1", "99999999999999999999", "1e9", "NaN", s.header[3] + ".0", "٣"})
	case 6: // the payload where no signature covers it
		s.target, s.body = s.target+"?"+strings.NewReplacer("\n", "", "\r", "", " ", "+", "\x00", "").Replace(s.body[:min(len(s.body), 6000)]), ""
		s.sign(0, testSigningSecret)
	case 7:
		s.body += strings.Repeat("&x=y", 300_000)
		s.sign(0, testSigningSecret)
	default:
		s.body += " "
	}
	return s
}

// replayed is a delivery that came before, byte for byte.
func (m *maker) replayed() shot {
	if len(m.signed) == 0 {
		return m.badCommand()
	}
	s := pick(m, m.signed)
	s.family = "slack replay"
	return s
}
