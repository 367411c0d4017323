package itsm

import "slices"

// PersonID names a person of the catalog, such as ana. It is opaque outside the
// catalog: no name or address can be read from it.
type PersonID string

// Who acts where no person does.
const (
	System     PersonID = "system"     // when a timer does
	Monitoring PersonID = "monitoring" // when an alert comes
)

// Role is what a person is to the service organisation.
type Role string

// The roles.
const (
	Requester     Role = "requester"
	Approver      Role = "approver"
	ChangeManager Role = "change_manager"
	Implementer   Role = "implementer"
	Auditor       Role = "auditor"
	Admin         Role = "admin"

	Responder       Role = "responder"        // works on incidents, and can be on call
	IncidentManager Role = "incident_manager" // answers for how incidents are handled

	ProblemManager Role = "problem_manager" // answers for how problems are handled
	QualityManager Role = "quality_manager" // answers for how nonconformities are ended

	SupplierManager   Role = "supplier_manager"   // answers for how suppliers are managed
	CommercialManager Role = "commercial_manager" // answers for contracts, and sees what they cost

	Monitor Role = "monitor" // an alert's source; nobody in the catalog holds it
)

// Roles is every Role that people hold.
var Roles = []Role{Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager, Auditor, Admin}

// Permission names one thing that a role may do.
type Permission string

// The permissions.
const (
	ReadChanges      Permission = "changes.read"
	RaiseChanges     Permission = "changes.raise"
	DecideChanges    Permission = "changes.decide"
	ImplementChanges Permission = "changes.implement"
	CancelChanges    Permission = "changes.cancel"
	AssessChanges    Permission = "changes.assess"
	EditChanges      Permission = "changes.edit" // also to hold, to resume and to assign
	CommentOnChanges Permission = "changes.comment"
	ReadCatalog      Permission = "catalog.read"
	ReadRecords      Permission = "records.read" // of all kinds at once, as far as they may be read one by one

	ReadIncidents      Permission = "incidents.read"
	RaiseIncidents     Permission = "incidents.raise" // also to say of one's own that it works again, or not
	WorkOnIncidents    Permission = "incidents.work"
	CommentOnIncidents Permission = "incidents.comment"

	ReadProblems       Permission = "problems.read" // known errors too
	RaiseProblems      Permission = "problems.raise"
	WorkOnProblems     Permission = "problems.work"
	ManageProblems     Permission = "problems.manage" // to assess, to merge, to reopen
	CommentOnProblems  Permission = "problems.comment"
	PublishKnownErrors Permission = "problems.publish"
	AcceptRisks        Permission = "problems.accept_risk"

	ReadCorrective      Permission = "corrective_actions.read"
	RaiseCorrective     Permission = "corrective_actions.raise"
	WorkOnCorrective    Permission = "corrective_actions.work" // of what one owns, or has a step of
	CommentOnCorrective Permission = "corrective_actions.comment"
	AcceptPlans         Permission = "corrective_actions.accept"
	VerifyCorrective    Permission = "corrective_actions.verify"

	ReadSuppliers      Permission = "suppliers.read" // and their reviews
	ManageSuppliers    Permission = "suppliers.manage"
	KeepSuppliers      Permission = "suppliers.keep"   // what is known of one's own
	ReviewSuppliers    Permission = "suppliers.review" // to measure, to score, to agree on actions
	SignOffReviews     Permission = "suppliers.sign_off"
	CommentOnSuppliers Permission = "suppliers.comment"
	ReadContracts      Permission = "contracts.read"
	ManageContracts    Permission = "contracts.manage"
	DecideContracts    Permission = "contracts.decide"
)

// grants is the whole of who may do what: what is not listed is denied. A
// requester may carry out and cancel what is their own; CheckStart and
// CheckCancel say so for the record in question.
var grants = map[Permission][]Role{
	ReadChanges:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, Auditor, Admin},
	RaiseChanges:     {Requester, Approver, ChangeManager, Implementer, ProblemManager},
	DecideChanges:    {Approver, ChangeManager},
	AssessChanges:    {Requester, ChangeManager, Implementer},
	EditChanges:      {Requester, ChangeManager},
	CommentOnChanges: {Requester, Approver, ChangeManager, Implementer, ProblemManager, QualityManager},
	ImplementChanges: {Requester, ChangeManager, Implementer},
	CancelChanges:    {Requester, ChangeManager},
	ReadRecords:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager, Auditor, Admin, Monitor},
	ReadCatalog:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager, Auditor, Admin},

	ReadIncidents:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, Auditor, Admin, Monitor},
	RaiseIncidents:     {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, Monitor},
	WorkOnIncidents:    {Responder, IncidentManager},
	CommentOnIncidents: {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager},

	ReadProblems:       {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, Auditor, Admin, Monitor},
	RaiseProblems:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, Monitor},
	WorkOnProblems:     {Implementer, Responder, IncidentManager, ProblemManager},
	ManageProblems:     {ProblemManager},
	CommentOnProblems:  {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager},
	PublishKnownErrors: {ProblemManager, IncidentManager},
	AcceptRisks:        {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager}, // of the service that they own, or as a problem manager

	ReadCorrective:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager, Auditor, Admin, Monitor},
	RaiseCorrective:     {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager, Monitor},
	WorkOnCorrective:    {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager},
	CommentOnCorrective: {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, QualityManager, SupplierManager, CommercialManager},
	AcceptPlans:         {QualityManager},
	VerifyCorrective:    {QualityManager},

	ReadSuppliers:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, SupplierManager, CommercialManager, Auditor, Admin, Monitor},
	ManageSuppliers:    {SupplierManager},
	KeepSuppliers:      {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, SupplierManager, CommercialManager}, // of those that they own or are deputy of, or as a supplier manager
	ReviewSuppliers:    {SupplierManager, CommercialManager, Monitor},
	SignOffReviews:     {SupplierManager, CommercialManager},
	CommentOnSuppliers: {Requester, Approver, ChangeManager, Implementer, Responder, IncidentManager, ProblemManager, SupplierManager, CommercialManager},
	ReadContracts:      {SupplierManager, CommercialManager, Auditor, Monitor},
	ManageContracts:    {CommercialManager},
	DecideContracts:    {SupplierManager, CommercialManager},
}

// Door is how an act came in.
type Door string

// The doors.
const (
	DoorAPI     Door = "api"
	DoorSlack   Door = "slack"
	DoorWebhook Door = "webhook"
	DoorCLI     Door = "cli"
	DoorSystem  Door = "system"
)

// Scope narrows what a credential may be used for, whatever its person may do.
type Scope string

// The scopes.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// Actor is whoever is asking, however they came in, with the roles they hold at
// this moment.
type Actor struct {
	Person     PersonID `json:"person"`
	Roles      []Role   `json:"roles,omitempty"`
	Teams      []TeamID `json:"teams,omitempty"`
	Door       Door     `json:"door"`
	Scopes     []Scope  `json:"scopes,omitempty"`     // empty: nothing
	Credential string   `json:"credential,omitempty"` // the token's or Slack user's id, for the audit

	For *Principal `json:"for,omitempty"` // whom they act for; nil: themselves
}

// Principal is somebody whose say it is, with the roles that they hold at this moment.
type Principal struct {
	Person   PersonID `json:"person"`
	Roles    []Role   `json:"roles,omitempty"`
	Teams    []TeamID `json:"teams,omitempty"`
	Standing bool     `json:"standing,omitempty"` // by a delegation of the catalog that is in force
}

func (a Actor) principal() Principal {
	if a.For != nil {
		return *a.For
	}
	return Principal{Person: a.Person, Roles: a.Roles, Teams: a.Teams}
}

// may reports whether somebody holds a role that is granted a permission.
func (p Principal) may(do Permission) bool {
	return slices.ContainsFunc(grants[do], func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// decides reports whether somebody holds a role that may decide on changes at all.
func (p Principal) decides() bool { return p.may(DecideChanges) }

// Is reports whether the actor holds the role.
func (a Actor) Is(r Role) bool { return slices.Contains(a.Roles, r) }

// May refuses the actor unless one of their roles is granted the permission and
// their credential's scope covers it.
func (a Actor) May(p Permission) error {
	if a.Person == "" {
		return Refuse(Unauthenticated, "actor.unknown", "Steward does not know who you are yet.")
	}
	if !slices.ContainsFunc(grants[p], a.Is) {
		return Refuse(Forbidden, "actor.permission", "That needs one of these roles: %s. An administrator can grant one in the catalog.", list(p.people()))
	}
	if need := p.scope(); !slices.Contains(a.Scopes, need) {
		return Refuse(Forbidden, "actor.scope", "This token may not be used for that: it lacks the scope %s.", need)
	}
	return nil
}

// people are the roles that somebody could be given to be granted the permission.
func (p Permission) people() []Role {
	return slices.DeleteFunc(slices.Clone(grants[p]), func(r Role) bool { return r == Monitor })
}

func (p Permission) scope() Scope {
	switch p { //nolint:exhaustive // the others are to do something
	case ReadChanges, ReadIncidents, ReadProblems, ReadCorrective, ReadSuppliers, ReadContracts, ReadCatalog, ReadRecords:
		return ScopeRead
	}
	return ScopeWrite
}
