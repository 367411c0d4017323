package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake/delivery"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

// maxJournal bounds what expectations look back on.
const maxJournal = 10_000

// Server is one Slack workspace with one app in it. It is safe for concurrent use.
type Server struct {
	*delivery.Courier // what people do goes to the app by this

	cfg  Config
	mux  *http.ServeMux
	done chan struct{}
	once sync.Once

	mu      sync.Mutex
	state   state
	changes chan struct{} // closed and replaced at every change
	journal []*record
	faults  map[string][]fault.Fault
	limits  fault.Limits
	outage  fault.Outage
	load    fault.Load
	saving  *time.Timer
	broken  error // why the state file could not be read
}

// New returns a workspace with what Config.StateFile kept, if it names a file.
// A file that cannot be read is reported by Close and never overwritten.
func New(c Config) *Server {
	c = c.withDefaults()
	s := &Server{
		cfg: c, done: make(chan struct{}), changes: make(chan struct{}), faults: map[string][]fault.Fault{},
	}
	s.Courier = delivery.New(c.SigningSecret, c.AppURL, c.Now, c.AnswerWithin, s.Alive, c.Log)
	if s.state, s.broken = loadState(s.cfg.StateFile); s.broken != nil {
		s.cfg.Log.Error("slack stand-in starts empty", "error", s.broken)
	}
	s.state.makeMaps()
	s.state.configure(s.cfg)
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/api/{method}", s.serveAPI)
	s.mux.HandleFunc("POST /response/{token}", s.serveResponse)
	s.mux.HandleFunc("POST /upload/v1/{token}", s.serveUpload)
	s.mountPage()
	return s
}

// ServeHTTP answers the Web API under /api/, response URLs under /response/, uploads under /upload/ and
// the page at /.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	s.mux.ServeHTTP(w, r)
}

// Listen serves on a free local port until t ends, and returns the address, for
// slack.OptionAPIURL(url + "/api/").
func (s *Server) Listen(t TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("slackfake: %v", err)
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // ends with the Close below
	t.Cleanup(func() {
		err := errors.Join(s.Close(), srv.Close())
		if err != nil {
			t.Errorf("slackfake: %v", err)
		}
	})
	url := "http://" + l.Addr().String()
	s.SetURL(url)
	return url
}

// SetURL says where this server is reached; response URLs and permalinks begin with it.
func (s *Server) SetURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.URL = url
}

// Close ends hanging requests and event streams and writes the state file. It may be called again.
func (s *Server) Close() error {
	s.once.Do(func() { close(s.done) })
	s.mu.Lock()
	if s.saving != nil {
		s.saving.Stop()
		s.saving = nil
	}
	s.mu.Unlock()
	return errors.Join(s.broken, s.save())
}

// Changed returns a channel that is closed at the next change of the workspace.
// Take it before looking, so that no change falls between.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes
}

// changed wakes whoever waits and plans a save. The caller holds mu.
func (s *Server) changed() {
	close(s.changes)
	s.changes = make(chan struct{})
	if s.cfg.StateFile == "" || s.saving != nil {
		return
	}
	s.saving = time.AfterFunc(saveAfter, func() {
		s.mu.Lock()
		s.saving = nil
		s.mu.Unlock()
		if err := s.save(); err != nil {
			s.cfg.Log.Error("slack stand-in cannot keep its state", "error", err)
		}
	})
}

func (s *Server) save() error {
	if s.cfg.StateFile == "" || s.broken != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock() // one writer at a time, and the newest state last
	s.state.forget(s.cfg.Now())
	raw, err := json.Marshal(&s.state)
	if err != nil {
		return err
	}
	return writeState(s.cfg.StateFile, raw)
}

// Messages lists what the channel keeps, oldest first, replies included; a user ID
// means the direct message with that person.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.state.Messages {
		if m.EphemeralTo == "" && s.isIn(*m, channel) {
			out = append(out, *m)
		}
	}
	return out
}

// Replies lists what is in the thread of the message with ts, oldest first and without
// that message; channel is as in Messages.
func (s *Server) Replies(channel, ts string) []Message {
	return slices.DeleteFunc(s.Messages(channel), func(m Message) bool { return m.ThreadTS != ts })
}

// Ephemerals lists what only user sees, oldest first.
func (s *Server) Ephemerals(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.state.Messages {
		if m.EphemeralTo == user {
			out = append(out, *m)
		}
	}
	return out
}

// Views lists the open modals of user, bottom first.
func (s *Server) Views(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.state.Stacks[user] {
		out = append(out, *v)
	}
	return out
}

// Home is what user sees on the app's Home tab; false before the app published it.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.state.Homes[user]
	if !ok {
		return View{}, false
	}
	return *v, true
}

// Archive ends a channel.
func (s *Server) Archive(channel string) {
	s.edit(channel, func(c *Channel) { c.Archived = true })
}

// Invite brings users, or the bot, into a channel.
func (s *Server) Invite(channel string, users ...string) {
	s.edit(channel, func(c *Channel) { c.Members = append(c.Members, users...) })
}

// Kick removes a user, or the bot, from a channel.
func (s *Server) Kick(channel, user string) {
	s.edit(channel, func(c *Channel) {
		c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m string) bool { return m == user })
	})
}

func (s *Server) edit(channel string, change func(*Channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.state.channel(channel); c != nil {
		change(c)
		s.changed()
	}
}
