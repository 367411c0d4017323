-- name: TryLockChain :one
-- TryLockChain lets one sealer at a time write the chain, until its transaction ends.
SELECT pg_try_advisory_xact_lock(hashtext('steward.audit'));

-- name: SealingInstant :one
-- SealingInstant is now, and the oldest transaction that has not ended: what older
-- ones entered can be seen by every later statement.
SELECT to_char(timezone('UTC', clock_timestamp()), 'YYYY-MM-DD HH24:MI:SS.US')::text AS at,
       pg_snapshot_xmin(pg_current_snapshot())::text AS oldest;

-- name: ChainHead :one
-- ChainHead is the newest link.
SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1;

-- name: ChainHash :one
-- ChainHash is the hash of one link.
SELECT hash FROM audit_chain WHERE seq = @seq;

-- name: Unsealed :many
-- Unsealed lists committed entries that no link names, of transactions not older
-- than a given one and behind an id. Instants are text: what is hashed is what is read.
SELECT id, coalesce(to_char(timezone('UTC', at), 'YYYY-MM-DD HH24:MI:SS.US'), at::text)::text AS at,
       xid::text AS xid, outcome, action, subject, revision, actor, door, credential, code, kind,
       workflow_id, run_id, act_id, facts::text AS facts, personal::text AS personal
FROM audit_entries e
WHERE xid >= cast(@oldest::text AS xid8) AND id > @after AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry = e.id)
ORDER BY id LIMIT @most;

-- name: Seal :exec
-- Seal adds links to the chain.
INSERT INTO audit_chain (seq, entry, version, sealed_at, prev_hash, hash)
SELECT unnest(@seqs::bigint[]), unnest(@entries::bigint[]), 1, cast(@sealed_at::text AS timestamptz),
       unnest(@prevs::bytea[]), unnest(@hashes::bytea[]);
