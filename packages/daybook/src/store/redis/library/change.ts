// The function in Redis, every other change: deletion, refolds, leases, marks, snapshots, blobs.

export const change = String.raw`
local function dropRefs(r, all)
  for _, ref in ipairs(call('ZRANGE', P .. 'q:' .. r.sid, 0, -1)) do
    if all or not string.find(ref, '^[^%d]*%d+ foreign') then
      call('ZREM', P .. 'q:' .. r.sid, ref)
      call('HDEL', P .. 'f:' .. r.v.tid, ref)
    end
  end
end

local function dropMarks(r)
  for _, subject in ipairs(call('HKEYS', P .. 'm:' .. r.sid)) do
    call('ZREM', P .. 'p:' .. r.v.tid .. ':' .. subject, r.sid)
  end
  call('DEL', P .. 'm:' .. r.sid)
end

-- The highest seq that living forks read through this row.
local function reachOf(r)
  local reach = 0
  for _, sid in ipairs(call('SMEMBERS', P .. 'o:' .. r.sid)) do
    local v = load(sid).v
    reach = math.max(reach, v.gone and math.min(v.bseq, v.reach) or v.bseq)
  end
  return reach
end

-- Drops the own entries of a deleted row that no living fork reads; says how many.
local function cut(r)
  local v, sid = r.v, r.sid
  local held = call('LLEN', P .. 'e:' .. sid)
  local kept = math.max(v.reach - v.bseq, 0)
  if held <= kept then return 0 end
  local rare = call('GETRANGE', P .. 'r:' .. sid, 0, -1)
  local stop = #rare
  while stop > 0 and struct.unpack('>I6', rare, stop - 5) > v.reach do stop = stop - 8 end
  if kept == 0 then
    call('UNLINK', P .. 'e:' .. sid)
  else
    call('LTRIM', P .. 'e:' .. sid, 0, kept - 1)
  end
  if stop == 0 then
    call('UNLINK', P .. 'r:' .. sid)
  else
    call('SET', P .. 'r:' .. sid, string.sub(rare, 1, stop))
  end
  local bound = string.format('(%.0f', v.reach)
  for _, member in ipairs(call('ZRANGEBYSCORE', P .. 'w:' .. sid, bound, '+inf')) do unclaim(r, member) end
  count('entries', kept - held)
  return held - kept
end

local function refuseDeletion(v, op)
  if v.gone then return 'gone' end
  if op.malformed then return 'invalid' end
  if lives(v) then return 'busy' end
  if op.expect ~= v.seq or op.prev ~= v.hash then return 'conflict' end
  return nil
end

local function deleteOne(asker)
  local op = { session = take(), malformed = take() == '1', expect = num(), prev = take(), hash = take(),
    entry = take(), head = take(), labels = take() }
  if take() == '1' then op.key = { id = take(), digest = take() } end
  flush()
  local r = seen(asker, op.session)
  if not r then return refuse('not_found', 0) end
  local known = replay(r, op.key)
  if known then return known end
  local v, sid = r.v, r.sid
  local code = refuseDeletion(v, op)
  if code then return refuse(code, v.seq) end
  v.gone, v.last = now(), op.entry
  v.seq, v.hash, v.over = op.expect + 1, op.hash, false
  v.holder, v.till = false, false
  r.head = op.head
  label(v, op.labels)
  record(r, v.seq)
  touch(r)
  keepKey(r, op.key, v.seq, v.seq)
  v.reach = reachOf(r)
  flush()
  call('UNLINK', P .. 'c:' .. sid, P .. 'n:' .. sid)
  dropMarks(r)
  dropRefs(r, false)
  call('ZREM', P .. 't:' .. v.tid, string.reverse(string.lower(v.id)) .. '\0' .. sid)
  call('ZADD', P .. 'gone', sid, sid)
  count(v.sys and 'systems' or 'sessions', -1)
  cut(r)
  flush()
  hint(asker, r)
  return accept('o', v.seq, v.seq)
end

local function refold(asker)
  local r = living(asker, take())
  local seq, hash, head, labels, celled, cell = num(), take(), take(), take(), take() == '1', take()
  if not r or r.v.seq ~= seq or r.v.hash ~= hash then return '' end
  local v = r.v
  v.refolds = v.refolds + 1
  r.head, v.over = head, '- ' .. v.refolds
  label(v, labels)
  if celled then r.cell = cell end
  touch(r)
  return '1'
end

local function acquire(asker)
  local r, holder, ttl = living(asker, take()), take(), num()
  if not r or not isFree(r.v, holder) then return '' end
  lease(r.v, holder, ttl)
  touch(r)
  return string.format('%.0f', r.v.fence)
end

local function held(asker)
  local r, holder, fence = living(asker, take()), take(), num()
  if not r or r.v.holder ~= holder or r.v.fence ~= fence then return nil, holder end
  return r, holder
end

-- A lease that ran out but that nobody took is still its holder's.
local function renew(asker)
  local r, holder = held(asker)
  local ttl = num()
  if not r then return '' end
  extend(r.v, holder, ttl)
  touch(r)
  return '1'
end

local function release(asker)
  local r = held(asker)
  if not r then return '' end
  giveBack(r.v)
  touch(r)
  return ''
end

-- Answers 'missing', '' where another write was first, or '1'.
local function putMark(asker)
  local r, subject, version, pinned, text = living(asker, take()), take(), num(), take(), take()
  if not r then return 'missing' end
  flush()
  local key = P .. 'm:' .. r.sid
  local kept = call('HGET', key, subject)
  if tonumber(kept and string.match(kept, '^%S+') or 0) ~= version then return '' end
  call('HSET', key, subject, string.format('%.0f %s ', version + 1, pinned) .. text)
  local pins = P .. 'p:' .. r.v.tid .. ':' .. subject
  if pinned == '-' then call('ZREM', pins, r.sid) else call('ZADD', pins, pinned, r.sid) end
  return '1'
end

-- Nothing that was folded before a text was erased is kept.
local function putSnapshot(asker)
  local r, name, refolds, text = living(asker, take()), take(), num(), take()
  if not r or r.v.refolds ~= refolds then return '' end
  flush()
  call('HSET', P .. 'n:' .. r.sid, name, text)
  return ''
end

local function dropSnapshots(asker)
  local r = living(asker, take())
  if not r then return '' end
  flush()
  call('UNLINK', P .. 'n:' .. r.sid)
  return ''
end

-- Bytes come with the call, or lie ready in pieces under a token; '' when a piece has run out, or none was sent yet.
local function putBlob(asker)
  local hash, size, token, pieces, bytes = take(), take(), take(), num(), take()
  flush()
  local known = asker.t.tid and call('HGET', P .. 'b:' .. asker.t.tid, hash)
  local number
  if known then
    number = string.match(known, '^%S+')
  else
    if pieces < 0 then return '' end
    for piece = 0, pieces - 1 do
      if call('EXISTS', P .. 'u:' .. token .. ':' .. piece) == 0 then return '' end
    end
    local place = P .. 'd:' .. tidOf(asker.t) .. ':' .. hash .. ':'
    if pieces == 0 then call('SET', place .. 0, bytes) end
    for piece = 0, pieces - 1 do
      call('RENAME', P .. 'u:' .. token .. ':' .. piece, place .. piece)
      call('PERSIST', place .. piece)
    end
    number = call('HINCRBY', P .. 'meta', 'bid', 1)
    call('ZADD', P .. 'bn', number, asker.t.tid .. ':' .. hash)
    count('blobs', 1)
    count('blobBytes', tonumber(size))
  end
  local tid = asker.t.tid
  call('HSET', P .. 'b:' .. tid, hash, string.format('%s %s %.0f', number, size, now()))
  if call('HEXISTS', P .. 'bc:' .. tid, hash) == 0 then call('ZADD', P .. 'free', now(), tid .. ':' .. hash) end
  flush()
  return '1'
end
`
