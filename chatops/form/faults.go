package form

import (
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// maxFault is the most characters of a fault that are shown beside a field.
const maxFault = 3000

// firsts are the fields below which stands what is about none, by form; in all
// others it is the note.
var firsts = map[string]string{
	NewForm: "title", EditForm: "title", AssessForm: "assessment_risk", "change.delegate": "to", "change.assign": "assignee", "change.link": "url",
	"change.comment": "text", "change.ask": "text", "change.answer": "text",
	ProblemForm: "title", RootCauseForm: "cause", WorkaroundForm: "risk", "problem.comment": "text", "problem.link": "to", "problem.assign": "assignee", "problem.task": "title", "problem.done": "result",
	"problem.review": "went_well", "problem.accept": "coordinator", "incident.apply": "known_error",
	CorrectiveForm: "title", CorrectiveCauseForm: "cause", PlanForm: "note", "corrective.comment": "text", "corrective.link": "to", "corrective.assign": "assignee", "corrective.step": "result",
	"corrective.drop": "result",
	SupplierForm:      "name", SupplierEditForm: "note", ExitForm: "url", "supplier.comment": "text", "supplier.certificate": "name", "supplier.end-certificate": "id",
	ContractForm: "title", AmendForm: "note", "contract.comment": "text", "contract.notice": "evidence",
	ActionsForm: "note", "supplier_review.comment": "text", "supplier_review.measure": "name", "supplier_review.seen": "name",
	IncidentForm: "title", "incident.comment": "text", "incident.update": "text", "incident.link": "to", "incident.assign": "assignee",
}

// Errors puts a refusal below the fields that it is about, and what is about none
// below the first: what a person typed stays on their screen.
func Errors(f Filled, e *itsm.Error) map[string]string {
	first := firsts[f.Callback]
	if first == "" {
		first = "note"
	}
	out := map[string]string{}
	for _, fault := range e.Fields {
		block, text := f.about(fault)
		if block == "" {
			block, text = first, strings.TrimPrefix(fault.Pointer, "/")+" "+text
		}
		if out[block] != "" {
			text = out[block] + "; " + text
		}
		out[block] = cards.Cut(text, maxFault, "…")
	}
	if len(out) == 0 {
		out[first] = cards.Cut(e.Message, maxFault, "…") + " (" + e.Code + ")"
	}
	return out
}

// about is the field that a fault is about: /links/1/url is the second line of links.
func (f Filled) about(fault itsm.Field) (block, text string) {
	parts := strings.Split(strings.TrimPrefix(fault.Pointer, "/"), "/")
	text = fault.Message
	for n := len(parts); n > 0; n-- {
		if block = strings.Join(parts[:n], "_"); !f.shows(block) {
			block = "assessment_" + block // what is said of an assessment alone
		}
		if f.shows(block) {
			if n < len(parts) {
				if i, err := strconv.Atoi(parts[n]); err == nil {
					text = "line " + strconv.Itoa(i+1) + " " + text
				}
			}
			return block, text
		}
	}
	return "", text
}

// Beside puts a refusal that is about no field beside the one that it is about.
func Beside(pointer string, err error) error {
	e := itsm.AsError(err)
	if len(e.Fields) > 0 || e.Kind != itsm.Invalid {
		return err
	}
	told := *e
	told.Fields = []itsm.Field{{Pointer: pointer, Message: e.Message}}
	return &told
}
