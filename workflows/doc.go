// Package workflows is the service management system written as processes.
//
// One file is one process of ISO/IEC 20000-1; its exported function reads in the
// order that the standard asks for, and everything else in the file is how. Code
// here decides nothing by itself: rules come from package itsm, and effects
// happen in package activities. Nobody outside the desk talks to a process, and
// no process fails for something that a person can mend.
//
// What every process has is in process.go (taking acts, saving, telling), acts.go
// (the acts), wait.go (time) and view.go (Temporal's UI); what those have that are
// decided on, in approval.go. A process adds what is its own:
//
//  1. A struct that embeds process and its record, with of set to itself and the
//     tellings: whom to tell of it, by which activity.
//  2. An exported function that hands run its steps, in the standard's order; the
//     first waits for the request (arrives) and refuses under a code of its own.
//  3. The step that records, from raised and by: it gives the revision 1, begins to
//     save what the record first waits for (happened), and lets the raise answer
//     (answerRaise).
//  4. Steps that wait, in a loop: do what is to be done now, with whilst where the
//     world is asked; else show, then wait. For wait it says its turn, awaits and
//     fall; what is decided on leaves all of this to approval.
//  5. deeds: raises, comments, and a line of on for each act, made of a rule and of
//     the function that does it. What makes no event is an event of no kind.
//  6. over, revise and step: when it ends, its next revision, and what saves it.
//  7. attributes and rows: what Temporal shows beyond what it shows of all records.
package workflows
