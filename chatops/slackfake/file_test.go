package slackfake_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

// drawing is a picture that a browser can show.
func drawing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	return b.Bytes()
}

func picture(data []byte, channel string) slack.UploadFileParameters {
	return slack.UploadFileParameters{
		Filename: "INC-7.png", Title: "Around INC-7", AltTxt: "INC-7 was caused by CHG-4", Channel: channel,
		Reader: bytes.NewReader(data), FileSize: len(data), InitialComment: "Around INC-7",
	}
}

// get fetches what the page shows.
func get(t *testing.T, url string) (int, string, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), body
}

func TestAFileIsSharedAndSeenByThoseInItsChannel(t *testing.T) {
	w := newWorld(t)
	data := drawing(t)
	f, err := w.api.UploadFileContext(t.Context(), picture(data, "C5"))
	require.NoError(t, err)
	said := w.Messages("C5")
	require.Len(t, said, 1)
	require.Equal(t, []slackfake.File{{
		ID: f.ID, Name: "INC-7.png", Title: "Around INC-7", AltText: "INC-7 was caused by CHG-4", Mimetype: "image/png", Size: len(data),
	}}, said[0].Files)
	require.Contains(t, said[0].Says(), "INC-7 was caused by CHG-4")

	status, kind, seen := get(t, w.url+"/page/files/"+f.ID+"?as=U2")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "image/png", kind)
	require.Equal(t, data, seen)
	status, _, _ = get(t, w.url+"/page/files/"+f.ID+"?as=U1")
	require.Equal(t, http.StatusNotFound, status, "who is not in the channel sees no file of it")
}

func TestAFileIsRefusedAsSlackDoes(t *testing.T) {
	w := newWorld(t)
	data := drawing(t)
	for channel, code := range map[string]string{"C3": "channel_not_found", "C2": "not_in_channel", "U1": "channel_not_found", "C4": "is_archived"} {
		_, err := w.api.UploadFileContext(t.Context(), picture(data, channel))
		require.ErrorContains(t, err, code, channel)
	}
	short := picture(data, "C1")
	short.FileSize++
	_, err := w.api.UploadFileContext(t.Context(), short)
	require.ErrorContains(t, err, "UploadToURL", "another length than was announced")
	require.Empty(t, w.Messages("C1"))

	for args, code := range map[string]string{
		`{"filename":"x.png"}`:         "missing_argument",
		`{"filename":"","length":"3"}`: "missing_argument",
		`{"filename":"x.png","length":"3","alt_txt":"` + strings.Repeat("x", 1001) + `"}`: "alt_txt_too_large",
	} {
		require.Equal(t, code, w.call("files.getUploadURLExternal", args)["error"], args)
	}
	require.Equal(t, "invalid_arguments", w.call("files.completeUploadExternal", `{"files":"x"}`)["error"])
	announced := w.call("files.getUploadURLExternal", `{"filename":"x.png","length":"3"}`)
	id, _ := announced["file_id"].(string)
	require.NotEmpty(t, id)
	unsent := w.call("files.completeUploadExternal", `{"files":[{"id":"`+id+`"}],"channel_id":"C1"}`)
	require.Equal(t, "file_not_found", unsent["error"], "what was announced and never sent is no file")
}

func TestAFileIsSharedOnce(t *testing.T) {
	w := newWorld(t)
	f, err := w.api.UploadFileContext(t.Context(), picture(drawing(t), "C1"))
	require.NoError(t, err)
	again := w.call("files.completeUploadExternal", `{"files":[{"id":"`+f.ID+`"}],"channel_id":"C1"}`)
	require.Equal(t, "file_not_found", again["error"])
	require.Len(t, w.Messages("C1"), 1)
}

func TestFilesWantTheirScope(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.Scopes = []string{"chat:write"} })
	_, err := w.api.UploadFileContext(t.Context(), picture(drawing(t), "C1"))
	require.ErrorContains(t, err, "missing_scope")
}

func TestAnUploadFailsAsSlackDoes(t *testing.T) {
	w := newWorld(t)
	w.Fail("upload", fault.Status(http.StatusInternalServerError))
	_, err := w.api.UploadFileContext(t.Context(), picture(drawing(t), "C1"))
	require.ErrorContains(t, err, "UploadToURL")
	_, err = w.api.UploadFileContext(t.Context(), picture(drawing(t), "C1"))
	require.NoError(t, err)
}

func TestFilesOutliveARestart(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "slack.json")
	w := newWorld(t, func(c *slackfake.Config) { c.StateFile = kept })
	data := drawing(t)
	f, err := w.api.UploadFileContext(t.Context(), picture(data, "C1"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	again := newWorld(t, func(c *slackfake.Config) { c.StateFile = kept })
	_, _, seen := get(t, again.url+"/page/files/"+f.ID+"?as=U1")
	require.Equal(t, data, seen)
}
