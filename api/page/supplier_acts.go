package page

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// supplierPages are the pages of suppliers.
var supplierPages = &kind{
	home: "/suppliers", reads: "supplier.read",
	acts: slices.Concat(supplying, certifying, talk(itsm.ActSupplierComment, counter.CommentOnSupplier,
		"Its owner and their deputy are told.")),
	texts: []act{{
		path: "edit", of: itsm.ActSupplierEdit, label: "Edit", button: "Save it",
		intro: "What it supplies, whom to turn to, and on whom it depends itself.",
		long:  true, done: "It is saved.", do: editSupplier,
	}},
	look: (*Door).lookAtSupplier, explain: counter.ExplainSupplier, timeline: counter.SupplierTimeline,
	comments: counter.SupplierComments, relations: counter.SupplierRelations,
}

// supplying looks into it, and moves it on.
var supplying = []act{
	{
		path: "assess", of: itsm.ActDiligence, group: "main", label: "Due diligence", button: "Record it",
		intro: "What was found when it was looked into, and what that rests on.",
		fields: []field{
			{Name: "suitable", Label: "It was found", Kind: "choice", Required: true, Options: suitability},
			noteField("What was looked at, and what was found", true), evidenceField.required(),
		},
		done: "It is recorded.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			suitable, err := one(a.form, "suitable", "suitable", "unsuitable")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.AssessSupplier(ctx, a.who, a.n, itsm.DiligenceRequest{
				Suitable: suitable, Note: a.form["note"], Evidence: evidenceIn(a.form["evidence"]),
			})
		},
	},
	{
		path: "move", of: itsm.ActSupplierMove, group: "main", label: "Move it on", button: "Move it on",
		fields: []field{
			{Name: "to", Label: "It is from now on", Kind: "moves", Required: true},
			noteField("Why", true), evidenceField,
		},
		done: "It is moved on.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.MoveSupplier(ctx, a.who, a.n, itsm.MoveRequest{
				To: itsm.SupplierState(a.form["to"]), Note: a.form["note"], Evidence: evidenceIn(a.form["evidence"]),
			})
		},
	},
	{
		path: "exit", of: itsm.ActExitPlan, group: "more", label: "Exit plan", button: "Save it",
		fields: []field{
			{Name: "text", Label: "How its services go on without it", Kind: "exit", Required: true, Max: itsm.MaxText},
			{Name: "url", Label: "Where more of it is", Hint: "An address; empty: nowhere.", Kind: "exit-url", Max: itsm.MaxURL},
			{Name: "tested", Label: "Whether it was tested", Kind: "choice", Options: []option{
				{Words: "It is written, and was not tested now"}, {Value: "tested", Words: "It was tested now, and works"},
			}},
		},
		done: "It is saved.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.PlanExit(ctx, a.who, a.n, itsm.ExitRequest{Text: a.form["text"], URL: a.form["url"], Tested: a.form["tested"] == "tested"})
		},
	},
}

// suitability is how somebody may find a supplier: nobody finds it suitable by not
// looking.
var suitability = []option{nobodyYet, {Value: "suitable", Words: "suitable"}, {Value: "unsuitable", Words: "not suitable"}}

// one reads a choice of two, and refuses what is neither.
func one(f form, name, yes, no string) (bool, error) {
	if said := f[name]; said != yes && said != no {
		e := itsm.Refuse(itsm.Invalid, "page.choice", "Choose one of the two.")
		e.Fields = []itsm.Field{{Pointer: "/" + name, Message: "must be chosen"}}
		return false, e
	}
	return f[name] == yes, nil
}

// certifying keeps its certificates.
var certifying = []act{
	{
		path: "certificate", of: itsm.ActCertificate, group: "more", label: "Add a certificate", button: "Add it",
		fields: []field{
			{Name: "name", Label: "What it shows", Hint: "Such as ISO/IEC 27001, or its insurance.", Kind: "line", Required: true, Max: itsm.MaxTitle},
			{Name: "expires", Label: "Until when", Kind: "day", Required: true},
			{Name: "url", Label: "Where it is", Hint: "An address; empty: nowhere.", Kind: "line", Max: itsm.MaxURL},
		},
		done: "It is recorded.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			r := itsm.CertificateRequest{Name: a.form["name"], URL: a.form["url"]}
			if err := a.form.parsed("expires", &r.Expires); err != nil {
				return itsm.Receipt{}, err
			}
			return at.CertifySupplier(ctx, a.who, a.n, r)
		},
	},
	{
		path: "renew-certificate", of: itsm.ActCertificate, group: "more", label: "Renew a certificate", button: "Renew it",
		fields: []field{
			{Name: "id", Label: "Which one", Kind: "certificates", Required: true},
			{Name: "expires", Label: "Until when", Kind: "day", Required: true},
			{Name: "url", Label: "Where it is now", Hint: "An address; empty: as it is.", Kind: "line", Max: itsm.MaxURL},
		},
		done: "It is renewed.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			id, err := number(a.form["id"], "/id")
			if err != nil {
				return itsm.Receipt{}, err
			}
			r := itsm.CertificateRequest{ID: id, URL: a.form["url"]}
			if err := a.form.parsed("expires", &r.Expires); err != nil {
				return itsm.Receipt{}, err
			}
			return at.CertifySupplier(ctx, a.who, a.n, r)
		},
	},
	{
		path: "end-certificate", of: itsm.ActCertificate, group: "more", label: "End a certificate", button: "It is not needed any more", tone: "no",
		fields: []field{{Name: "id", Label: "Which one", Kind: "certificates", Required: true}},
		done:   "It is not needed any more.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			id, err := number(a.form["id"], "/id")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.CertifySupplier(ctx, a.who, a.n, itsm.CertificateRequest{ID: id, End: true})
		},
	},
}
