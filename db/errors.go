package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steward-itsm/steward/itsm"
)

// fault is a refusal with the cause beside it: people see the refusal, the log
// sees both.
type fault struct {
	refusal *itsm.Error
	what    string
	cause   error
}

func (f *fault) Error() string   { return f.what + ": " + f.refusal.Code + ": " + f.cause.Error() }
func (f *fault) Unwrap() []error { return []error{f.refusal, f.cause} }

// constraints says what a person can do about a constraint. What is not listed is
// a bug: a rule of itsm should have refused it first.
var constraints = map[string]*itsm.Error{
	"events_number_recorded":   notYet(),
	"comments_number_recorded": notYet(),

	"api_tokens_pkey":                   itsm.Refuse(itsm.Conflict, "token.exists", "There is a token of that id already."),
	"api_tokens_id_form":                itsm.Refuse(itsm.Invalid, "token.id", "A token's id has 4 to 64 letters and digits."),
	"api_tokens_person_bounds":          itsm.Refuse(itsm.Invalid, "token.person", "A token needs the id of its person, of at most 100 characters."),
	"api_tokens_scopes_known":           itsm.Refuse(itsm.Invalid, "token.scopes", "A token needs at least one scope; the scopes are read and write."),
	"api_tokens_name_bounds":            itsm.Refuse(itsm.Invalid, "token.name", "A token's name has at most 200 characters."),
	"api_tokens_expires_after_creation": itsm.Refuse(itsm.Invalid, "token.expiry", "A token must expire later than now and within a year."),

	"intake_keys_pkey":                   itsm.Refuse(itsm.Conflict, "intake_key.exists", "There is an intake key of that id already."),
	"intake_keys_name_once":              itsm.Refuse(itsm.Conflict, "intake_key.exists", "There is an intake key of that name already."),
	"intake_keys_id_form":                itsm.Refuse(itsm.Invalid, "intake_key.id", "An intake key's id has 4 to 64 letters and digits."),
	"intake_keys_name_bounds":            itsm.Refuse(itsm.Invalid, "intake_key.name", "An intake key needs a name of at most 120 characters."),
	"intake_keys_kind_known":             itsm.Refuse(itsm.Invalid, "intake_key.kind", "An intake key is for alertmanager, for events, or for either."),
	"intake_keys_services_bounds":        itsm.Refuse(itsm.Invalid, "intake_key.services", "An intake key is bound to at most 100 services, named by their ids."),
	"intake_keys_rate_per_minute_bounds": itsm.Refuse(itsm.Invalid, "intake_key.rate", "An intake key takes 1 to 1000000 alerts a minute."),
	"alert_incidents_source_bounds":      itsm.Refuse(itsm.Invalid, "alert.source", "The name of an alert's source has 1 to 120 characters."),
	"alert_incidents_dedup_key_bounds":   itsm.Refuse(itsm.Invalid, "alert.key", "An alert's key has 1 to 512 characters."),
	"alert_incidents_draft_bounds":       itsm.Refuse(itsm.Invalid, "alert.too_large", "That alert is too long to keep."),
	"alerts_fingerprint_bounds":          itsm.Refuse(itsm.Invalid, "alert.fingerprint", "An alert's fingerprint has 1 to 512 characters."),
	"alerts_draft_bounds":                itsm.Refuse(itsm.Invalid, "alert.too_large", "That alert is too long to keep."),
	"incidents_origin_bounds":            itsm.Refuse(itsm.Invalid, "import.origin", "An imported record's origin has 1 to 200 characters."),

	"catalog_versions_author_bounds": itsm.Refuse(itsm.Invalid, "catalog.author", "The catalog's author needs a name of at most 200 characters."),

	"idempotency_key_bounds":     itsm.Refuse(itsm.Invalid, "idempotency.key", "An idempotency key has 1 to 255 characters."),
	"idempotency_answer_bounds":  itsm.Refuse(itsm.Invalid, "idempotency.answer", "That answer is too long to keep."),
	"slack_inbox_payload_bounds": itsm.Refuse(itsm.Invalid, "delivery.too_large", "That message is too long to keep."),

	"audit_only_grows": itsm.Refuse(itsm.Forbidden, "audit.only_grows", "The audit only grows: nothing in it is changed or taken out."),
}

// refusal turns an error of the database into one that may travel: a refusal that
// a person can act on, or an internal one whose cause only the log sees.
func refusal(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*itsm.Error](err); ok {
		return err
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if unreachable(err) {
			return &fault{away(), what, err}
		}
		return fmt.Errorf("%s: %w", what, err)
	}
	if e, known := constraints[pg.ConstraintName]; known {
		return &fault{e, what, err}
	}
	switch class := pg.Code[:min(2, len(pg.Code))]; {
	case class == "08", class == "53", class == "57", class == "58", class == "40", pg.Code == "55P03", pg.Code == "25006":
		return &fault{away(), what, err}
	case class == "22":
		return &fault{itsm.Refuse(itsm.Invalid, "text.unstorable", "That holds a character or a value that cannot be kept."), what, err}
	case class == "23":
		return &fault{itsm.Refuse(itsm.Internal, "record.invariant", "Something went wrong on our side. It has been logged."), what, err}
	}
	return fmt.Errorf("%s: %w", what, err)
}

func notYet() *itsm.Error {
	return itsm.Refuse(itsm.Unavailable, "record.not_recorded_yet", "That record is still being written down. Try again in a moment.").Later(time.Second)
}

func away() *itsm.Error {
	return itsm.Refuse(itsm.Unavailable, "database.away", "The record book does not answer just now. Try again in a moment.").Later(2 * time.Second)
}

// unreachable reports whether the database may well answer the same request later.
func unreachable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
