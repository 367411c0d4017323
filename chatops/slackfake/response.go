package slackfake

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// Limits of a response URL.
const (
	responseLife = 30 * time.Minute
	responseUses = 5
)

// command answers and posts to response URLs share this shape.
type answerBody struct {
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
	Text            string          `json:"text"`
	ThreadTS        string          `json:"thread_ts"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
}

// newResponse makes a response URL for one act of a person. The caller holds mu.
func (s *Server) newResponse(user, channel, original string) string {
	id := rand.Text()
	s.state.Responses[id] = &responseURL{User: user, Channel: channel, Original: original, At: s.cfg.Now()}
	return s.cfg.URL + "/response/" + id
}

func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "request_timeout", http.StatusBadRequest)
		return
	}
	f := s.takeFault("response")
	if !f.Passes() && !f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	status, code := s.respond(r.PathValue("token"), body)
	if f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, code) // the app may have gone
}

func (s *Server) respond(id string, body []byte) (status int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.state.Responses[id]
	switch {
	case at == nil:
		return http.StatusNotFound, "no_service"
	case s.cfg.Now().Sub(at.At) > responseLife:
		return http.StatusNotFound, "expired_url"
	case at.Uses >= responseUses:
		return http.StatusNotFound, "used_url"
	}
	var a answerBody
	if json.Unmarshal(body, &a) != nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	if err := s.apply(at, a); err != nil {
		code, _ := envelope(nil, err)["error"].(string)
		return http.StatusBadRequest, code
	}
	at.Uses++
	return http.StatusOK, "ok"
}

// apply does what an app answers to a command, or posts to a response URL. The caller holds mu.
func (s *Server) apply(at *responseURL, a answerBody) error {
	original := s.state.find(at.Channel, at.Original)
	if a.DeleteOriginal {
		if original == nil {
			return refusal("message_not_found")
		}
		s.state.remove(original)
		s.note(kindDelete, *original)
		return nil
	}
	said, err := readContent(call{args: map[string]string{
		"text": a.Text, "blocks": present(a.Blocks), "attachments": present(a.Attachments),
	}})
	switch {
	case err != nil:
		return err
	case said.empty():
		return refusal("no_text")
	case a.ReplaceOriginal && original != nil:
		s.rewrite(original, said)
		s.note(kindUpdate, *original)
	case a.ResponseType == "in_channel":
		s.note(kindMessage, *s.say(at.Channel, a.ThreadTS, said))
	default:
		s.whisper(at.Channel, at.User, a.ThreadTS, said)
	}
	return nil
}

func present(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}
