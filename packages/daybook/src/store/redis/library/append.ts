// The function in Redis, appends: each is judged as a whole before anything of it is written.

export const append = String.raw`
local function refuse(code, seq)
  return 'r ' .. code .. ' ' .. string.format('%.0f', seq)
end

local function accept(kind, first, last, fence)
  local text = string.format('%s %.0f %.0f', kind, first, last)
  return fence and string.format('%s %.0f', text, fence) or text
end

local function knownKey(r, id)
  local known = newKeys[r.sid] and newKeys[r.sid][id] or call('HGET', P .. 'k:' .. r.sid, id)
  if not known then return nil end
  local first, last, digest = string.match(known, '^(%d+) (%d+) (.*)$')
  return tonumber(first), tonumber(last), digest
end

local function replay(r, key)
  if not key then return nil end
  local first, last, digest = knownKey(r, key.id)
  if not first then return nil end
  if digest ~= key.digest then return refuse('key_reused', r.v.seq) end
  return accept('p', first, last)
end

local function keepKey(r, key, first, last)
  if not key then return end
  local value = string.format('%.0f %.0f ', first, last) .. key.digest
  newKeys[r.sid] = newKeys[r.sid] or {}
  newKeys[r.sid][key.id] = value
  later('HSET', P .. 'k:' .. r.sid, key.id, value)
end

local function isFree(v, holder)
  return v.holder == holder or not lives(v)
end

local function extend(v, holder, ttl)
  v.holder = holder
  v.till = math.ceil(NOW + ttl)
end

local function lease(v, holder, ttl)
  if v.holder ~= holder then v.fence = v.fence + 1 end
  extend(v, holder, ttl)
end

local function giveBack(v)
  if not v.holder then return end
  v.holder, v.till = nil, nil
  v.fence = v.fence + 1
end

local function list(size)
  local all = {}
  for index = 1, size do all[index] = take() end
  return all
end

-- The flags are those of shape.ts.
local function readAppend()
  local op = { session = take() }
  local flags = num()
  local has = function(flag) return bit.band(flags, flag) ~= 0 end
  op.malformed, op.mayOpen = has(1), has(2)
  op.expect, op.refolds = num(), num()
  op.prev, op.hash, op.labels, op.head = take(), take(), take(), take()
  op.entries = list(num())
  if has(4) then op.cell = take() end
  if has(8) then op.key = { id = take(), digest = take() } end
  if has(16) then op.base = { session = take(), seq = num() } end
  if has(32) then op.refs = list(num()) end
  if has(64) then op.blobs = list(num()) end
  if has(128) then op.fence = num() end
  if has(256) then op.acquire = { holder = take(), ttl = num() } end
  op.release = has(512)
  if has(1024) then
    op.erase = {}
    for index = 1, num() do op.erase[index] = num() end
  end
  return op
end

local function whole(n)
  return n == math.floor(n)
end

local function refuseExisting(r, op)
  local v = r.v
  if v.gone then return 'gone' end
  if op.malformed then return 'invalid' end
  if op.fence and op.fence ~= v.fence then return 'fenced' end
  if op.acquire and not isFree(v, op.acquire.holder) then return 'busy' end
  if op.expect == 0 then return 'exists' end
  if op.base then return 'invalid' end
  if op.expect ~= v.seq or op.prev ~= v.hash then return 'conflict' end
  for _, seq in ipairs(op.erase or {}) do
    if not (whole(seq) and seq > v.bseq and seq <= v.seq) then return 'invalid' end
  end
  if op.refolds ~= v.refolds then return 'conflict' end
  if v.place == TRASH and string.sub(op.labels, 1, 3) == '[2,' then return 'trashed' end
  return nil
end

local function refHolder(tid, ref)
  return newRefs[tid .. ' ' .. ref] or call('HGET', P .. 'f:' .. tid, ref)
end

-- Refs and blobs come last; there is no row while a session is being opened.
local function refuseNames(asker, r, op)
  local tid = asker.t.tid
  for _, ref in ipairs(op.refs or {}) do
    local holder = tid and refHolder(tid, ref)
    if holder and holder ~= (r and r.sid) and not string.find(ref, '^[^%d]*6 branch ') then return 'ref_taken' end
  end
  for _, hash in ipairs(op.blobs or {}) do
    if not tid or call('HEXISTS', P .. 'b:' .. tid, hash) == 0 then return 'blob_missing' end
  end
  return nil
end

local function bind(r, ref)
  local tid = r.v.tid
  local before = refHolder(tid, ref)
  if before and before ~= r.sid then later('ZREM', P .. 'q:' .. before, ref) end
  newRefs[tid .. ' ' .. ref] = r.sid
  later('HSET', P .. 'f:' .. tid, ref, r.sid)
  later('ZADD', P .. 'q:' .. r.sid, r.v.pos, ref)
end

local function claim(r, hash, first, last)
  local tid = r.v.tid
  later('ZADD', P .. 'w:' .. r.sid, first, string.format('%.0f:', last) .. hash)
  later('HINCRBY', P .. 'bc:' .. tid, hash, 1)
  later('ZREM', P .. 'free', tid .. ':' .. hash)
end

local function unclaim(r, member)
  local tid = r.v.tid
  local hash = string.match(member, '^%d+:(.*)$')
  call('ZREM', P .. 'w:' .. r.sid, member)
  if call('HINCRBY', P .. 'bc:' .. tid, hash, -1) > 0 then return end
  call('HDEL', P .. 'bc:' .. tid, hash)
  local blob = call('HGET', P .. 'b:' .. tid, hash)
  if blob then call('ZADD', P .. 'free', string.match(blob, '%S+$'), tid .. ':' .. hash) end
end

-- Drops every snapshot that folded this entry and marks the heads of forks that did.
local function outdate(first, seq)
  local waiting = { first }
  while #waiting > 0 do
    local r = table.remove(waiting)
    for _, name in ipairs(call('HKEYS', P .. 'n:' .. r.sid)) do
      if tonumber(string.match(name, '^%d+')) >= seq then call('HDEL', P .. 'n:' .. r.sid, name) end
    end
    if r ~= first and not r.v.gone then
      r.v.refolds = r.v.refolds + 1
      r.v.over = string.format('0 %.0f', r.v.refolds)
      touch(r)
    end
    for _, sid in ipairs(call('SMEMBERS', P .. 'o:' .. r.sid)) do
      local fork = load(sid)
      if fork.v.bseq >= seq then waiting[#waiting + 1] = fork end
    end
  end
end

local function entryAt(r, seq)
  return call('LINDEX', P .. 'e:' .. r.sid, string.format('%.0f', seq - r.v.bseq - 1))
end

local function isErased(text)
  return not string.find(text, '\n', 1, true)
end

-- A claim ends when every entry of its append is empty. No append had more entries than v.span.
local function endClaims(r, seqs)
  local lowest, highest = seqs[1], seqs[1]
  for _, seq in ipairs(seqs) do
    lowest, highest = math.min(lowest, seq), math.max(highest, seq)
  end
  local found = call('ZRANGEBYSCORE', P .. 'w:' .. r.sid, lowest - r.v.span, highest, 'WITHSCORES')
  for index = 1, #found, 2 do
    local empty = true
    for seq = tonumber(found[index + 1]), tonumber(string.match(found[index], '^%d+')) do
      empty = empty and isErased(entryAt(r, seq))
    end
    if empty then unclaim(r, found[index]) end
  end
end

local function erase(r, seqs)
  flush()
  local lowest = seqs[1]
  for _, seq in ipairs(seqs) do
    local text = entryAt(r, seq)
    local stop = string.find(text, '\n', 1, true)
    local index = string.format('%.0f', seq - r.v.bseq - 1)
    if stop then call('LSET', P .. 'e:' .. r.sid, index, string.sub(text, 1, stop - 1)) end
    lowest = math.min(lowest, seq)
  end
  outdate(r, lowest)
  if r.v.span then endClaims(r, seqs) end
  flush()
end

local function write(asker, r, op)
  local v = r.v
  local first = v.seq + 1
  for index, text in ipairs(op.entries) do push(r, v.seq + index, text) end
  local last = v.seq + #op.entries
  count('entries', #op.entries)
  v.seq, v.hash, v.head, v.over = last, op.hash, op.head, nil
  if op.erase and #op.erase > 0 then v.refolds = v.refolds + 1 end
  label(v, op.labels)
  if op.cell then r.cell = op.cell end
  touch(r)
  for _, ref in ipairs(op.refs or {}) do bind(r, ref) end
  local claimed = {}
  for _, hash in ipairs(op.blobs or {}) do
    if not claimed[hash] then claim(r, hash, first, last) end
    claimed[hash] = true
    v.span = math.max(v.span or 0, #op.entries)
  end
  keepKey(r, op.key, first, last)
  if op.release then giveBack(v) end
  if op.acquire then lease(v, op.acquire.holder, op.acquire.ttl) end
  hints[r.sid] = { asker.t.name, v.id, last }
  if op.erase and #op.erase > 0 then erase(r, op.erase) end
  return accept('o', first, last, op.acquire and v.fence)
end

local function tidOf(t)
  if t.tid then return t.tid end
  t.tid = string.format('%.0f', meta('tid') + 1)
  call('HSET', P .. 'meta', 'tid', t.tid)
  call('HSET', P .. 'tenants', t.name, t.tid)
  call('HSET', P .. 'tn', t.tid, t.name)
  return t.tid
end

local function addRow(asker, op, base)
  local tid = tidOf(asker.t)
  lastSid = (lastSid or meta('sid')) + 1
  sidMoved = true
  floor = floor or meta('floor')
  local sid = string.format('%.0f', lastSid)
  local sys = string.sub(op.session, 1, 1) == '@' or nil
  local bseq = base and op.base.seq or 0
  local v = { tid = tid, id = op.session, sys = sys, base = base and base.sid, bseq = bseq, seq = bseq,
    refolds = 0, fence = floor, reach = 0, pos = 0 }
  names[tid .. ' ' .. op.session] = sid
  later('HSET', P .. 'i:' .. tid, op.session, sid)
  if base then later('SADD', P .. 'o:' .. base.sid, sid) end
  if not sys then add(P .. 't:' .. tid, 0, string.reverse(string.lower(op.session)) .. '\0' .. sid) end
  count(sys and 'systems' or 'sessions', 1)
  return keep({ sid = sid, v = v })
end

local function open(asker, op)
  local base
  if op.base then
    base = seen(asker, op.base.session)
    if not base then return refuse('not_found', 0) end
    if base.v.gone then return refuse('gone', 0) end
    local seq = op.base.seq
    if not (whole(seq) and seq >= 1 and seq <= base.v.seq) then return refuse('invalid', 0) end
    local holder = holderOf(base, seq)
    if holder.pushed then flush() end
    if string.match(entryAt(holder, seq), '^%d+ (%S*) ') ~= op.prev then return refuse('conflict', 0) end
  end
  if not op.mayOpen or op.malformed or op.refolds ~= 0 then return refuse('invalid', 0) end
  if op.fence then return refuse('fenced', 0) end
  local code = refuseNames(asker, nil, op)
  if code then return refuse(code, 0) end
  return write(asker, addRow(asker, op, base), op)
end

local function appendOne(asker)
  local op = readAppend()
  local r = find(asker, op.session)
  if not r then
    if op.expect ~= 0 then return refuse('not_found', 0) end
    return open(asker, op)
  end
  if not sees(asker, r.v) then
    if op.expect ~= 0 then return refuse('not_found', 0) end
    return refuse(r.v.gone and 'gone' or 'exists', 0)
  end
  local known = replay(r, op.key)
  if known then return known end
  local code = refuseExisting(r, op) or refuseNames(asker, r, op)
  if code then return refuse(code, r.v.seq) end
  return write(asker, r, op)
end
`
