package itsm

// ResolveRequest says how an incident was resolved, and what was done (INC-04).
type ResolveRequest struct {
	Code ResolutionCode `json:"code"`
	Note string         `json:"note"`
}

// CheckResolve refuses a resolution that says nothing.
func (i *Incident) CheckResolve(who Actor, r ResolveRequest) error {
	var f faults
	oneOf(&f, "/code", r.Code, ResolutionCodes)
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("resolution.invalid", "This resolution"); err != nil {
		return err
	}
	if who.Is(Monitor) {
		return i.checkOpen()
	}
	return i.checkWorker(who)
}

// CheckConfirm refuses to close what is not resolved, or not one's own.
func (i *Incident) CheckConfirm(who Actor, r NoteRequest) error {
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("confirmation.invalid", "This confirmation"); err != nil {
		return err
	}
	if err := i.checkAnswerer(who, "confirmed"); err != nil {
		return err
	}
	return i.checkResolved()
}

// CheckReopen refuses to reopen what is not resolved, is closed for good, or was
// reopened too often. Whoever works on incidents may, and its reporter.
func (i *Incident) CheckReopen(who Actor, r NoteRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("reopening.invalid", "This reopening"); err != nil {
		return err
	}
	if who.May(WorkOnIncidents) != nil && !who.Is(Monitor) {
		if err := i.checkAnswerer(who, "reopened"); err != nil {
			return err
		}
	}
	if err := i.checkResolved(); err != nil {
		return err
	}
	if i.Reopens >= MaxReopens {
		return Refuse(Conflict, "incident.reopened_too_often", "%s was reopened %d times. Raise another that follows it.", i.Number, i.Reopens)
	}
	return nil
}

func (i *Incident) checkResolved() error {
	switch {
	case i.State == IncidentNew:
		return NoSuchRecord(i.Number)
	case i.State.Final():
		return i.over()
	case i.State != IncidentResolved:
		return Refuse(Conflict, "incident.not_resolved", "%s is %s; it is not resolved yet.", i.Number, i.State.Words())
	}
	return nil
}

// checkAnswerer lets the reporter say whether it works again; where monitoring
// reported it, whoever works on incidents; and incident managers for anybody.
func (i *Incident) checkAnswerer(who Actor, done string) error {
	if err := who.May(RaiseIncidents); err != nil {
		return err
	}
	machine := i.Reporter == Monitoring && who.May(WorkOnIncidents) == nil
	if who.Person != i.Reporter && !who.Is(IncidentManager) && !machine {
		return Refuse(Forbidden, "incident.not_yours", "%s can be %s by %s, who reported it, or by an incident manager.", i.Number, done, i.Reporter)
	}
	return nil
}

// CheckCancel refuses to drop what is not the actor's, or what is resolved or over.
func (i *Incident) CheckCancel(who Actor, r Cancellation) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	if err := f.refuse("cancellation.invalid", "This cancellation"); err != nil {
		return err
	}
	if err := who.May(RaiseIncidents); err != nil {
		return err
	}
	if who.Person != i.Reporter && !who.Is(IncidentManager) {
		return Refuse(Forbidden, "incident.not_yours", "%s can be cancelled by %s, who reported it, or by an incident manager.", i.Number, i.Reporter)
	}
	return i.checkOpen()
}
