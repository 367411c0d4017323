package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/api/page/book"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// Config is what the pages are made from.
type Config struct {
	Desk *desk.Desk
	// Keys are the secrets that are live now, of 32 bytes or more: the first seals
	// sessions, all open them.
	Keys [][]byte
	// PublicURL is where people reach Steward. With https, cookies go nowhere else.
	PublicURL string
	Now       func() time.Time
	Log       *slog.Logger
}

// counter is the part of the desk that the pages stand at: *desk.Desk in the
// program; in the tests one that keeps its records in memory.
type counter interface {
	TokenActor(ctx context.Context, token, source string) (itsm.Actor, error)
	Refused(ctx context.Context, who desk.Caller, action string, err error)
	Change(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error)
	Changes(ctx context.Context, who desk.Caller, list desk.ChangeList) (desk.ChangePage, error)
	WaitingChanges(ctx context.Context, who desk.Caller) ([]itsm.Change, error)
	ExplainChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	Timeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	Comments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ChangeRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	People(ctx context.Context, who desk.Caller) ([]itsm.Person, error)
	Services(ctx context.Context, who desk.Caller) ([]itsm.Service, error)

	DecideChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	RetractVote(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	DelegateChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error)
	CommentOnChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	AssessChange(ctx context.Context, who desk.Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error)
	EditChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error)
	LinkChange(ctx context.Context, who desk.Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error)
	HoldChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ResumeChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	WithdrawChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReassignChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error)
	StartChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error)
	CompleteChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error)
	CancelChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)

	incidentCounter
	problemCounter
	correctiveCounter
	supplierCounter
	contractCounter
	reviewCounter
	recordCounter
}

// recordCounter is the part of it at which records of all kinds are read.
type recordCounter interface {
	Waiting(ctx context.Context, who desk.Caller) ([]itsm.Record, error)
	Records(ctx context.Context, who desk.Caller, list desk.RecordList) (desk.RecordPage, error)
	Search(ctx context.Context, who desk.Caller, r itsm.SearchRequest, limit int) (desk.Found, error)
	Graph(ctx context.Context, who desk.Caller, n itsm.Number, depth int) (itsm.Graph, error)
}

// incidentCounter is the part of it at which incidents are handled.
type incidentCounter interface {
	Incident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Incident, error)
	Incidents(ctx context.Context, who desk.Caller, list desk.IncidentList) (desk.IncidentPage, error)
	WaitingIncidents(ctx context.Context, who desk.Caller) ([]itsm.Incident, error)
	ExplainIncident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	IncidentTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	IncidentComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	IncidentClocks(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.ClockReading, error)
	IncidentSuggestions(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error)
	Relations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)

	RaiseIncident(ctx context.Context, who desk.Caller, draft itsm.IncidentDraft) (itsm.Receipt, error)
	AcknowledgeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	AssignIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	ReprioritiseIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error)
	HoldIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error)
	ResumeIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	EscalateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error)
	CommentOnIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	RelateIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	EndIncidentAsDuplicate(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error)
	SetIncidentParent(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error)
	ResolveIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error)
	ConfirmIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReopenIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CancelIncident(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
}

// problemCounter is the part of it at which problems are handled, and their known errors.
type problemCounter interface {
	RaiseProblem(ctx context.Context, who desk.Caller, draft itsm.ProblemDraft) (itsm.Receipt, error)
	AcceptProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error)
	DeclineProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	MergeProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error)
	AssignProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	RelateProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	CommentOnProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	TaskOfProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error)
	FindRootCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error)
	WriteWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error)
	PublishKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	DecideKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	CommunicateWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	FixProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error)
	AcceptRisk(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error)
	ConfirmFix(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReviewProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error)
	CloseProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	ReopenProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CancelProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	ApplyWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error)
	Problem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Problem, error)
	Problems(ctx context.Context, who desk.Caller, list desk.ProblemList) (desk.ProblemPage, error)
	WaitingProblems(ctx context.Context, who desk.Caller) ([]itsm.Problem, error)
	ProblemBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ProblemBook, error)
	ProblemTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ProblemComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ProblemRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainProblem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	KnownErrors(ctx context.Context, who desk.Caller, words string, limit int) ([]itsm.KnownErrorFound, error)
	IncidentKnownErrors(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error)
}

// correctiveCounter is the part of it at which corrective actions are handled.
type correctiveCounter interface {
	RaiseCorrective(ctx context.Context, who desk.Caller, draft itsm.CorrectiveDraft) (itsm.Receipt, error)
	AcknowledgeCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	AssignCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error)
	RelateCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error)
	CommentOnCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	FindCorrectiveCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error)
	PlanCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error)
	DecideCorrectivePlan(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	StepOfCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error)
	ImplementCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	VerifyCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error)
	WithdrawCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error)
	CorrectiveAction(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveAction, error)
	CorrectiveActions(ctx context.Context, who desk.Caller, list desk.CorrectiveList) (desk.CorrectivePage, error)
	WaitingCorrective(ctx context.Context, who desk.Caller) ([]itsm.CorrectiveAction, error)
	CorrectiveTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	CorrectiveComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	CorrectiveRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainCorrective(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
}

// Door serves the pages.
type Door struct {
	Config
	desk    counter
	seal    sealer
	secure  bool
	origins *http.CrossOriginProtection
}

// New readies the pages, or says what in the configuration could not be meant.
func New(cfg Config) (*Door, error) {
	if cfg.Desk == nil {
		return nil, errors.New("page: no desk to call")
	}
	return open(cfg, cfg.Desk)
}

func open(cfg Config, at counter) (*Door, error) {
	d := &Door{Config: cfg, desk: at, origins: http.NewCrossOriginProtection()}
	var err error
	if d.seal, err = newSealer(cfg.Keys); err != nil {
		return nil, err
	}
	if cfg.PublicURL == "" {
		return d, nil
	}
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("page: %q is no address that people could reach", cfg.PublicURL)
	}
	d.secure = u.Scheme == "https"
	return d, d.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

// Mount hangs the pages on an engine.
func (d *Door) Mount(r gin.IRouter) {
	r.GET("/signin", d.showSignIn)
	r.POST("/signin", d.signIn)
	r.POST("/signout", d.signOut)
	r.GET(home, d.signedIn("record.waiting", d.front))
	r.GET(searchHome, d.signedIn("record.search", d.search))
	r.GET("/changes", d.signedIn("change.list", d.list))
	changePages.mount(r, d)
	r.GET("/incidents", d.signedIn("incident.list", d.board))
	r.GET("/incidents/board", d.signedIn("incident.list", d.boardAlone))
	r.GET("/incidents/board.js", boardScript)
	incidentRaising.mount(r, d)
	incidentPages.mount(r, d)
	problemShelf.mount(r, d)
	correctiveShelf.mount(r, d)
	r.GET(supplierPages.home, d.signedIn("supplier.list", d.register))
	supplierRaising.mount(r, d)
	supplierPages.mount(r, d)
	contractRaising.mount(r, d)
	contractPages.mount(r, d)
	reviewPages.mount(r, d)
	r.GET("/known-errors", d.signedIn("known_error.list", d.knownErrors))
}

var (
	//go:embed templates/*.html
	files embed.FS
	//go:embed page.css
	css string

	templates = template.Must(template.ParseFS(files, "templates/*.html"))
	policy    = contentPolicy("")
	// livePolicy is the board's alone: it may also run our own script, and that may ask us.
	livePolicy = contentPolicy("script-src 'self'; connect-src 'self'; ")
)

// contentPolicy lets a page use its own style and send its own forms, and what else is
// given: no script at all, whatever somebody may have written into a record.
func contentPolicy(more string) string {
	digest := sha256.Sum256([]byte(css))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) +
		"'; " + more + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// frame is what stands around every page.
type frame struct {
	Title string
	Me    string // who is signed in; empty: nobody
	CSRF  string
	Zone  string
	Here  string // which of the lists it belongs to; empty: to none
	Flash string
	Alert *alert
	Body  any
	Main  string // the template of the body
	Live  bool   // the board's script keeps it current
}

// Style is the style sheet.
func (frame) Style() template.CSS { return template.CSS(css) } //nolint:gosec // our own file

// Inner is the page's own part.
func (f frame) Inner() (template.HTML, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, f.Main, f.Body)
	return template.HTML(b.String()), err //nolint:gosec // escaped by the template that made it
}

// show answers with a page.
func (d *Door) show(c *gin.Context, status int, f frame) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "frame", f); err != nil {
		d.Log.ErrorContext(c.Request.Context(), "a page was not made", "page", f.Main, "error", err)
		c.String(http.StatusInternalServerError, itsm.AsError(nil).Message)
		return
	}
	guard(c.Writer.Header())
	if f.Live {
		c.Header("Content-Security-Policy", livePolicy)
	}
	c.Data(status, htmlKind, b.Bytes())
}

const htmlKind = "text/html; charset=utf-8"

// guard tells browsers to keep nothing, to run nothing and to tell nobody else.
// The referrer stays within: without any, browsers send no origin with a form.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// leadTo sends the browser on, to be read anew: a reload sends nothing twice.
func leadTo(c *gin.Context, address string) {
	guard(c.Writer.Header())
	c.Redirect(http.StatusSeeOther, address)
}

// book reads what names and zones the reader's page needs.
func (d *Door) book(v visit) (book.Book, error) {
	b := book.Book{Me: v.who.Person, Zone: time.UTC, Now: d.Now()}
	var err error
	if b.People, err = d.desk.People(v.Request.Context(), v.who); err != nil {
		return b, err
	}
	if b.Services, err = d.desk.Services(v.Request.Context(), v.who); err != nil {
		return b, err
	}
	if me, ok := b.Person(b.Me); ok {
		if zone, err := time.LoadLocation(me.Zone); err == nil { // the catalog was checked; without it, UTC says so
			b.Zone = zone
		}
	}
	return b, nil
}
