package messenger

import (
	"bytes"
	"context"

	"github.com/slack-go/slack"
)

// Picture is an image with what it shows in words, for those who do not see it.
type Picture struct {
	Name  string // of the file, with its ending
	Title string
	Alt   string // at most 1000 characters are sent
	PNG   []byte
}

// maxAlt is what Slack takes of a description.
const maxAlt = 1000

// Share sends a picture to one person, in their direct message with the app: a channel
// would show it to people who may not see what is on it. It is not repeated; its
// errors are those of Post, and slack.no_files where the workspace, or the scopes that
// it granted, let the app share none.
func (m *Messenger) Share(ctx context.Context, slackID string, p Picture) error {
	channel, err := m.direct(ctx, slackID)
	if err != nil {
		return err
	}
	return m.call(ctx, sharing, func(ctx context.Context) error {
		_, err := m.web.UploadFileContext(ctx, slack.UploadFileParameters{
			Channel: channel, Filename: p.Name, Title: p.Title, AltTxt: string([]rune(p.Alt)[:min(len([]rune(p.Alt)), maxAlt)]),
			Reader: bytes.NewReader(p.PNG), FileSize: len(p.PNG),
		})
		return err
	})
}
