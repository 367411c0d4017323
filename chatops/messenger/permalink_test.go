package messenger

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

func TestWhereAMessageIs(t *testing.T) {
	p := newPlace(t)
	said, err := p.Say(context.Background(), "U0ANA", "C0PAY", "", "It is down")
	require.NoError(t, err)
	address, err := p.Permalink(context.Background(), "C0PAY", said.TS)
	require.NoError(t, err)
	require.Regexp(t, `^http.*/archives/C0PAY/p\d+$`, address)
	for code, f := range map[string]fault.Fault{
		"slack.unreachable": fault.Refuse("channel_not_found"), "slack.message_gone": fault.Refuse("message_not_found"), "slack.unavailable": fault.Status(500),
	} {
		p.Fail("chat.getPermalink", f)
		address, err = p.Permalink(context.Background(), "C0PAY", said.TS)
		require.Equal(t, code, itsm.AsError(err).Code)
		require.Empty(t, address)
	}
}
