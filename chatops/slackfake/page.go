package slackfake

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

//go:embed page
var pageFiles embed.FS

// pageMessages is how many messages of a channel the page shows.
const pageMessages = 200

// heartbeat keeps event streams open through proxies, and gives failed events their retries.
const heartbeat = 15 * time.Second

// pagePolicy lets the page load its own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *Server) mountPage() {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	guard := http.NewCrossOriginProtection() // no other site may act for the people here
	page := http.NewServeMux()
	page.Handle("GET /", http.FileServerFS(files))
	page.HandleFunc("GET /page/state", s.servePageState)
	page.HandleFunc("GET /page/changes", s.serveChanges)
	page.HandleFunc("POST /page/act", s.serveAct)
	page.HandleFunc("GET /page/files/{file}", s.serveFile)
	page.HandleFunc("GET /archives/{channel}/{message}", serveArchive)
	s.mux.Handle("/", guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		page.ServeHTTP(w, r)
	})))
}

// serveArchive opens the page where a permalink points.
func serveArchive(w http.ResponseWriter, r *http.Request) {
	ts := strings.TrimPrefix(r.PathValue("message"), "p")
	if len(ts) > 6 {
		ts = ts[:len(ts)-6] + "." + ts[len(ts)-6:]
	}
	to := url.Values{"channel": {r.PathValue("channel")}, "ts": {ts}}
	http.Redirect(w, r, "/?"+to.Encode(), http.StatusFound)
}

func (s *Server) servePageState(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.mu.Lock()
	raw, err := json.Marshal(s.picture(r.URL.Query().Get("as")))
	s.mu.Unlock()
	if err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "cannot draw the page", "error", err)
		http.Error(w, "internal_error", http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(raw) // the browser may have gone
}

// picture is all that one person sees. The caller holds mu.
func (s *Server) picture(as string) reply {
	if _, ok := s.state.user(as); !ok {
		i := slices.IndexFunc(s.state.Users, func(u User) bool { return !u.Bot && !u.Deleted })
		if i < 0 {
			return reply{"users": []User{}}
		}
		as = s.state.Users[i].ID
	}
	s.state.dm(as)
	var channels []reply
	messages := map[string][]*Message{}
	for _, c := range s.state.Channels {
		if !s.sees(as, c) {
			continue
		}
		seen := s.visible(as, c.ID)
		messages[c.ID] = orEmpty(seen)
		channels = append(channels, reply{
			"id": c.ID, "name": c.Name, "private": c.Private, "archived": c.Archived, "dm": c.DM != "",
			"has_app": s.botIn(c), "unread": s.unread(as, c.ID, seen),
		})
	}
	return reply{
		"me": as, "now": s.cfg.Now().Unix(), "team": s.cfg.TeamDomain, "bot": s.cfg.BotUserID, "users": s.state.Users,
		"channels": channels, "messages": messages, "stack": orEmpty(s.state.Stacks[as]), "home": s.state.Homes[as],
		"commands": orEmpty(s.cfg.Commands), "shortcuts": orEmpty(s.cfg.Shortcuts),
	}
}

// visible lists the newest messages of a channel that a person sees.
func (s *Server) visible(user, channel string) []*Message {
	var seen []*Message
	for _, m := range s.state.Messages {
		if m.Channel == channel && (m.EphemeralTo == "" || m.EphemeralTo == user) {
			seen = append(seen, m)
		}
	}
	return seen[max(0, len(seen)-pageMessages):]
}

func (s *Server) unread(user, channel string, seen []*Message) int {
	n, read := 0, s.state.Read[user][channel]
	for _, m := range seen {
		if m.TS > read && m.User != user {
			n++
		}
	}
	return n
}

// serveChanges tells the page to look again, by server-sent events.
func (s *Server) serveChanges(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		changed := s.Changed()
		if _, err := w.Write([]byte("data: changed\n\n")); err != nil || out.Flush() != nil {
			return // the browser has gone
		}
		select {
		case <-changed:
		case <-beat.C:
			s.RetryEvents(r.Context())
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}

// deed is one act of the person at the page.
type deed struct {
	As       string            `json:"as"`
	Do       string            `json:"do"`
	Channel  string            `json:"channel"`
	TS       string            `json:"ts"`
	Thread   string            `json:"thread"`
	Text     string            `json:"text"`
	View     string            `json:"view"`
	Element  string            `json:"element"`
	Shortcut string            `json:"shortcut"`
	Pick     []string          `json:"pick"`
	Values   map[string]string `json:"values"`
	All      bool              `json:"all"`
}

var deeds = map[string]func(*Server, context.Context, deed) (Answer, error){
	"type": (*Server).typeLine,
	"press": func(s *Server, ctx context.Context, d deed) (Answer, error) {
		return s.Press(ctx, d.As, s.seen(d), d.Element, d.Pick...)
	},
	"call": func(s *Server, ctx context.Context, d deed) (Answer, error) {
		return s.CallShortcut(ctx, d.As, s.seen(d), d.Shortcut)
	},
	"pressv": func(s *Server, ctx context.Context, d deed) (Answer, error) {
		return s.PressIn(ctx, d.As, View{ID: d.View}, d.Element, s.still(d), d.Pick...)
	},
	"submit": func(s *Server, ctx context.Context, d deed) (Answer, error) {
		return s.Submit(ctx, d.As, View{ID: d.View}, s.still(d))
	},
	"close": func(s *Server, ctx context.Context, d deed) (Answer, error) {
		return Answer{}, s.CloseView(ctx, d.As, View{ID: d.View}, d.All)
	},
	"home": func(s *Server, ctx context.Context, d deed) (Answer, error) { return s.OpenHome(ctx, d.As) },
	"read": func(s *Server, _ context.Context, d deed) (Answer, error) { return Answer{}, s.read(d) },
}

func (s *Server) serveAct(w http.ResponseWriter, r *http.Request) {
	var d deed
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil || deeds[d.Do] == nil {
		http.Error(w, "invalid_json", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err := deeds[d.Do](s, r.Context(), d)
	out := reply{"ok": err == nil}
	if err != nil {
		s.cfg.Log.WarnContext(r.Context(), "an act on the page failed", "act", d.Do, "user", d.As, "error", err)
		out["error"], out["detail"] = shown(err), err.Error()
	}
	s.write(w, out)
}

// shown is the word that Slack shows for an error.
func shown(err error) string {
	for _, e := range []error{ErrTimeout, ErrDispatch, ErrCommandAnswer, ErrViewAnswer} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return "not_possible"
}

// typeLine is a line from the composer: a command or a message.
func (s *Server) typeLine(ctx context.Context, d deed) (Answer, error) {
	text := s.escape(strings.TrimSpace(d.Text))
	switch {
	case text == "":
		return Answer{}, nil
	case strings.HasPrefix(text, "/"):
		name, rest, _ := strings.Cut(text, " ")
		return s.Command(ctx, d.As, d.Channel, name, strings.TrimSpace(rest))
	}
	_, err := s.Say(ctx, d.As, d.Channel, d.Thread, text)
	return Answer{}, err
}

var mention = regexp.MustCompile(`@[\w.-]+|#[\w-]+`)

// escape does to typed text what Slack does: entities, and names of people and
// channels as references. A name that nobody bears stays text.
func (s *Server) escape(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	return mention.ReplaceAllStringFunc(text, func(word string) string {
		for _, u := range s.state.Users {
			if word == "@"+u.Name {
				return fmt.Sprintf("<@%s>", u.ID)
			}
		}
		for _, c := range s.state.Channels {
			if c.Name != "" && word == "#"+c.Name {
				return fmt.Sprintf("<#%s|%s>", c.ID, c.Name)
			}
		}
		return word
	})
}

// seen is the message that something is done to, as it stands; bare when it is gone.
func (s *Server) seen(d deed) Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.state.find(d.Channel, d.TS); m != nil {
		return *m
	}
	return Message{Channel: d.Channel, TS: d.TS}
}

// still is what was entered in elements that the view still has: the app may have
// changed it under the person's hands.
func (s *Server) still(d deed) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	if v := s.view(d.View); v != nil {
		blockkit.Elements(v.Blocks, func(b, e Block) {
			for _, key := range []string{blockkit.Text(b, "block_id") + "/" + blockkit.Text(e, "action_id"), blockkit.Text(b, "block_id")} {
				if value, ok := d.Values[key]; ok {
					out[key] = value
				}
			}
		})
	}
	return out
}

// read marks a channel as read up to now.
func (s *Server) read(d deed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ch, err := s.standing(d.As, d.Channel)
	if err != nil {
		return err
	}
	newest := ""
	for _, m := range s.state.Messages {
		if m.Channel == ch.ID {
			newest = m.TS
		}
	}
	if s.state.Read[d.As] == nil {
		s.state.Read[d.As] = map[string]string{}
	}
	if s.state.Read[d.As][ch.ID] != newest {
		s.state.Read[d.As][ch.ID] = newest
		s.changed()
	}
	return nil
}
