package main

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

// foreseen is what the API answers to a draft that is not raised.
type foreseen struct {
	RiskScore  itsm.RiskScore `json:"risk_score"`
	Assessment bool           `json:"assessment"`
	Stages     []struct {
		Name    string
		Factors []itsm.Panel
	}
}

// foresees compares what is foreseen of a draft with the live preview in the form
// for a new one, for each service that it offers and for each risk.
func (v *visitor) foresees() {
	viaAPI := v.world.call(v.who, http.MethodPost, "/v1/changes/preview", map[string]any{"service": "website"})
	before := v.slack.types(v.who, "/change", "new")
	views := v.slack.slack.Views(slackID(v.who))
	if len(views) == 0 || viaAPI.Status != http.StatusOK {
		v.alike("a draft", v.api.say(viaAPI), readSlack(v.slack.answered(v.who, before, "new").Says()), v.actor.May(itsm.RaiseChanges))
		return
	}
	form := views[len(views)-1]
	defer func() { require.NoError(v.t, v.slack.slack.CloseView(v.t.Context(), slackID(v.who), form, true)) }()
	for _, service := range v.catalog.Services {
		for _, tier := range append([]itsm.RiskTier{""}, itsm.RiskTiers...) {
			v.foreseesOne(form, service, tier)
		}
	}
}

func (v *visitor) foreseesOne(form slackfake.View, service itsm.Service, tier itsm.RiskTier) {
	v.t.Helper()
	about := fmt.Sprintf("a draft for %s of risk %q", service.ID, tier)
	body, chosen := map[string]any{"service": service.ID}, map[string]string{}
	for _, d := range itsm.RiskDimensions {
		chosen["risk_"+string(d)] = ""
	}
	if tier != "" {
		risk := weighing(tier)
		body["risk"] = risk
		for _, d := range itsm.RiskDimensions {
			chosen["risk_"+string(d)] = strconv.Itoa(risk.Of(d))
		}
	}
	viaAPI := v.world.call(v.who, http.MethodPost, "/v1/changes/preview", body)
	_, err := v.slack.slack.PressIn(v.t.Context(), slackID(v.who), form, "service", chosen, string(service.ID))
	ruled := v.catalog.CheckSeen(v.actor, service.ID)
	if ruled != nil { // what they cannot see, they are not offered
		e := itsm.AsError(ruled)
		assert.Equal(v.t, outcome{Code: e.Code, Sentence: e.Message, Faults: inFields(e)}, v.api.say(viaAPI), about)
		require.Error(v.t, err, about)
		v.count(v.operation, e.Code)
		return
	}
	require.NoError(v.t, err, about)
	v.count(v.operation, "shown")
	views := v.slack.slack.Views(slackID(v.who))
	says := ""
	blockkit.Elements(views[len(views)-1].Blocks, func(b, _ slackfake.Block) {
		if b["block_id"] == "foreseen" {
			says = html.UnescapeString(blockkit.Words([]slackfake.Block{b}))
		}
	})
	for _, part := range v.ahead(as[foreseen](v, viaAPI)) {
		assert.Contains(v.t, says, part, about)
	}
}

// ahead is what the form says of a draft.
func (v *visitor) ahead(f foreseen) []string {
	parts := []string{"*Risk: " + string(f.RiskScore.Tier) + "* " + strings.Join(f.RiskScore.Reasons, " ")}
	if f.Assessment {
		parts = append(parts, "It has to be assessed before anybody decides")
	}
	for i, s := range f.Stages {
		lead := "*Who decides* "
		if len(f.Stages) > 1 {
			lead = fmt.Sprintf("*%d. %s* ", i+1, s.Name)
		}
		for _, panel := range s.Factors {
			var names []string
			for _, id := range panel.Named {
				names = append(names, v.named(id))
			}
			who := "any one of " + strings.Join(names, ", ")
			switch {
			case len(names) == 0:
				who = "nobody is there to decide"
			case len(names) == 1:
				who = names[0]
			case panel.Need >= len(names):
				who = "all of " + strings.Join(names, ", ")
			case panel.Need > 1:
				who = fmt.Sprintf("%d of %s", panel.Need, strings.Join(names, ", "))
			}
			parts = append(parts, lead+who)
		}
	}
	return parts
}

// readsTalk compares what was said: each comment stands in the thread of the
// change's card, under the name of who said it.
func (v *visitor) readsTalk(s stage) {
	show(v, s, "/comments", "show", func(said items[itsm.Comment], _ slackfake.Message) {
		n := v.shared[s.name]
		for _, c := range said.Items {
			v.world.eventually("comment "+strconv.Itoa(c.ID)+" stands in Slack", func() bool { return v.stands(n, c) })
		}
	})
}

// stands looks for a comment below the card, by its row in the ledger.
func (v *visitor) stands(n itsm.Number, c itsm.Comment) bool {
	ledger, err := v.world.owner.Messages(v.t.Context(), n)
	require.NoError(v.t, err)
	service, _ := v.catalog.Service(v.read(n).Service)
	card := ""
	for _, m := range ledger {
		if m.Key == string(n)+"/card" {
			card = m.TS
		}
	}
	return slices.ContainsFunc(v.slack.slack.Replies(service.Channel, card), func(m slackfake.Message) bool {
		says := html.UnescapeString(m.Says())
		return card != "" && strings.Contains(says, "*"+v.named(c.By)+"*") && strings.Contains(says, moment(c.At)) && strings.Contains(says, c.Text)
	})
}
