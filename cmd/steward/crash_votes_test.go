package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

// uttering is one comment that the program acknowledged.
type uttering struct {
	by      itsm.PersonID
	kind    itsm.CommentKind
	text    string
	replyTo int
}

// letDecide asks whoever a change waits for, each once in a stage, all at once.
func (s *story) letDecide(ctx context.Context, others *errgroup.Group, seen response) {
	approval, _ := seen.Body["approval"].(map[string]any)
	opening, _ := approval["opening"].(map[string]any)
	if opening["round"] != approval["round"] {
		return // the next one is being opened
	}
	waits, _ := seen.Body["approvers"].([]any)
	for _, id := range waits {
		who := itsm.PersonID(fmt.Sprint(id))
		key := fmt.Sprintf("vote/%v.%v/%s", opening["round"], opening["stage"], who)
		if !s.asked[key] && !s.silent(who, opening["round"]) {
			s.asked[key] = true
			others.Go(func() error { return s.decides(ctx, who, key) })
		}
	}
}

// silent is who waits for what others mean to do: Liv decides for Joe, Eve sees
// Bob change his mind, and Kim sees the change edited.
func (s *story) silent(who itsm.PersonID, round any) bool {
	return who == "liv" || (s.plot.retract && who != "bob" && who != "kim") || (s.plot.edit && who == "kim" && round == 1.0)
}

// decides is what somebody does who was asked.
func (s *story) decides(ctx context.Context, who itsm.PersonID, key string) error {
	if who == "joe" && s.plot.delegate {
		made, err := s.act(ctx, who, "delegations", "delegate-"+key, string(itsm.EventDelegated), map[string]any{"to": "liv"})
		if err != nil || made == 0 {
			return err
		}
		_, err = s.vote(ctx, "liv", key, map[string]any{"verdict": s.plot.verdict, "note": "Said for Joe", "for": who})
		return err
	}
	decision := map[string]any{"verdict": s.plot.verdict, "note": "Said by " + who}
	made, err := s.vote(ctx, who, key, decision)
	if err != nil || made == 0 || who != "bob" || !s.plot.retract {
		return err
	}
	made, err = s.act(ctx, who, "retract", "retract-"+key, string(itsm.EventVoteWithdrawn), nil)
	if err != nil || made == 0 { // the stage was decided meanwhile
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, peer := range []itsm.PersonID{who, "eve"} {
		g.Go(func() error {
			_, err := s.vote(ctx, peer, key+"-again", decision)
			return err
		})
	}
	return g.Wait()
}

// vote votes until it counts or cannot any more: a hold passes.
func (s *story) vote(ctx context.Context, who itsm.PersonID, key string, decision map[string]any) (int, error) {
	for try := 0; ; try++ {
		a, err := s.try(ctx, who, "decisions", fmt.Sprintf("%s/%d", key, try), decision)
		if err != nil {
			return 0, err
		}
		switch {
		case a.Status == http.StatusOK:
			s.acknowledge(s.number, acted{who, revisionOf(a), fmt.Sprint(decision["verdict"])})
			return revisionOf(a), nil
		case a.code() == "change.on_hold":
		case a.Status == http.StatusConflict, a.code() == "change.not_approver": // others have decided, or it was edited
			s.count(&s.refused)
			return 0, nil
		default:
			return 0, fmt.Errorf("the vote of %s on %s: %d %v", who, s.number, a.Status, a.Body)
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// pause puts the change on hold and resumes it: nobody else can do either.
func (s *story) pause(ctx context.Context, key string) (int, error) {
	held, err := s.act(ctx, s.owner, "hold", key, string(itsm.EventHeld), map[string]any{"note": "The vendor is down."})
	if err != nil || held == 0 {
		return held, err
	}
	s.held = true
	resumed, err := s.act(ctx, s.owner, "resume", key, string(itsm.EventResumed), map[string]any{})
	if err == nil && resumed == 0 {
		err = fmt.Errorf("%s was put on hold and cannot be resumed", s.number)
	}
	return resumed, err
}

// talk is a question to the requester, who answers it before they go on.
func (s *story) talk(ctx context.Context) error {
	const question = "Who watches it?"
	asked, err := s.says(ctx, uttering{"bob", itsm.Question, question, 0}, map[string]any{"text": question, "question": true})
	if err != nil || !asked {
		return err
	}
	said, err := s.ask(ctx, s.owner, http.MethodGet, "/v1/changes/"+string(s.number)+"/comments", "", nil)
	if err != nil {
		return err
	}
	id := idOf(said, question)
	if id == 0 {
		return fmt.Errorf("what Bob asked about %s was acknowledged, and is not there: %v", s.number, said.Body)
	}
	_, err = s.says(ctx, uttering{s.owner, itsm.Answer, "I do.", id}, map[string]any{"text": "I do.", "reply_to": id})
	return err
}

func idOf(said response, text string) int {
	items, _ := said.Body["items"].([]any)
	for _, i := range items {
		if c, ok := i.(map[string]any); ok && c["text"] == text {
			id, _ := c["id"].(float64)
			return int(id)
		}
	}
	return 0
}

// says comments, and reports whether that counted: of what is over nothing is said.
func (s *story) says(ctx context.Context, u uttering, body map[string]any) (bool, error) {
	a, err := s.try(ctx, u.by, "comments", string(u.kind), body)
	switch {
	case err != nil:
		return false, err
	case a.Status == http.StatusOK:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said[s.number] = append(s.said[s.number], u)
		return true, nil
	case a.code() == "change.over":
		s.count(&s.refused)
		return false, nil
	}
	return false, fmt.Errorf("what %s said of %s: %d %v", u.by, s.number, a.Status, a.Body)
}
