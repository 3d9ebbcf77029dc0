import { script } from '../redis/script.ts'

// What happens inside of Redis. A script is carried out whole and alone, but what it has written when a command fails
// stays written: so each looks at everything first and writes only then.

// Who follows a stream hears on a channel of the name of its key that something was added: see `StreamReader`. Where that
// cannot be told it is found later; it must not end a script half way.

/** KEYS of all: see `streamKeys`; the sixth, where there is one, is where the command is recorded. */
const PRELUDE = `
local KINDS = { 'hash', 'stream', 'stream', 'hash', 'hash', 'string' }
local function foreign()
  for n, key in ipairs(KEYS) do
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'none' and kind ~= KINDS[n] then return { 'FOREIGN', key } end
  end
end
local function id(seq) return string.format('%d-0', seq) end
local function life() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or '' end
local function seqOf(entry) return tonumber(string.match(entry[1], '^(%d+)-')) end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local at = 0
local function take() at = at + 1 return ARGV[at] end
local function number() return tonumber(take()) end
local function list(width)
  local found = {}
  for n = 1, number() * (width or 1) do found[n] = take() end
  return found
end
local row = redis.call('TYPE', KEYS[1]).ok == 'hash'
  and redis.call('HMGET', KEYS[1], 'position', 'claims', 'epoch') or { false, false, false }
local position, claims, current = tonumber(row[1] or 0), tonumber(row[2] or 0), row[3] or ''
local function fenced(epoch)
  if epoch == '' then return claims > 0 end
  return current ~= epoch
end
`

/**
 * Rewrites the feed without the updates of some docs. What a stream of Redis holds cannot be changed, only written anew
 * under the same ids.
 */
const PURGE = `
local function purge(dropped)
  local entries, hit = redis.call('XRANGE', KEYS[3], '-', '+'), false
  for _, entry in ipairs(entries) do
    local kept = {}
    for n = 1, #entry[2], 2 do
      local field = entry[2][n]
      if dropped[field] then hit = true
      else kept[#kept + 1] = field kept[#kept + 1] = entry[2][n + 1] end
    end
    if #kept == 0 then kept = { '.', '' } end
    entry[2] = kept
  end
  if not hit then return end
  redis.call('DEL', KEYS[3])
  for _, entry in ipairs(entries) do redis.call('XADD', KEYS[3], entry[1], unpack(entry[2])) end
end
`

/**
 * ARGV: epoch or '', expected position, lease in ms, what to record of the command and for how long in ms, the summary
 * ('' for none), events as a JSON list ('' for none), [cells that they name], [cell, body], [doc, update],
 * [cells to erase], [docs to drop], [label, '1' or '0']; each list after its length.
 */
export const APPEND = script(`${PRELUDE}${PURGE}
local epoch, expected, lease = take(), number(), number()
local record, life, summary, events = take(), take(), take(), take()
local named, bodies, updates = list(), list(2), list(2)
local erase, drop, labels = list(), list(), list(2)

local stranger = foreign()
if stranger then return stranger end
if fenced(epoch) then return { 'FENCED' } end
if KEYS[6] and redis.call('EXISTS', KEYS[6]) == 1 then return { 'COMMAND_REPEATED' } end
if position ~= expected then return { 'CONFLICT', position } end
local seen = {}
for n = 1, #bodies, 2 do
  local cell = bodies[n]
  if seen[cell] or redis.call('HEXISTS', KEYS[4], cell) == 1 then return { 'CELL', cell } end
  seen[cell] = true
end

local seq = position + 1
redis.call('HSET', KEYS[1], 'position', seq)
if epoch ~= '' then redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', now() + lease)) end
if summary ~= '' then redis.call('HSET', KEYS[1], 'summary', summary) end
for n = 1, #labels, 2 do
  if labels[n + 1] == '1' then redis.call('HSET', KEYS[1], 'label:' .. labels[n], 1)
  else redis.call('HDEL', KEYS[1], 'label:' .. labels[n]) end
end
for n = 1, #bodies, 2 do redis.call('HSET', KEYS[4], bodies[n], '+' .. bodies[n + 1]) end
if events ~= '' then
  redis.call('XADD', KEYS[2], id(seq), 'events', events, 'cells', cmsgpack.pack(named))
  redis.pcall('PUBLISH', KEYS[2], '')
end
if epoch ~= '' or #updates > 0 then
  local fields = {}
  if events ~= '' then fields = { 'events', events } end
  for n = 1, #updates, 2 do
    fields[#fields + 1] = 'doc:' .. updates[n]
    fields[#fields + 1] = updates[n + 1]
  end
  if #fields == 0 then fields = { '.', '' } end
  redis.call('XADD', KEYS[3], id(seq), unpack(fields))
  redis.pcall('PUBLISH', KEYS[3], '')
end
if KEYS[6] then redis.call('SET', KEYS[6], record, 'PX', life) end
for _, cell in ipairs(erase) do
  if redis.call('HEXISTS', KEYS[4], cell) == 1 then redis.call('HSET', KEYS[4], cell, '-') end
end
if #drop > 0 then
  local dropped = {}
  for _, doc in ipairs(drop) do
    dropped['doc:' .. doc] = true
    redis.call('HDEL', KEYS[5], 'state:' .. doc, 'covers:' .. doc)
  end
  purge(dropped)
end
return { 'OK', seq }
`)

/** Entries that stay in the feed below a snapshot, for processes that are about to read them. */
const FEED_TAIL = 500

/** ARGV: epoch or '', expected position, lease in ms, the state, [doc, its state]. */
export const SNAPSHOT = script(`${PRELUDE}
local epoch, expected, lease, state = take(), number(), number(), take()
local docs = list(2)

local stranger = foreign()
if stranger then return stranger end
if fenced(epoch) then return { 'FENCED' } end
if position ~= expected then return { 'CONFLICT', position } end

redis.call('HSET', KEYS[1], 'snapshot', state, 'snapshotSeq', position)
if epoch ~= '' then redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', now() + lease)) end
for n = 1, #docs, 2 do
  redis.call('HSET', KEYS[5], 'state:' .. docs[n], docs[n + 1], 'covers:' .. docs[n], position)
end
local from = tonumber(redis.call('HGET', KEYS[1], 'feedFrom') or 0)
local covered = position
for _, entry in ipairs(redis.call('XRANGE', KEYS[3], id(from + 1), '+')) do
  for n = 1, #entry[2], 2 do
    local doc = string.match(entry[2][n], '^doc:(.*)$')
    local covers = doc and tonumber(redis.call('HGET', KEYS[5], 'covers:' .. doc) or 0)
    if doc and covers < seqOf(entry) then covered = math.min(covered, seqOf(entry) - 1) end
  end
  if covered < position then break end
end
redis.call('HSET', KEYS[1], 'feedFrom', covered)
redis.call('XTRIM', KEYS[3], 'MINID', id(math.max(0, math.min(covered + 1, position - ${FEED_TAIL}))))
return { 'OK' }
`)

/** Entries of `events` with the bodies of their cells: [position, JSON, [body or '-' or nothing]]. */
const WITH_BODIES = `
local function withBodies(entries, wanted)
  local found = {}
  for n, entry in ipairs(entries) do
    local bodies = {}
    if wanted then
      for m, cell in ipairs(cmsgpack.unpack(entry[2][4])) do bodies[m] = redis.call('HGET', KEYS[4], cell) end
    end
    found[n] = { seqOf(entry), entry[2][2], bodies }
  end
  return found
end
`

export const LOAD = script(`${PRELUDE}${WITH_BODIES}
local stranger = foreign()
if stranger then return stranger end
local kept = redis.call('HMGET', KEYS[1], 'snapshotSeq', 'snapshot', 'feedFrom')
local events = redis.call('XRANGE', KEYS[2], id(tonumber(kept[1] or 0) + 1), '+')
local feed = redis.call('XRANGE', KEYS[3], id(tonumber(kept[3] or 0) + 1), '+')
local docs = redis.call('HGETALL', KEYS[5])
return { 'OK', position, tonumber(kept[1] or -1), kept[2], docs, feed, withBodies(events, true) }
`)

/** ARGV: after, limit, '1' with bodies. */
export const READ = script(`${PRELUDE}${WITH_BODIES}
local after, limit, wanted = number(), take(), take() == '1'
local stranger = foreign()
if stranger then return stranger end
return { 'OK', withBodies(redis.call('XRANGE', KEYS[2], id(after + 1), '+', 'COUNT', limit), wanted) }
`)

// That the stream has another owner stands in the feed as well, between two positions: whoever reads it hears of it in
// order. Counted by claims, so that the ids go up.
const TOLD = `
local function tell(n, owner)
  redis.call('XADD', KEYS[3], string.format('%d-%d', position, n), 'owner', owner)
  redis.pcall('PUBLISH', KEYS[3], '')
end
`

// Redis has another `life` when it was started anew and when a replica took over: it may then lack what was acknowledged.

/** ARGV: nonce, lease in ms, who claims, '1' to leave a stream alone whose lease runs. */
export const CLAIM = script(`${PRELUDE}${TOLD}
local nonce, lease, owner, polite = take(), number(), take(), take() == '1'
local stranger = foreign()
if stranger then return stranger end
local store = life()
local known = redis.call('HMGET', KEYS[1], 'leaseUntil', 'owner', 'store')
local left = tonumber(known[1] or 0) - now()
if polite and current ~= '' and left > 0 and known[2] ~= owner then return { 'OWNED', known[2], left } end
claims = claims + 1
local epoch = string.format('%d:%s', claims, nonce)
local clean = current == '' and (not known[3] or known[3] == store)
local untilWhen = string.format('%d', now() + lease)
redis.call('HSET', KEYS[1], 'claims', claims, 'epoch', epoch, 'owner', owner, 'store', store, 'leaseUntil', untilWhen)
tell(2 * claims, owner)
return { 'OK', epoch, position, clean and 1 or 0 }
`)

/** ARGV: epoch, lease in ms. */
export const RENEW = script(`${PRELUDE}
local epoch, lease = take(), number()
local stranger = foreign()
if stranger then return stranger end
if epoch == '' or fenced(epoch) then return { 'FENCED' } end
redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', now() + lease))
return { 'OK' }
`)

/** ARGV: epoch. */
export const RELEASE = script(`${PRELUDE}${TOLD}
local epoch = take()
local stranger = foreign()
if stranger then return stranger end
if epoch == '' or fenced(epoch) then return { 'OK' } end
redis.call('HSET', KEYS[1], 'epoch', '', 'store', life(), 'leaseUntil', 0)
tell(2 * claims + 1, '')
return { 'OK' }
`)

/** Answers the position, and who holds the stream: '' when nobody does. */
export const HEAD = script(`${PRELUDE}
local stranger = foreign()
if stranger then return stranger end
local known = redis.call('HMGET', KEYS[1], 'leaseUntil', 'owner')
local held = current ~= '' and tonumber(known[1] or 0) > now()
return { 'OK', position, held and known[2] or '' }
`)

/** A label is put into its index before its stream has it. Where that never came about, it is taken out after this, in ms. */
const UNMET_MS = 600_000

/**
 * The streams that carry a label, their summaries, and whether somebody holds them. The index names too many at times and never too few: each stream
 * itself has the last word. KEYS: the index. ARGV: the label, ms since 1970, what a stream's key has before and behind
 * its name.
 */
export const LABELLED = script(`
local label, now, before, behind = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local time = redis.call('TIME')
local store = time[1] * 1000 + math.floor(time[2] / 1000)
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'zset' then return { 'FOREIGN', KEYS[1] } end
local found = {}
local indexed = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for n = 1, #indexed, 2 do
  local key = before .. indexed[n] .. behind
  local row = redis.call('TYPE', key).ok == 'hash'
    and redis.call('HMGET', key, 'label:' .. label, 'summary', 'epoch', 'leaseUntil') or {}
  local held = row[3] and row[3] ~= '' and tonumber(row[4] or 0) > store
  if row[1] then found[#found + 1] = { indexed[n], row[2], held and 1 or 0 }
  elseif tonumber(indexed[n + 1]) < now - ${UNMET_MS} then redis.call('ZREM', KEYS[1], indexed[n]) end
end
return { 'OK', found }
`)

export const SCRIPTS = [APPEND, SNAPSHOT, LOAD, READ, CLAIM, RENEW, RELEASE, LABELLED, HEAD]
