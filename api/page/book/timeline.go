package book

import (
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Line is one thing that happened, as people read it.
type Line struct {
	itsm.Event
	Sentence string
	Edits    []itsm.Difference
	Voided   []itsm.Decision
}

// happened says each kind of event of whoever did it: "Ana raised it."
var happened = map[itsm.EventKind]string{
	itsm.EventRaised:        "raised it.",
	itsm.EventOpened:        "opened its approval.",
	itsm.EventReminded:      "reminded those who may decide.",
	itsm.EventApproved:      "approved it. That authorises it.",
	itsm.EventRejected:      "rejected it. That ends it.",
	itsm.EventExpired:       "let it expire: nobody decided in time.",
	itsm.EventScheduled:     "put it on the schedule.",
	itsm.EventWindowEnded:   "let it expire: its window ended.",
	itsm.EventStarted:       "started it.",
	itsm.EventCompleted:     "reported how it went.",
	itsm.EventCancelled:     "cancelled it.",
	itsm.EventAssessing:     "asked for its assessment.",
	itsm.EventAssessed:      "assessed it.",
	itsm.EventVoted:         "voted.",
	itsm.EventVoteWithdrawn: "took back their vote.",
	itsm.EventStagePassed:   "approved it. The stage has passed.",
	itsm.EventBackup:        "let the backups decide too.",
	itsm.EventDelegated:     "delegated it.",
	itsm.EventEdited:        "edited it.",
	itsm.EventHeld:          "put it on hold.",
	itsm.EventResumed:       "resumed it.",
	itsm.EventRescheduled:   "moved its deadlines.",
	itsm.EventWithdrawn:     "withdrew it.",
	itsm.EventReassigned:    "assigned it.",

	itsm.EventIncidentRaised:    "reported it.",
	itsm.EventTriaged:           "classified it.",
	itsm.EventEscalated:         "called somebody.",
	itsm.EventEscalationAsked:   "escalated it.",
	itsm.EventUnroutable:        "could call nobody: no level of its escalation has anybody. The service's owner is told.",
	itsm.EventUnanswered:        "called everybody there is, and nobody answered. The service's owner is told.",
	itsm.EventAcknowledged:      "acknowledged it.",
	itsm.EventAckStale:          "has people called again.",
	itsm.EventAssigned:          "assigned it.",
	itsm.EventReprioritised:     "changed its priority.",
	itsm.EventIncidentHeld:      "put it on hold.",
	itsm.EventHoldReminded:      "asked its reporter once more for an answer.",
	itsm.EventHoldEnded:         "ended the hold.",
	itsm.EventIncidentResumed:   "resumed it.",
	itsm.EventIncidentLinked:    "linked it.",
	itsm.EventIncidentParent:    "set its parent.",
	itsm.EventFollowed:          "went on with it as with its parent.",
	itsm.EventTargetWarned:      "told that the time of a target runs out.",
	itsm.EventTargetMissed:      "told that a target is missed.",
	itsm.EventTargetOverdue:     "told that a target is missed by far.",
	itsm.EventDeadlinesSet:      "reckoned its deadlines.",
	itsm.EventResolved:          "resolved it.",
	itsm.EventConfirmReminded:   "asked its reporter once more whether it works again.",
	itsm.EventIncidentClosed:    "closed it.",
	itsm.EventReopened:          "reopened it.",
	itsm.EventIncidentCancelled: "cancelled it.",
	itsm.EventIncidentDuplicate: "ended it as a duplicate.",
	itsm.EventWorkaroundHeard:   "told its people of a workaround.",
	itsm.EventWorkaroundApplied: "applied a workaround.",

	itsm.EventProblemRaised:       "raised it.",
	itsm.EventProblemProposed:     "proposes it as a problem.",
	itsm.EventProblemLogged:       "recorded it.",
	itsm.EventProblemAccepted:     "accepted it.",
	itsm.EventProblemDeclined:     "declined it: it is no problem.",
	itsm.EventProblemMerged:       "merged it into another.",
	itsm.EventProblemAbsorbed:     "took up another that was merged into it.",
	itsm.EventProblemAssigned:     "assigned it.",
	itsm.EventProblemLinked:       "linked it.",
	itsm.EventProblemTask:         "set a task.",
	itsm.EventTaskDue:             "told the owner of a task that it is due.",
	itsm.EventCauseNoted:          "noted what was found of its root cause.",
	itsm.EventCauseKnown:          "said that its root cause is known.",
	itsm.EventWorkaround:          "wrote its workaround.",
	itsm.EventWorkaroundTold:      "had its incidents told of the workaround.",
	itsm.EventFixPlanned:          "planned its fix.",
	itsm.EventFixDeployed:         "took note that its fix was carried out.",
	itsm.EventFixFailed:           "took note that its fix failed.",
	itsm.EventFixConfirmed:        "confirmed that its fix has held.",
	itsm.EventWatchBegan:          "watches its fix from now on.",
	itsm.EventWatchPassed:         "took note that its fix has held.",
	itsm.EventProblemRecurred:     "reopened it: it came back.",
	itsm.EventProblemReviewed:     "reviewed it.",
	itsm.EventRiskAccepted:        "accepted its risk.",
	itsm.EventRiskExpired:         "reopened it: the acceptance of its risk has expired.",
	itsm.EventProblemReopened:     "reopened it.",
	itsm.EventProblemClosed:       "closed it.",
	itsm.EventProblemCancelled:    "cancelled it.",
	itsm.EventProblemDeadlines:    "reckoned its deadlines.",
	itsm.EventProblemWarned:       "told that the time of a target runs out.",
	itsm.EventProblemMissed:       "told that a target is missed.",
	itsm.EventProblemOverdue:      "told that a target is missed by far.",
	itsm.EventProblemNudged:       "told its coordinator that nobody did anything for a while.",
	itsm.EventProblemIdle:         "told those who answer for it that nobody did anything for long.",
	itsm.EventProblemEscalated:    "told those who answer for it.",
	itsm.EventProblemUnroutable:   "found nobody who answers for it. The service's owner is told.",
	itsm.EventKnownErrorProposed:  "asked for its known error to be published.",
	itsm.EventKnownErrorOpened:    "opened the decision on its known error.",
	itsm.EventKnownErrorVoted:     "voted on its known error.",
	itsm.EventKnownErrorPublished: "approved its known error. That publishes it.",
	itsm.EventKnownErrorRejected:  "rejected its known error. It is a draft again.",
	itsm.EventKnownErrorReminded:  "reminded those who may decide on its known error.",
	itsm.EventKnownErrorBackup:    "let the backups decide on its known error too.",
	itsm.EventKnownErrorExpired:   "asks nobody about its known error any more: nobody decided in time.",
	itsm.EventKnownErrorReviewDue: "told its coordinator to look whether its known error is still true.",

	itsm.EventCorrectiveRaised:       "raised it.",
	itsm.EventCorrectiveLogged:       "recorded it.",
	itsm.EventCorrectiveAcknowledged: "acknowledged it.",
	itsm.EventCorrectiveAssigned:     "assigned it.",
	itsm.EventCorrectiveLinked:       "linked it.",
	itsm.EventCorrectiveCauseNoted:   "noted what was found of its root cause.",
	itsm.EventCorrectiveCauseKnown:   "said that its root cause is known.",
	itsm.EventCorrectiveStep:         "said what became of a step.",
	itsm.EventCorrectiveStepDue:      "told the owner of a step that it is due.",
	itsm.EventCorrectiveImplemented:  "said that its plan is carried out.",
	itsm.EventVerificationDue:        "asked whether it was effective.",
	itsm.EventCorrectiveVerified:     "found it effective. That closes it.",
	itsm.EventCorrectiveNotEffective: "found it not effective. Its root cause is looked for anew.",
	itsm.EventCorrectiveWithdrawn:    "withdrew it.",
	itsm.EventCorrectiveDeadlines:    "reckoned its deadlines.",
	itsm.EventCorrectiveWarned:       "told that the time of a target runs out.",
	itsm.EventCorrectiveMissed:       "told that a target is missed.",
	itsm.EventCorrectiveOverdue:      "told that a target is missed by far.",
	itsm.EventCorrectiveEscalated:    "told those who answer for it.",
	itsm.EventCorrectiveUnroutable:   "found nobody who answers for it. The service's owner is told.",
	itsm.EventPlanProposed:           "asked for its plan to be accepted.",
	itsm.EventPlanOpened:             "opened the decision on its plan.",
	itsm.EventPlanVoted:              "voted on its plan.",
	itsm.EventPlanAccepted:           "approved its plan. It is carried out now.",
	itsm.EventPlanRejected:           "rejected its plan.",
	itsm.EventPlanReminded:           "reminded those who may decide on its plan.",
	itsm.EventPlanBackup:             "let the backups decide on its plan too.",
	itsm.EventPlanExpired:            "asks nobody about its plan any more: nobody decided in time.",

	itsm.EventSupplierRaised:           "recorded it.",
	itsm.EventSupplierProposed:         "proposed it.",
	itsm.EventSupplierEdited:           "edited its profile.",
	itsm.EventSupplierMoved:            "moved it on.",
	itsm.EventSupplierAssessed:         "recorded its due diligence.",
	itsm.EventDiligenceEnds:            "said that its due diligence is to be done anew soon.",
	itsm.EventDiligenceOverdue:         "said that its due diligence is overdue.",
	itsm.EventCertificate:              "kept its certificates.",
	itsm.EventCertificateEnds:          "said that a certificate expires soon.",
	itsm.EventCertificateExpired:       "said that a certificate has expired.",
	itsm.EventExitPlan:                 "wrote its exit plan.",
	itsm.EventExitTestNears:            "said that its exit plan is to be tested soon.",
	itsm.EventExitTestOverdue:          "said that the test of its exit plan is overdue.",
	itsm.EventSupplierRated:            "took up the score of a review.",
	itsm.EventSupplierCorrected:        "had a corrective action raised.",
	itsm.EventSupplierDeadlines:        "reckoned its dates.",
	itsm.EventContractRaised:           "recorded it.",
	itsm.EventContractDrafted:          "drafted it.",
	itsm.EventContractProposed:         "proposed what becomes of it.",
	itsm.EventContractBegan:            "let it begin.",
	itsm.EventDecisionOverdue:          "said that nobody has decided in time.",
	itsm.EventNoticeNears:              "said until when notice can be given.",
	itsm.EventNoticeMissed:             "let it go on by itself: nobody gave notice.",
	itsm.EventNoticePassed:             "said that notice cannot be given any more.",
	itsm.EventNoticeGiven:              "gave notice.",
	itsm.EventContractRenewed:          "let it go on, as was decided.",
	itsm.EventContractReviewed:         "compared it with what services need.",
	itsm.EventContractReviewNears:      "said that it is to be compared soon with what services need.",
	itsm.EventContractReviewOverdue:    "said that it should have been compared with what services need.",
	itsm.EventContractEnded:            "let it end.",
	itsm.EventContractCancelled:        "cancelled it.",
	itsm.EventContractCorrected:        "had a corrective action raised.",
	itsm.EventContractDeadlines:        "reckoned its dates.",
	itsm.EventContractDecisionOpened:   "opened the decision on it.",
	itsm.EventContractDecisionVoted:    "voted on it.",
	itsm.EventContractDecisionApproved: "approved what was proposed.",
	itsm.EventContractDecisionRejected: "rejected what was proposed.",
	itsm.EventContractDecisionReminded: "reminded those who may decide.",
	itsm.EventContractDecisionBackup:   "let the backups decide too.",
	itsm.EventContractDecisionExpired:  "asked nobody any more: nobody decided in time.",
	itsm.EventReviewStarted:            "began it.",
	itsm.EventReviewOpened:             "asked for its data.",
	itsm.EventReviewMeasured:           "gave what was measured.",
	itsm.EventReviewSeen:               "saw the evidence.",
	itsm.EventReviewScored:             "scored it.",
	itsm.EventReviewMet:                "recorded the meeting.",
	itsm.EventReviewAgreed:             "recorded what was agreed on.",
	itsm.EventReviewSigned:             "signed it off.",
	itsm.EventReviewClosed:             "closed it.",
	itsm.EventReviewCancelled:          "cancelled it.",
	itsm.EventReviewWarned:             "said that part of the time is used up.",
	itsm.EventReviewMissed:             "said that it is overdue.",
	itsm.EventReviewOverdue:            "said that it is overdue by as much again.",
	itsm.EventReviewDeadlines:          "reckoned its deadlines.",
}

// verdicts says each verdict of whoever gave it.
var verdicts = map[itsm.Verdict]string{
	itsm.Approve: "approved it", itsm.Reject: "rejected it", itsm.Abstain: "abstained",
}

// on is what stands between a verdict and what it was on.
var on = map[itsm.Verdict]string{itsm.Approve: " ", itsm.Reject: " ", itsm.Abstain: " on "}

// decidedOn is what people decide on of a record, where it is not the record itself.
var decidedOn = map[string]string{"PRB": "its known error", "CAR": "its plan", "CON": "what was proposed"}

// Verdict says a verdict.
func (Book) Verdict(v itsm.Verdict) string { return strings.TrimSuffix(verdicts[v], " it") }

// Tell says what happened.
func (b Book) Tell(e itsm.Event) Line {
	l := Line{Event: e, Sentence: b.Name(e.Actor) + " " + happened[e.Kind]}
	if e.Decision != nil {
		l.Sentence = b.decided(e)
	}
	if e.Detail != nil {
		b.tell(&l, *e.Detail)
	}
	return l
}

// tell adds what an event has to tell beyond its kind, as its kind of record tells it.
func (b Book) tell(l *Line, d itsm.Detail) {
	switch l.Number.Kind() { //nolint:exhaustive // a change is what the others began as
	case itsm.KindIncident:
		b.tellIncident(l, d)
	case itsm.KindProblem:
		b.tellProblem(l, d)
	case itsm.KindCorrective:
		b.tellCorrective(l, d)
	case itsm.KindSupplier:
		b.tellSupplier(l, d)
	case itsm.KindContract:
		b.tellContract(l, d)
	case itsm.KindReview:
		b.tellReview(l, d)
	default:
		b.tellMore(l, d)
	}
}

func (b Book) decided(e itsm.Event) string {
	did := b.Name(e.Decision.By) + " " + verdicts[e.Decision.Verdict]
	for kind, what := range decidedOn {
		if e.Number.Of(kind) {
			did = strings.TrimSuffix(did, " it") + on[e.Decision.Verdict] + what
		}
	}
	if e.Decision.For != "" {
		did += " for " + b.Name(e.Decision.For)
	}
	switch e.Kind { //nolint:exhaustive // the others have no decision
	case itsm.EventApproved:
		return did + ". That authorises it."
	case itsm.EventRejected:
		return did + ". That ends it."
	case itsm.EventStagePassed:
		return did + ". The stage has passed."
	case itsm.EventKnownErrorPublished:
		return did + ". That publishes it."
	case itsm.EventKnownErrorRejected:
		return did + ". It is a draft again."
	case itsm.EventPlanAccepted:
		return did + ". It is carried out now."
	case itsm.EventPlanRejected:
		return did + ". Another is to be written."
	}
	return did + "."
}

// tellMore adds what an event has to tell beyond its kind.
func (b Book) tellMore(l *Line, d itsm.Detail) {
	if o := d.Opening; o != nil {
		l.Sentence = b.opened(o)
	}
	if len(d.Joined) > 0 {
		l.Sentence += " They are " + b.Names(d.Joined) + "."
	}
	if g := d.Delegation; g != nil {
		l.Sentence = b.Name(l.Actor) + " delegated it: " + b.Name(g.To) + " may decide for " + b.Name(g.From) + "."
		if g.To == g.From {
			l.Sentence = b.Name(l.Actor) + " took the delegation back: " + b.Name(g.From) + " decides again."
		}
	}
	if d.Assignee != "" {
		l.Sentence = b.Name(l.Actor) + " assigned it to " + b.Name(d.Assignee) + "."
	}
	if d.ExpireAt != nil {
		l.Sentence += " It expires " + b.Local(*d.ExpireAt) + " if nobody acts."
	}
	if len(d.Voided) > 0 {
		l.Voided = d.Voided
	}
	for _, e := range d.Edits {
		e.Before, e.After = b.localised(e.Field, e.Before), b.localised(e.Field, e.After)
		e.Field = strings.ReplaceAll(e.Field, "_", " ")
		l.Edits = append(l.Edits, e)
	}
}

func (b Book) opened(o *itsm.Opening) string {
	return "Steward opened its approval (" + o.Name + ") and asked " + b.Names(named(o)) + "."
}

// named are all who may decide in a stage, each once.
func named(o *itsm.Opening) (all []itsm.PersonID) {
	for _, p := range o.Panels {
		for _, id := range p.Named {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// localised shows the instants of a window, which records hold in UTC, on the
// reader's clock.
func (b Book) localised(field, text string) string {
	start, end, ok := strings.Cut(text, " to ")
	if field != "window" || !ok {
		return text
	}
	from, err := time.Parse(time.RFC3339Nano, start)
	to, endErr := time.Parse(time.RFC3339Nano, end)
	if err != nil || endErr != nil {
		return text
	}
	return b.Local(from) + " to " + b.Local(to)
}
