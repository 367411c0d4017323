package typed

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestWhatIsTypedAboutSuppliers(t *testing.T) {
	for _, tt := range []struct {
		take func(string) (Fields, string)
		text string
		want Fields
		note string
	}{
		{Move, "due diligence because we need it", Fields{"to": "due_diligence"}, "we need it"},
		{Move, "offboarded: all is back, see https://vault.example/1.", Fields{"to": "offboarded", "evidence": "https://vault.example/1"}, "all is back, see https://vault.example/1."},
		{Move, "away", Fields{}, "away"},
		{Assess, "suitable: sound, see INC-7", Fields{"suitable": "yes", "evidence": "INC-7"}, "sound, see INC-7"},
		{Assess, "not suitable because it leaks", Fields{"suitable": "no"}, "it leaks"},
		{Assess, "unsuitable", Fields{"suitable": "no"}, ""},
		{Assess, "not at all", Fields{}, "not at all"},
		{Certificate, "ISO 27001 until 2027-03-31 https://certs.example/1", Fields{"name": "ISO 27001", "expires": "2027-03-31", "url": "https://certs.example/1"}, ""},
		{Certificate, "until", Fields{"name": "until"}, ""},
		{Certificate, "", Fields{}, ""},
		{Which, "2: gone", Fields{"id": "2"}, "gone"},
		{Which, "all", Fields{}, "all"},
		{Which, "", Fields{}, ""},
		{Propose, "renew because it serves us", Fields{"decision": "renew"}, "it serves us"},
		{Propose, "burn it", Fields{}, "burn it"},
		{Evidence, "see INC-7 and https://x.example/1", Fields{"evidence": "INC-7\nhttps://x.example/1"}, ""},
		{Evidence, "it was seen", Fields{"evidence": "it was seen"}, ""},
		{Evidence, " ", Fields{}, ""},
		{Compared, "because it fits, see CHG-9", Fields{"evidence": "CHG-9"}, "it fits, see CHG-9"},
		{Meet, "with Zoe, Ida,: they add: a line", Fields{"attendees": "Zoe\nIda"}, "they add: a line"},
		{Meet, "with Zoe", Fields{}, "Zoe"},
		{Meet, "they add a line", Fields{}, "they add a line"},
	} {
		said, note := tt.take(tt.text)
		require.Equal(t, tt.want, said, tt.text)
		require.Equal(t, tt.note, note, tt.text)
	}
	for text, want := range map[string][3]string{
		"@ida by 2027-03-31: Add a line": {"@ida", "2027-03-31", "Add a line"}, "Add a line @ida, 2027-03-31": {"@ida", "2027-03-31", "Add a line"},
		"Add a line": {"", "", "Add a line"}, "": {"", "", ""}, "by": {"", "", ""},
	} {
		person, due, title := Action(text)
		require.Equal(t, want, [3]string{person, due, title}, text)
	}
}

// measured is a review with a target, one that begins alike, and somebody's judgement.
func measured() *itsm.SupplierReview {
	r := &itsm.SupplierReview{}
	r.Readings = []itsm.Reading{
		{Measure: itsm.Measure{Name: "Up"}, Goal: &itsm.Goal{Full: 1}}, {Measure: itsm.Measure{Name: "Up time"}, Goal: &itsm.Goal{Full: 1}}, {Measure: itsm.Measure{Name: "Invoices", Criterion: itsm.ByCommerce}},
	}
	return r
}

func TestAMeasureIsToldByItsNameOrItsNumber(t *testing.T) {
	for text, want := range map[string]Fields{
		"Up 99.9 https://x.example/1":  {"name": "Up", "value": "99.9", "evidence": "https://x.example/1"},
		"up time: 99.9% it was seen":   {"name": "Up time", "value": "99.9", "evidence": "it was seen"},
		"2 99.9 see INC-7":             {"name": "Up time", "value": "99.9", "evidence": "INC-7"},
		"invoices 80 points all right": {"name": "Invoices", "criterion": "commerce", "points": "80", "evidence": "all right"},
		"Upside 9":                     {},
		"4 9":                          {},
		"Up":                           {"name": "Up"},
		"Up much":                      {"name": "Up", "evidence": "much"},
		"":                             {},
	} {
		require.Equal(t, want, Measure(text, measured()), text)
	}
}

// FuzzSupplier: whatever is typed is read, and no panic.
func FuzzSupplier(f *testing.F) {
	for _, seed := range []string{"", "Up", "up time 9", "1 1 x", "with :", "@ 2027-99-99", "İnvoices 1", "due diligence"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		for _, take := range []func(string) (Fields, string){Move, Assess, Certificate, Which, Propose, Evidence, Compared, Meet} {
			take(text)
		}
		Action(text)
		Measure(text, measured())
	})
}
