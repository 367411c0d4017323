package slackfake

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

// reply is a successful answer's JSON without its ok.
type reply map[string]any

// apiError is a refusal in Slack's words.
type apiError struct {
	code    string
	reasons []string // response_metadata.messages
	more    reply
}

func (e *apiError) Error() string { return e.code + " " + strings.Join(e.reasons, "; ") }

func refusal(code string, reasons ...string) error { return &apiError{code: code, reasons: reasons} }

// call is one request to the Web API: its arguments as text, JSON where they are structures.
type call struct {
	args map[string]string
	base string // address of this server
}

func (c call) flag(name string) bool {
	v, err := strconv.ParseBool(c.args[name])
	return err == nil && v
}

func (c call) number(name string, otherwise, most int) int {
	n, err := strconv.Atoi(c.args[name])
	if err != nil || n <= 0 {
		return otherwise
	}
	return min(n, most)
}

// method is one Web API method; it runs with mu held.
type method struct {
	scope string // empty needs none
	run   func(*Server, call) (reply, error)
}

var methods = map[string]method{
	"auth.test":                    {"", (*Server).authTest},
	"chat.postMessage":             {"chat:write", (*Server).postMessage},
	"chat.postEphemeral":           {"chat:write", (*Server).postEphemeral},
	"chat.update":                  {"chat:write", (*Server).updateMessage},
	"chat.delete":                  {"chat:write", (*Server).deleteMessage},
	"chat.getPermalink":            {"", (*Server).permalink},
	"conversations.open":           {"im:write", (*Server).openConversation},
	"conversations.history":        {"channels:history", (*Server).history},
	"conversations.replies":        {"channels:history", (*Server).replies},
	"conversations.info":           {"channels:read", (*Server).conversationInfo},
	"conversations.list":           {"channels:read", (*Server).conversationList},
	"conversations.members":        {"channels:read", (*Server).conversationMembers},
	"files.getUploadURLExternal":   {"files:write", (*Server).announceFile},
	"files.completeUploadExternal": {"files:write", (*Server).completeFile},
	"users.info":                   {"users:read", (*Server).userInfo},
	"users.lookupByEmail":          {"users:read.email", (*Server).userByEmail},
	"users.list":                   {"users:read", (*Server).userList},
	"views.open":                   {"", (*Server).openView},
	"views.push":                   {"", (*Server).pushView},
	"views.update":                 {"", (*Server).updateView},
	"views.publish":                {"", (*Server).publishView},
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	args, token, err := readArgs(r)
	f := s.takeFault(name)
	if !f.Passes() && !f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	out, wait := reply(nil), 0
	if err == nil {
		out, wait, err = s.call(name, token, args)
	}
	if f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		w.WriteHeader(http.StatusTooManyRequests)
		err = refusal("ratelimited")
	}
	s.write(w, envelope(out, err))
}

// Fail scripts the next calls of a method, one fault each, in order; "response"
// names posts to response URLs and "*" any call that has no fault of its own.
func (s *Server) Fail(method string, faults ...fault.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// takeFault counts a call and tells what is wrong with it.
func (s *Server) takeFault(method string) fault.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	how, dead := s.outage.At(now)
	s.load.Asked(now, method, dead)
	if dead {
		return how
	}
	for _, name := range []string{method, "*"} {
		if waiting := s.faults[name]; len(waiting) > 0 {
			s.faults[name] = waiting[1:]
			return waiting[0]
		}
	}
	return fault.Pass()
}

// call checks what Slack checks before a method and runs it. wait is how many
// seconds a limited caller has to wait.
func (s *Server) call(name, token string, args map[string]string) (out reply, wait int, err error) {
	m, known := methods[name]
	switch {
	case !known:
		return nil, 0, refusal("unknown_method")
	case token == "":
		return nil, 0, refusal("not_authed")
	case token != s.cfg.BotToken:
		return nil, 0, refusal("invalid_auth")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Scopes != nil && m.scope != "" && !slices.Contains(s.cfg.Scopes, m.scope) {
		more := reply{"needed": m.scope, "provided": strings.Join(s.cfg.Scopes, ",")}
		return nil, 0, &apiError{code: "missing_scope", more: more}
	}
	if s.cfg.RateLimits {
		if wait = s.limits.Take(s.cfg.Now(), name, args["channel"]); wait > 0 {
			s.load.Limited(s.cfg.Now())
			return nil, wait, nil
		}
	}
	out, err = m.run(s, call{args: args, base: s.cfg.URL})
	return out, 0, err
}

func envelope(out reply, err error) reply {
	if err == nil {
		if out == nil {
			out = reply{}
		}
		out["ok"] = true
		return out
	}
	refused := &apiError{code: "internal_error"}
	_ = errors.As(err, &refused) // anything else stays internal_error
	out = reply{"ok": false, "error": refused.code}
	if len(refused.reasons) > 0 {
		bare := make([]string, len(refused.reasons))
		for i, r := range refused.reasons {
			bare[i] = strings.TrimPrefix(r, "[ERROR] ")
		}
		out["errors"] = bare
		out["response_metadata"] = reply{"messages": refused.reasons}
	}
	maps.Copy(out, refused.more)
	return out
}

// readArgs reads a form or a JSON body. As in Slack, the bearer header wins and a
// form may carry its token, a JSON body may not.
func readArgs(r *http.Request) (args map[string]string, token string, err error) {
	args = map[string]string{}
	for k, v := range r.URL.Query() {
		args[k] = v[0]
	}
	delete(args, "token") // Slack takes no token from a URL
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return args, "", refusal("request_timeout")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "application/json":
		err = jsonArgs(body, args)
		delete(args, "token")
	case len(body) > 0:
		err = formArgs(string(body), args)
	}
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		bearer = args["token"]
	}
	return args, bearer, err
}

func formArgs(body string, args map[string]string) error {
	form, err := url.ParseQuery(body)
	if err != nil {
		return refusal("invalid_form_data")
	}
	for k, v := range form {
		args[k] = v[0]
	}
	return nil
}

func jsonArgs(body []byte, args map[string]string) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return refusal("invalid_json")
	}
	for k, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			args[k] = text
		default:
			args[k] = string(raw)
		}
	}
	return nil
}

func (s *Server) write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.cfg.Log.Warn("slack stand-in could not answer", "error", err)
	}
}

func (s *Server) authTest(c call) (reply, error) {
	return reply{
		"url": c.base + "/", "team": s.cfg.TeamDomain, "user": s.cfg.BotName,
		"team_id": s.cfg.TeamID, "user_id": s.cfg.BotUserID, "bot_id": defaultBot, "is_enterprise_install": false,
	}, nil
}

// page cuts one page out of all by limit and cursor, which is an offset in disguise.
func page[T any](c call, all []T, limit int) (items []T, next string) {
	from, err := strconv.Atoi(strings.TrimPrefix(c.args["cursor"], "o:"))
	if err != nil || from < 0 || from > len(all) {
		from = 0
	}
	to := min(len(all), from+c.number("limit", limit, 1000))
	if to < len(all) {
		next = "o:" + strconv.Itoa(to)
	}
	return all[from:to], next
}
