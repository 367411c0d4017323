package chatops

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplierDeed is a deed on a supplier that says what came of it.
func supplierDeed(done string, ask asked, next cards.SupplierNext) deed {
	return deedUpon(done, ask, (*Bot).supplier, next)
}

func (b *Bot) moveSupplier(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.MoveSupplier(ctx, who, w.Number, itsm.MoveRequest{To: itsm.SupplierState(w.said["to"]), Note: w.note, Evidence: form.EvidenceOf(w.said["evidence"])})
}

func (b *Bot) assessSupplier(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AssessSupplier(ctx, who, w.Number, itsm.DiligenceRequest{Suitable: w.said["suitable"] == "yes", Note: w.note, Evidence: form.EvidenceOf(w.said["evidence"])})
}

// certify records a certificate. One of the same name that is needed still is renewed.
func (b *Bot) certify(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	r := itsm.CertificateRequest{Name: w.said["name"], URL: w.said["url"]}
	if err := r.Expires.UnmarshalText([]byte(w.said["expires"])); err != nil {
		return itsm.Receipt{}, form.Beside("/expires", err)
	}
	s, err := b.supplier(ctx, who, w.Number)
	if err != nil {
		return itsm.Receipt{}, err
	}
	if n := slices.IndexFunc(s.Certificates, func(c itsm.Certificate) bool { return c.EndedAt == nil && strings.EqualFold(c.Name, r.Name) }); n >= 0 {
		r.ID = s.Certificates[n].ID
	}
	return b.desk.CertifySupplier(ctx, who, w.Number, r)
}

func (b *Bot) endCertificate(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	id, err := strconv.Atoi(w.said["id"])
	if err != nil {
		id = -1 // there is none of that number
	}
	return b.desk.CertifySupplier(ctx, who, w.Number, itsm.CertificateRequest{ID: id, End: true})
}

// commentOnSupplier comments, or answers the question whose button was pressed.
func (b *Bot) commentOnSupplier(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnSupplier(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}
