package workflows

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryFieldOfAProblemIsCarriedOrMadeAnew fails when the process of a problem gets a
// field that nobody has thought of: a new run begins without it unless Carried has it.
func TestEveryFieldOfAProblemIsCarriedOrMadeAnew(t *testing.T) {
	meant := map[string]string{
		"Problem": "carried", "terms": "carried", "others": "carried", "full": "made anew",
		"draft": "of no use once it is recorded", "process": "its fields below",

		"talk": "carried", "answers": "carried", "seen": "carried", "runs": "carried, one more",
		"raised": "made anew: it was", "by": "of no use once it is recorded", "first": "made anew", "firstSave": "made anew",
		"of": "made anew", "after": "made anew", "renews": "made anew", "late": "begins anew", "ledger": "its fields below",

		"begun": "carried", "tellings": "made anew, with what each was told carried", "saving": "empty where a run ends",
	}
	for _, of := range []reflect.Type{reflect.TypeFor[problem](), reflect.TypeFor[process](), reflect.TypeFor[ledger]()} {
		for field := range of.Fields() {
			require.Contains(t, meant, field.Name, "say what becomes of it in a new run, and carry it in Carried if it is needed")
		}
	}
	for _, carried := range []string{"Problem", "Terms", "Others", "Talk", "Answers", "Begun", "Told", "Seen", "Runs"} {
		_, has := reflect.TypeFor[Carried]().FieldByName(carried)
		require.True(t, has, carried)
	}
}
