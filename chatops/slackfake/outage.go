package slackfake

import (
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

// Die makes Slack wholly dead for a while on Config.Now's clock, or until Revive where
// that is zero. Every call of the Web API and every post to a response URL fails as how
// does, fault.Reset() or fault.Status(503) for instance, and none has an effect. What
// people do fails with ErrDead and reaches nobody; events that the app did not take
// before are delivered again once Slack lives. Scripted faults wait for that too.
func (s *Server) Die(how fault.Fault, while time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var until time.Time
	if while > 0 {
		until = s.cfg.Now().Add(while)
	}
	s.outage.Begin(how, until)
}

// Revive ends what Die began.
func (s *Server) Revive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outage.End()
}

// Load tells what the app asked for in each second of Config.Now's clock from since to
// now, dead or alive, quiet seconds included: what a burst would show in.
func (s *Server) Load(since time.Time) []fault.Second {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load.Since(since, s.cfg.Now())
}

// alive is ErrDead while Slack is dead. The caller holds mu.
func (s *Server) alive() error {
	if _, dead := s.outage.At(s.cfg.Now()); dead {
		return ErrDead
	}
	return nil
}

// Alive is ErrDead while Slack is dead.
func (s *Server) Alive() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive()
}
