package main

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// shot is one request as bytes: no client would send most of them.
type shot struct {
	family string
	method string
	target string
	proto  string
	header []string // name, value, …
	body   string
	length string // what Content-Length says; empty: the truth; none: nothing
	half   bool   // the sender stops sending after it
}

// wire is the request as it goes over the line.
func (s shot) wire() []byte {
	var b bytes.Buffer
	proto := "HTTP/1.1"
	if s.proto != "" {
		proto = s.proto
	}
	fmt.Fprintf(&b, "%s %s %s\r\n", s.method, s.target, proto)
	if !strings.Contains("\r\n"+strings.Join(s.header, "\r\n"), "\r\nHost\r\n") {
		b.WriteString("Host: steward.test\r\n")
	}
	for i := 0; i+1 < len(s.header); i += 2 {
		b.WriteString(s.header[i] + ": " + s.header[i+1] + "\r\n")
	}
	switch s.length {
	case "":
		if s.body != "" || s.method != "GET" {
			fmt.Fprintf(&b, "Content-Length: %d\r\n", len(s.body))
		}
	case "none":
	default:
		b.WriteString("Content-Length: " + s.length + "\r\n")
	}
	b.WriteString("Connection: close\r\n\r\n" + s.body)
	return b.Bytes()
}

const (
	anInstant      = "2026-12-01T22:00:00Z"
	someRisk       = `{"complexity":1,"business_impact":1,"rollback":2,"test_coverage":1,"recent_churn":1}`
	someAssessment = `{"risk":"It may take longer.","benefit":"It stays fast.","feasibility":"Done before.","cost":"One evening.","effects":{"services":{"text":"A minute of downtime."},"customers":{"not_applicable":"None is up at night."},"plans":{"text":"None."},"capacity":{"text":"None."},"availability":{"text":"A minute."},"continuity":{"text":"None."},"security":{"not_applicable":"No keys are touched."},"other_changes":{"text":"None."}}}`
)

// route is an address of the API, with a body that it takes.
type route struct{ method, path, body string }

// routes are those of changes, of incidents and of the rest.
var routes = []route{
	{"POST", "/v1/changes", `{"type":"normal","title":"Rotate the certificates","description":"They end in May.","service":"website","plan":"One by one.","backout_plan":"Put the old ones back.","window":{"start":"` + anInstant + `","end":"2026-12-02T01:00:00Z"}}`},
	{"POST", "/v1/changes", `{"type":"normal","title":"Rotate the certificates","service":"website","plan":"One by one.","backout_plan":"Put the old ones back."}`},
	{"POST", "/v1/changes", `{"title":"Rotate the certificates","service":"payments","plan":"One by one.","backout_plan":"Put them back.","justification":"They end.","test_plan":"Tried.","backout_minutes":20,"configuration_items":["lb-1"],"links":[{"url":"https://tracker.example.com/PAY-7","title":"PAY-7"}],"risk":` + someRisk + `,"assessment":` + someAssessment + `}`},
	{"POST", "/v1/changes/preview", `{"service":"website","risk":` + someRisk + `}`},
	{"PATCH", "/v1/changes/#", `{"plan":"Two by two.","window":null,"links":[{"url":"CHG-1"}],"note":"Bob asked."}`},
	{"PATCH", "/v1/changes/#", `{"title":"Rotate them","risk":` + someRisk + `,"backout_minutes":null,"configuration_items":["a","b"],"window":{"start":"` + anInstant + `","end":"2026-12-02T01:00:00Z"}}`},
	{"PATCH", "/v1/changes/#", `{"assessment":` + someAssessment + `,"test_plan":null}`},
	{"POST", "/v1/changes/#/assessment", someAssessment},
	{"POST", "/v1/changes/#/decisions", `{"verdict":"approve","note":"Go.","content_hash":"` + strings.Repeat("ab", 32) + `"}`},
	{"POST", "/v1/changes/#/decisions", `{"verdict":"reject","note":"No way back.","for":"bob"}`},
	{"POST", "/v1/changes/#/decisions", `{"verdict":"abstain"}`},
	{"POST", "/v1/changes/#/retract", `{}`},
	{"POST", "/v1/changes/#/delegations", `{"to":"max","from":"eve","note":"On a train."}`},
	{"POST", "/v1/changes/#/comments", `{"text":"Who watches it?","question":true}`},
	{"POST", "/v1/changes/#/comments", `{"text":"I do.","reply_to":1}`},
	{"POST", "/v1/changes/#/links", `{"url":"https://tracker.example.com/PAY-7","title":"PAY-7"}`},
	{"POST", "/v1/changes/#/hold", `{"note":"The vendor is down."}`},
	{"POST", "/v1/changes/#/resume", `{"note":"It is back."}`},
	{"POST", "/v1/changes/#/withdraw", `{"note":"Not mine."}`},
	{"POST", "/v1/changes/#/reassign", `{"assignee":"ida","note":"She knows it."}`},
	{"POST", "/v1/changes/#/complete", `{"result":"successful","note":"All green."}`},
	{"POST", "/v1/changes/#/cancel", `{"note":"Not needed any more."}`},
	{"POST", "/v1/changes/#/start", `{}`},
	{"GET", "/v1/changes/#/comments", ""},
	{"GET", "/v1/changes", ""},
	{"GET", "/v1/changes/#", ""},
	{"GET", "/v1/changes/#/timeline", ""},
	{"GET", "/v1/changes/#/explain", ""},
	{"GET", "/v1/changes/#/relations", ""},
	{"POST", "/v1/incidents", `{"title":"Payments are refused","description":"Since 14:02.","service":"website","category":"outage","symptom":"error 503","configuration_items":["lb-1"],"message":"https://chat.example.com/p1","impact":"high","urgency":"low","escalation":"website"}`},
	{"POST", "/v1/incidents", `{"title":"It is back","service":"website","follows":"@"}`},
	{"GET", "/v1/incidents", ""},
	{"GET", "/v1/incidents/@", ""},
	{"GET", "/v1/incidents/@/timeline", ""},
	{"GET", "/v1/incidents/@/explain", ""},
	{"GET", "/v1/incidents/@/clocks", ""},
	{"GET", "/v1/incidents/@/suggestions", ""},
	{"GET", "/v1/incidents/@/relations", ""},
	{"GET", "/v1/incidents/@/comments", ""},
	{"POST", "/v1/incidents/@/comments", `{"text":"Is it the cable?","question":true}`},
	{"POST", "/v1/incidents/@/comments", `{"text":"The disk is full.","update":true}`},
	{"POST", "/v1/incidents/@/acknowledge", `{"note":"On it."}`},
	{"POST", "/v1/incidents/@/assign", `{"assignee":"ida","note":"She knows it."}`},
	{"POST", "/v1/incidents/@/assign", `{"team":"money"}`},
	{"POST", "/v1/incidents/@/reprioritise", `{"impact":"high","urgency":"low","note":"Sales."}`},
	{"POST", "/v1/incidents/@/reprioritise", `{"override":"P2","note":"Sales."}`},
	{"POST", "/v1/incidents/@/hold", `{"reason":"awaiting_change","for":"#","note":"It makes room."}`},
	{"POST", "/v1/incidents/@/hold", `{"reason":"awaiting_caller","note":"Which browser?"}`},
	{"POST", "/v1/incidents/@/resume", `{"note":"It is back."}`},
	{"POST", "/v1/incidents/@/escalate", `{"to":"team","team":"money","note":"It takes too long."}`},
	{"POST", "/v1/incidents/@/escalate", `{"to":"manager","note":"It takes too long."}`},
	{"POST", "/v1/incidents/@/links", `{"kind":"caused_by","to":"#"}`},
	{"POST", "/v1/incidents/@/duplicate", `{"of":"@","note":"The same."}`},
	{"POST", "/v1/incidents/@/parent", `{"parent":"@"}`},
	{"POST", "/v1/incidents/@/resolve", `{"code":"fixed","note":"Restarted it."}`},
	{"POST", "/v1/incidents/@/confirm", `{}`},
	{"POST", "/v1/incidents/@/reopen", `{"note":"It is still broken."}`},
	{"POST", "/v1/incidents/@/cancel", `{"note":"It was my cable."}`},
	{"GET", "/v1/oncall?service=website", ""},
	{"GET", "/v1/me/incidents", ""},
	{"GET", "/v1/me/changes", ""},
	{"GET", "/v1/me/waiting", ""},
	{"GET", "/v1/records?kind=incident&open=true", ""},
	{"GET", "/v1/records?late=true&week=true&limit=3", ""},
	{"GET", "/v1/records/@", ""},
	{"GET", "/v1/records/#/timeline", ""},
	{"GET", "/v1/records/~/graph?depth=3", ""},
	{"GET", "/v1/records/@/graph?format=svg", ""},
	{"GET", "/v1/search?q=shop&kind=problem&open=true", ""},
	{"GET", "/v1/services", ""},
	{"GET", "/v1/people", ""},
	{"GET", "/livez", ""},
	{"GET", "/readyz", ""},
	{"GET", "/openapi.yaml", ""},
}

// asked is a good request of somebody, to be spoilt.
func (m *maker) asked(family string) shot {
	r := pick(m, m.routes)
	s := shot{family: family, method: r.method, target: m.filled(r.path), body: m.filled(r.body)}
	s.header = []string{"Authorization", "Bearer " + m.tokens[m.person()]}
	if r.body != "" {
		kind := "application/json"
		if r.method == http.MethodPatch && m.rare(2) {
			kind = "application/merge-patch+json"
		}
		s.header = append(s.header, "Content-Type", kind)
	}
	if r.method == http.MethodPatch && !m.rare(12) {
		s.add("If-Match", m.tag())
	}
	return s
}

// filled names a change where a # stands, an incident for an @, a problem for a ~, a
// corrective action for a ^, and what is of suppliers for a §, a ¶ and a °; now and then
// one that is of another kind.
func (m *maker) filled(text string) string {
	change, incident, problem, corrective := pick(m, m.numbers), pick(m, m.incidents), pick(m, m.problems), pick(m, m.correctives)
	if m.rare(15) {
		change, incident, problem, corrective = incident, problem, corrective, change
	}
	return strings.NewReplacer("#", change, "@", incident, "~", problem, "^", corrective, "$", pick(m, m.vendors),
		"§", pick(m, m.suppliers), "¶", pick(m, m.contracts), "°", pick(m, m.audits)).Replace(text)
}

// tag is a revision that somebody read, or none that anybody could have.
func (m *maker) tag() string {
	if !m.rare(6) {
		return strconv.Quote(strconv.Itoa(2 + m.IntN(6)))
	}
	return pick(m, []string{
		`*`, `"0"`, `"-1"`, `W/"3"`, `"3", "4"`, `3`, `"3`, `""`, `"03"`, `"1e1"`, `"99999999999999999999"`, `"2147483648"`, `"3"x`, `'3'`, `"٣"`, "\"\x00\"", strings.Repeat(`"3",`, 900), "",
	})
}

func (m *maker) person() itsm.PersonID {
	return itsm.PersonID(strings.ToLower(strings.TrimPrefix(pick(m, m.people), "U0")))
}

func (m *maker) badBody() shot {
	s := m.asked("api body")
	for s.body == "" && !m.rare(20) { // a body where none belongs is one of them
		s = m.asked("api body")
	}
	s.body = m.spoilt(s.body)
	if m.rare(8) {
		s.header = append(s.header, "Idempotency-Key", "key-"+strconv.Itoa(m.IntN(40)))
	}
	return s
}

func (m *maker) badPath() shot {
	s := m.asked("api path")
	if m.rare(2) {
		s.target = strings.NewReplacer("#", m.number(), "@", m.number(), "~", m.number(), "§", m.number(), "¶", m.number(), "°", "SUP-1/reviews/"+m.number()).Replace(pick(m, m.routes).path)
		return s
	}
	s.target = pick(m, []string{
		s.target + "/", "/" + s.target, "//v1//changes", "/v1/../v1/changes", "/v1/./changes", "/v1/changes/%2e%2e/services", s.target + "%00", s.target + "%", s.target + "%zz", s.target + ";jsessionid=1", s.target + "#fragment",
		"/%00", "/" + strings.Repeat("a", 1<<m.IntN(16)), strings.Repeat("/..", 500), "/v1/changes/" + strings.Repeat("CHG-1/", 200), "*", "", "http://elsewhere.test/v1/changes", "/V1/CHANGES", "/v1/changes\t", "/v1/cha\x00nges",
		"/v1/changes/CHG-1/start/../cancel", "/slack/commands/../../v1/people", "/metrics/../v1/people", "/v1\\changes", "/v1/changes?", "/\xff\xfe", "/v1/changes/CHG-1/" + pick(m, m.seeds), "/debug/pprof/", "/.git/config", "/v1/hooks/github/x", "/v1/hooks/alertmanager/", "/v1/hooks/events/../github", "/v1/incidents/INC-1/" + pick(m, m.seeds), "/v1/problems/PRB-1/" + pick(m, m.seeds), "/v1/problems/PRB-1/fix/../close", "/v1/corrective-actions/CAR-1/" + pick(m, m.seeds), "/v1/suppliers/SUP-1/reviews/" + pick(m, m.seeds), "/v1/suppliers/SUP-1/reviews/2026-Q4/../../move",
	})
	return s
}

func (m *maker) badQuery() shot {
	s := m.asked("api query")
	if !m.rare(4) {
		s.method, s.target, s.body = "GET", pick(m, []string{"/v1/changes", "/v1/incidents", "/v1/problems", "/v1/known-errors", "/v1/corrective-actions", "/v1/suppliers", "/v1/contracts", "/v1/supplier-reviews"}), ""
	}
	cursor := strings.Repeat("QUJD", 1+m.IntN(300))
	s.target += "?" + pick(m, []string{
		"limit=-1", "limit=0", "limit=1000000000", "limit=1e9", "limit=99999999999999999999", "limit=", "limit=1&limit=2", "limit=0x10", "limit=%31", "limit[]=1", "limit=1.0", "limit=%00",
		"cursor=" + cursor, "cursor=", "cursor=%ff", "cursor=" + strings.Repeat("A", 1500), "cursor=../..", "cursor=" + cursor + "&state=closed", "state=nonsense", "band=E", "supplier=CHG-1", "tier=", "state=", "state=closed&state=raised", "state=%00", "state=awaiting approval",
		"service=%27%20OR%201=1", "priority=P0", "priority=P1&priority=P2", "team=%00", "team=" + strings.Repeat("t", 70), "open=maybe", "assigned=1", "waiting=TRUE", "service=" + strings.Repeat("s", 70), "service=%C0%80", "mine=maybe", "mine=1", "mine=TRUE&mine=false", "unknown=1", "%00=1", "=", "&&&", "%", "a=b;c=d", "%zz=1", strings.Repeat("a=1&", 1500), "limit=1#x",
		"coordinated=maybe", "q=%00", "q=" + strings.Repeat("q", 300), "q=%C0%80", "q=%27%20%26%20%7C%20%21%28", "access_token=" + m.tokens["ana"], pick(m, m.seeds), "limit=" + strconv.Itoa(m.IntN(400)-100),
	})
	s.target = strings.NewReplacer(" ", "+", "\n", "%0A", "\r", "%0D").Replace(s.target)
	return s
}

func (m *maker) badHeader() shot {
	s := m.asked("api header")
	pick(m, spoilers)(m, &s)
	for i := range s.header {
		s.header[i] = strings.NewReplacer("\r", "", "\n", " ").Replace(s.header[i])
	}
	return s
}

// add puts a header at the end.
func (s *shot) add(name, value string) { s.header = append(s.header, name, value) }

// spoilers spoil what stands around a body.
var spoilers = []func(*maker, *shot){
	func(m *maker, s *shot) { s.add(pick(m, ordinary), strings.Repeat("k", 1<<m.IntN(17))) },
	func(m *maker, s *shot) { s.add(pick(m, ordinary), pick(m, m.seeds)) },
	func(m *maker, s *shot) { s.add("If-Match", m.tag()) }, // twice, or where it belongs to nothing
	func(m *maker, s *shot) {
		s.add("Idempotency-Key", pick(m, []string{`"\"`, `""`, `"a`, `a"`, "a b", "\x01", "\x7f", "ключ", "\xff", `"a\`, "a,b", "a\tb", "key-1"}))
	},
	func(m *maker, s *shot) { // who one is, said badly
		s.header[1] = pick(m, []string{"Bearer", "Bearer ", "bearer stw_x_y_z", "Basic YTpi", "Bearer \x00", "Bearer " + strings.Repeat("x", 9000), "Token x", "Bearer a b", "Bearer " + m.tokens["ana"] + "x"})
	},
	func(_ *maker, s *shot) { s.add("Authorization", s.header[1]) },
	func(m *maker, s *shot) {
		for i := range 1 << m.IntN(11) {
			s.add("X-Many-"+strconv.Itoa(i), "1")
		}
	},
	func(m *maker, s *shot) {
		s.add("X-Forwarded-For", pick(m, []string{"127.0.0.1", "::1, ::1", "999.1.1.1", strings.Repeat("1.1.1.1,", 500), "\"", "unknown", "10.0.0.1:99"}))
	},
	func(m *maker, s *shot) {
		s.half, s.length = true, pick(m, []string{strconv.Itoa(len(s.body) + 10), "-1", "+5", "1e3", "99999999999999999999", "2000000", "0x5", "5, 5", "", "0"})
	},
	func(m *maker, s *shot) {
		s.half, s.length = true, "none"
		s.add("Transfer-Encoding", pick(m, []string{"chunked", "gzip, chunked", "identity", "chunked, chunked", " chunked", "xchunked"}))
		s.body = pick(m, []string{fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(s.body), s.body), "zz\r\n", "ffffffffffffffff\r\nx", "5\r\nab", "-1\r\n\r\n", "0\r\nX: y\r\n\r\n", "0;" + strings.Repeat("e", 5000) + "\r\n\r\n"})
	},
	func(_ *maker, s *shot) { // both, so that two readers may disagree
		s.add("Transfer-Encoding", "chunked")
		s.body = "0\r\n\r\nGET /v1/people HTTP/1.1\r\nHost: x\r\n\r\n"
	},
	func(m *maker, s *shot) { *s = m.badType(*s) },
	func(m *maker, s *shot) {
		s.proto = pick(m, []string{"HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1 x", "http/1.1", "ICY/1.0"})
	},
	func(m *maker, s *shot) {
		s.method = pick(m, []string{"FOO", "post", "GET\x00", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", strings.Repeat("A", 300), "PRI"})
	},
	func(m *maker, s *shot) {
		s.add("Host", pick(m, []string{"", "a b", "evil.test:99999", "evil.test/x", "\x00", "[::1", strings.Repeat("h", 5000)}))
	},
	func(m *maker, s *shot) { s.add("Expect", pick(m, []string{"100-continue", "200-ok", ""})) },
	func(m *maker, s *shot) {
		s.half = true
		s.add(pick(m, []string{"Bad Name", "", "X\x00", "X:", "Content-Length", "Idempotency-Key", "Idempotency-Key"}), pick(m, []string{"1", "", "a\x00b"}))
	},
}

// ordinary are headers that anybody sends.
var ordinary = []string{
	"X-Correlation-Id", "X-Forwarded-For", "Accept", "Cookie", "Range", "If-Match", "X-HTTP-Method-Override", "Idempotency-Key",
	"User-Agent", "Origin", "Upgrade", "X-Forwarded-Proto", "Forwarded", "TE", "Content-Encoding",
}

// badType says that a body is something else than it is.
func (m *maker) badType(s shot) shot {
	for s.body == "" {
		s = m.asked(s.family)
	}
	s.header[3] = pick(m, []string{"", "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=\"", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/JSON", "application/json, text/html", "application/problem+json", "*/*"})
	if m.rare(2) {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write([]byte(s.body)) // into memory
		_ = w.Close()
		s.header = append(s.header, "Content-Encoding", pick(m, []string{"gzip", "GZIP", "deflate", "br", "gzip, gzip", "identity"}))
		s.header[3], s.body = "application/json", packed.String()
	}
	return s
}

func (m *maker) badHook() shot {
	body := strings.ReplaceAll(m.hook, "@@id@@", strconv.Itoa(1_000_000+m.next()))
	if !m.rare(10) {
		body = m.spoilt(body)
	}
	kind, event := "application/json", "deployment"
	if m.rare(6) {
		kind, event = pick(m, []string{"application/x-www-form-urlencoded", "text/plain", ""}), pick(m, []string{"deployment", "ping", "push", "", "../x", "DEPLOYMENT", pick(m, []string{"\x7f", "a b"})})
	}
	if m.rare(10) {
		kind, body = "application/x-www-form-urlencoded", pick(m, []string{"payload=", "payload=%7B", "payload=%zz", "a=b", "payload={}&payload={}", "payload=" + body})
	}
	sum := hmac.New(sha256.New, []byte(testGitHubSecret))
	sum.Write([]byte(body))
	signature := "sha256=" + hex.EncodeToString(sum.Sum(nil))
	s := shot{family: "github hook", method: "POST", target: "/v1/hooks/github", body: body, header: []string{
		"Content-Type", kind, "X-GitHub-Event", event, "X-GitHub-Delivery", fmt.Sprintf("%08d-fuzz", m.next()), "X-Hub-Signature-256", signature,
	}}
	switch m.IntN(12) {
	case 0:
		s.header[7] = pick(m, []string{"", "sha256=", "sha1=" + signature[7:47], signature[:70], strings.ToUpper(signature), signature + "0", "sha256=" + strings.Repeat("0", 64), "sha256=" + strings.Repeat("z", 64)})
	case 1:
		s.header = append(s.header, "X-Hub-Signature-256", signature)
	case 2:
		s.header[5] = pick(m, []string{"", "short", strings.Repeat("d", 100), "a b c d e f", "00000001-fuzz", "\x01\x02\x03\x04\x05\x06\x07\x08"})
	}
	return s
}

// alertBodies are what the hooks of alerts take, by the kind of their sender.
var alertBodies = map[string]string{
	"alertmanager": `{"version":"4","groupKey":"g-@@id@@","status":"firing","receiver":"steward","externalURL":"https://am.example.com","truncatedAlerts":0,"groupLabels":{"alertname":"Slow"},"commonLabels":{"alertname":"Slow","service":"website"},"commonAnnotations":{"summary":"The shop is slow"},"alerts":[{"status":"firing","labels":{"alertname":"Slow","instance":"a"},"annotations":{"summary":"The shop is slow"},"startsAt":"` + anInstant + `","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prom.example.com/g","fingerprint":"f-@@id@@"}]}`,
	"events":       `{"routing_key":"any","event_action":"trigger","dedup_key":"d-@@id@@","client":"grafana","client_url":"https://grafana.example.com","links":[{"href":"https://example.com","text":"more"}],"payload":{"summary":"The shop is slow","source":"a","severity":"critical","timestamp":"` + anInstant + `","component":"web","group":"prod","class":"latency","custom_details":{"p99":9}}}`,
}

// badAlert is an alert of a sender that has a key, as nobody should send it.
func (m *maker) badAlert() shot {
	kind := pick(m, []string{"alertmanager", "events"})
	body := strings.ReplaceAll(alertBodies[kind], "@@id@@", strconv.Itoa(m.IntN(8)))
	if !m.rare(10) {
		body = m.spoilt(body)
	}
	key := m.keys[kind]
	switch m.IntN(15) {
	case 0:
		key = pick(m, []string{"", "swi_", "swi_x_y", key + "x", key[:len(key)-1], strings.Repeat("k", 200), "%00", "..", "../github", "swi_%2e%2e", m.keys["alertmanager"], m.keys["events"]})
	case 1:
		body = strings.Replace(body, `"firing"`, `"resolved"`, 2)
		body = strings.Replace(body, `"trigger"`, pick(m, []string{`"resolve"`, `"acknowledge"`, `"change"`}), 1)
	}
	return shot{family: "alert hook", method: "POST", target: "/v1/hooks/" + kind + "/" + key, body: body, header: []string{
		"Content-Type", pick(m, []string{"application/json", "application/json", "application/json", "application/json; charset=utf-8", "text/plain", ""}),
	}}
}
