// Package audit makes the audit tamper-evident: a sealer chains the entries that
// acts left behind, anchors sign the head of the chain into files outside the
// database, and Verify finds the first row that is not what it was. It enters
// nothing itself and repairs nothing: a broken chain is evidence.
//
// Each link's hash is SHA-256(version || previous hash || JCS(link and entry)),
// with JCS the canonical JSON of RFC 8785: canonical and framed, so that no two
// rows share an encoding. The sealer polls: NOTIFY would take one lock for every
// committing transaction in turn, and no act may wait for another.
//
// The sealer acts as a role of its own. The worker enters and the desk enters
// refusals, but neither can write a link, so neither can take a number of the
// chain or claim that an entry was sealed; the sealer can write links, but
// nothing that a link could vouch for. A superuser can rewrite all of it: that is
// what the anchors are for.
package audit
