package chatops

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// manifest is what of the app's manifest must agree with the code.
type manifest struct {
	Features struct {
		SlashCommands []struct {
			Command      string `yaml:"command"`
			URL          string `yaml:"url"`
			ShouldEscape bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Name       string `yaml:"name"`
			Type       string `yaml:"type"`
			CallbackID string `yaml:"callback_id"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			URL  string   `yaml:"request_url"`
			Bots []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			URL string `yaml:"request_url"`
		} `yaml:"interactivity"`
	} `yaml:"settings"`
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	raw, err := os.ReadFile("../deploy/slack-manifest.yaml")
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.Unmarshal(raw, &m))
	return m
}

func TestTheManifestSaysWhereTheDoorIs(t *testing.T) {
	m := readManifest(t)
	engine := gin.New()
	newOffice(t).bot.Mount(engine)
	served := map[string]bool{}
	for _, r := range engine.Routes() {
		require.Equal(t, http.MethodPost, r.Method)
		served[r.Path] = true
	}
	urls := []string{m.Settings.Events.URL, m.Settings.Interactivity.URL}
	for _, c := range m.Features.SlashCommands {
		urls = append(urls, c.URL)
		require.True(t, c.ShouldEscape, "%s: people's mentions arrive as ids", c.Command)
	}
	for _, url := range urls {
		path, ok := strings.CutPrefix(url, "https://HOST")
		require.True(t, ok, url)
		require.True(t, served[path], url)
	}
	require.Len(t, served, 3)
	var commands, shortcuts []string
	for _, c := range m.Features.SlashCommands {
		commands = append(commands, c.Command)
	}
	for _, s := range m.Features.Shortcuts {
		require.LessOrEqual(t, len(s.Name), 24, "Slack takes no longer one")
		shortcuts = append(shortcuts, s.Type+" "+s.CallbackID)
	}
	require.Equal(t, []string{"/change", "/incident", "/problem", "/corrective", "/supplier", "/who", "/itsm"}, commands)
	require.Equal(t, []string{"global change_new", "global incident_raise", "message incident_new"}, shortcuts)
	for _, event := range m.Settings.Events.Bots {
		r, err := payload.ParseEvent([]byte(`{"type":"event_callback","team_id":"T1","event_id":"E1","event":{"type":"` + event + `","user":"U1"}}`))
		require.NoError(t, err, event)
		require.Equal(t, event, r.Event)
	}
}

// TestTheManifestOffersNoShortcutThatTheDoorDoesNotKnow calls each as Slack does.
func TestTheManifestOffersNoShortcutThatTheDoorDoesNotKnow(t *testing.T) {
	all := readManifest(t).Features.Shortcuts
	require.NotEmpty(t, all)
	o := newOffice(t, func(c *slackfake.Config) {
		for _, s := range all {
			c.Shortcuts = append(c.Shortcuts, slackfake.Shortcut{Callback: s.CallbackID})
		}
	})
	said := o.says("U0BOB", "C0PAY", "checkout is down")
	for n, s := range all {
		switch s.Type {
		case "global":
			body := url.Values{"payload": {`{"type":"shortcut","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"},"trigger_id":"1.` + strconv.Itoa(n) + `","callback_id":"` + s.CallbackID + `"}`}}.Encode()
			require.Equal(t, http.StatusOK, o.deliver("/slack/interactions", body, nil))
		case "message":
			_, err := o.CallShortcut(context.Background(), "U0ANA", said, s.CallbackID)
			require.NoError(t, err)
		default:
			require.Fail(t, "Slack knows no such shortcut", s.Type)
		}
	}
	require.Len(t, o.desk.kept, len(all))
	for _, m := range append(o.Messages("U0ANA"), o.Ephemerals("U0ANA")...) {
		require.NotContains(t, m.Says(), "slack.button")
	}
}

// TestTheManifestOffersNoCommandThatTheDoorDoesNotKnow types each as Slack sends it.
func TestTheManifestOffersNoCommandThatTheDoorDoesNotKnow(t *testing.T) {
	o := dutyOffice(t)
	for _, c := range readManifest(t).Features.SlashCommands {
		said := o.typed("U0PAT", c.Command, "")
		require.NotEmpty(t, said, c.Command)
		require.NotContains(t, said, "does not know", c.Command)
	}
}

// TestTheManifestGrantsWhatTheDoorNeeds: everything works with its scopes and no more.
func TestTheManifestGrantsWhatTheDoorNeeds(t *testing.T) {
	scopes := readManifest(t).OAuth.Scopes.Bot
	o := newOffice(t, func(c *slackfake.Config) { c.Scopes = scopes })
	o.raised()
	for _, n := range []itsm.Notice{o.notice(itsm.NoticeCard, ""), o.notice(itsm.NoticeAsk, "bob")} {
		at, err := o.messenger.Post(context.Background(), n)
		require.NoError(t, err)
		require.NoError(t, o.messenger.Edit(context.Background(), at, n))
		found, ok, err := o.messenger.Find(context.Background(), n, o.clock.now().Add(-time.Hour))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, at, found)
	}
	_, err := o.OpenHome(context.Background(), "U0BOB")
	require.NoError(t, err)
	_, err = o.messenger.Permalink(context.Background(), "C0PAY", o.Messages("C0PAY")[0].TS)
	require.NoError(t, err)

	drawn := messenger.Picture{Name: "CHG-1.png", Title: "Around CHG-1", PNG: []byte("\x89PNG\r\n\x1a\n")}
	require.NoError(t, o.messenger.Share(context.Background(), "U0BOB", drawn))

	few := newOffice(t, func(c *slackfake.Config) { c.Scopes = []string{"commands"} })
	few.raised()
	_, err = few.messenger.Post(context.Background(), few.notice(itsm.NoticeCard, ""))
	require.Equal(t, "slack.unauthorised", itsm.AsError(err).Code)
	direct := newOffice(t, func(c *slackfake.Config) { c.Scopes = []string{"commands", "im:write"} })
	require.Equal(t, "slack.no_files", itsm.AsError(direct.messenger.Share(context.Background(), "U0BOB", drawn)).Code)
}
