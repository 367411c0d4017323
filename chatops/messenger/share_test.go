package messenger

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

func TestAPictureGoesToOnePersonAlone(t *testing.T) {
	p := newPlace(t)
	drawn := Picture{Name: "INC-7.png", Title: "Around INC-7", Alt: strings.Repeat("é", 1200), PNG: []byte("\x89PNG\r\n\x1a\n")}
	require.NoError(t, p.Share(context.Background(), "U0ANA", drawn))
	said := p.Messages("U0ANA")
	require.Len(t, said, 1)
	require.Equal(t, "Around INC-7", said[0].Files[0].Title)
	require.Equal(t, "image/png", said[0].Files[0].Mimetype)
	require.Len(t, []rune(said[0].Files[0].AltText), 1000, "as much of the description as Slack takes")
	require.Empty(t, p.Messages("C0PAY"))
}

func TestWhyAPictureIsNotShared(t *testing.T) {
	p := newPlace(t)
	drawn := Picture{Name: "INC-7.png", Title: "Around INC-7", PNG: []byte("\x89PNG\r\n\x1a\n")}
	for _, c := range []struct {
		method, code string
		fault        fault.Fault
	}{
		{"conversations.open", "slack.unreachable", fault.Refuse("user_not_found")},
		{"files.getUploadURLExternal", "slack.no_files", fault.Refuse("missing_scope")},
		{"files.getUploadURLExternal", "slack.no_files", fault.Refuse("file_uploads_disabled")},
		{"files.getUploadURLExternal", "slack.rate_limited", fault.Limited("3")},
		{"upload", "slack.unavailable", fault.Status(500)},
		{"files.completeUploadExternal", "slack.unreachable", fault.Refuse("channel_not_found")},
		{"files.completeUploadExternal", "slack.ambiguous", fault.Reset()},
	} {
		p.Fail(c.method, c.fault)
		err := p.Share(context.Background(), "U0ANA", drawn)
		require.Equal(t, c.code, itsm.AsError(err).Code, c.method)
	}
	require.Empty(t, p.Messages("U0ANA"))
}
