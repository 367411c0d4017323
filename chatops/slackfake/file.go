package slackfake

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxFiles bounds what a workspace keeps; the oldest go first, and their messages say
// that they are gone.
const maxFiles = 100

// maxAltText is how long the description of a picture may be.
const maxAltText = 1000

// File is one file as the message that shares it shows it.
type File struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Mimetype string `json:"mimetype"` // found in its bytes, whatever its name says
	Size     int    `json:"size"`     // bytes
	AltText  string `json:"alt_txt,omitempty"`
}

// upload is a file from its announcement on.
type upload struct {
	File
	Token  string `json:"token"` // of the address that takes its bytes
	Data   []byte `json:"data"`
	Shared bool   `json:"shared"` // the upload was completed
}

// announceFile answers with where to send the bytes (files.getUploadURLExternal).
func (s *Server) announceFile(c call) (reply, error) {
	size, err := strconv.Atoi(c.args["length"])
	switch {
	case c.args["filename"] == "", err != nil, size <= 0:
		return nil, refusal("missing_argument")
	case utf8.RuneCountInString(c.args["alt_txt"]) > maxAltText:
		return nil, refusal("alt_txt_too_large")
	}
	u := &upload{File: File{ID: "F" + rand.Text()[:10], Name: c.args["filename"], Size: size, AltText: c.args["alt_txt"]}, Token: rand.Text()}
	s.state.Uploads = append(s.state.Uploads, u)
	s.state.Uploads = s.state.Uploads[max(0, len(s.state.Uploads)-maxFiles):]
	return reply{"upload_url": c.base + "/upload/v1/" + u.Token, "file_id": u.ID}, nil
}

// serveUpload takes the bytes, as they are or as a form's one file.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	data, err := sent(r)
	f := s.takeFault("upload")
	if !f.Passes() && !f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	status, words := http.StatusBadRequest, "the upload cannot be read"
	if err == nil {
		status, words = s.takeUpload(r.PathValue("token"), data)
	}
	if f.Keeps() {
		f.Play(w, r, s.done)
		return
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, words) // the app may have gone
}

func (s *Server) takeUpload(token string, data []byte) (status int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.state.Uploads, func(u *upload) bool { return u.Token == token && !u.Shared })
	switch {
	case at < 0:
		return http.StatusNotFound, "no such upload"
	case len(data) != s.state.Uploads[at].Size:
		return http.StatusBadRequest, "not as many bytes as were announced"
	}
	u := s.state.Uploads[at]
	u.Data, u.Mimetype = data, http.DetectContentType(data)
	return http.StatusOK, "OK - " + strconv.Itoa(len(data))
}

func sent(r *http.Request) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	part, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(part)
}

// completeFile shares what was uploaded: in one message of the app, or with nobody
// where no channel is named (files.completeUploadExternal).
func (s *Server) completeFile(c call) (reply, error) {
	var wanted []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.args["files"]), &wanted) != nil || len(wanted) == 0 {
		return nil, refusal("invalid_arguments", "[ERROR] missing required field: files")
	}
	uploads := make([]*upload, len(wanted))
	for i, f := range wanted {
		at := slices.IndexFunc(s.state.Uploads, func(u *upload) bool { return u.ID == f.ID && u.Data != nil && !u.Shared })
		if at < 0 {
			return nil, refusal("file_not_found")
		}
		uploads[i] = s.state.Uploads[at]
	}
	id := c.args["channel_id"]
	if id != "" {
		if s.state.channel(id) == nil { // a person's id is no channel here
			return nil, refusal("channel_not_found")
		}
		if _, err := s.target(id); err != nil {
			return nil, err
		}
	}
	files := make([]File, len(uploads))
	for i, u := range uploads {
		u.Shared, u.Title = true, cmp.Or(wanted[i].Title, u.Name)
		files[i] = u.File
	}
	if id != "" {
		m := s.say(id, c.args["thread_ts"], content{text: c.args["initial_comment"]})
		m.Files = files
		s.load.Posted(s.cfg.Now())
		s.note(kindMessage, *m)
	}
	return reply{"files": files}, nil
}

// serveFile shows a shared file on the page, to whoever sees a message that shares it.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, as := r.PathValue("file"), r.URL.Query().Get("as")
	seen := slices.ContainsFunc(s.state.Messages, func(m *Message) bool {
		ch := s.state.channel(m.Channel)
		return ch != nil && s.sees(as, ch) && slices.ContainsFunc(m.Files, func(f File) bool { return f.ID == id })
	})
	at := slices.IndexFunc(s.state.Uploads, func(u *upload) bool { return u.ID == id })
	if !seen || at < 0 {
		http.NotFound(w, r)
		return
	}
	u := s.state.Uploads[at]
	w.Header().Set("Content-Type", u.Mimetype)
	_, _ = w.Write(u.Data) // the browser may have gone
}
