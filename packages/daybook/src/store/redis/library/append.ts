// The function in Redis, appends: each is judged as a whole before anything of it is written.

export const append = String.raw`
-- Numbers of entries and positions stay below 10^14, up to which Lua writes them whole.
local function refuse(code, seq)
  return 'r ' .. code .. ' ' .. seq
end

local function accept(kind, first, last, fence)
  local text = kind .. ' ' .. first .. ' ' .. last
  return fence and text .. ' ' .. fence or text
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
  v.till = math.ceil(now() + ttl)
end

local function lease(v, holder, ttl)
  if v.holder ~= holder then v.fence = v.fence + 1 end
  extend(v, holder, ttl)
end

local function giveBack(v)
  if not v.holder then return end
  v.holder, v.till = false, false
  v.fence = v.fence + 1
end

local function list(size)
  local all = {}
  for index = 1, size do all[index] = take() end
  return all
end

-- What few appends have; the flags are those of ops.ts.
local function readRest(op, flags)
  local has = function(flag) return bit.band(flags, flag) ~= 0 end
  op.malformed, op.mayOpen = has(1), has(2)
  if has(4) then op.cell = take() end
  if has(8) then op.key = { id = take(), digest = take() } end
  if has(16) then op.base = { session = take(), seq = num() } end
  if has(32) then op.refs = list(num()) end
  if has(64) then op.named, op.blobs = num(), list(num()) end
  if has(128) then op.fence = num() end
  if has(256) then op.acquire = { holder = take(), ttl = num() } end
  op.release = has(512)
  if has(1024) then
    op.erase = {}
    for index = 1, num() do op.erase[index] = num() end
  end
end

-- The first argument has everything short in it: each argument costs more than what stands in it.
local function readAppend(short)
  local flags, expect, refolds, prev, hash, size, session =
    string.match(short, '^%d+ append (%d+) (%S+) (%S+) (%S*) (%S*) (%d+) (.*)$')
  local op = { session = session, expect = tonumber(expect), refolds = tonumber(refolds), prev = prev, hash = hash,
    labels = take(), head = take(), entries = list(tonumber(size)), mayOpen = true, malformed = false,
    plain = flags == '2' }
  if flags ~= '2' then readRest(op, tonumber(flags)) end
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
  if op.erase then
    for _, seq in ipairs(op.erase) do
      if not (whole(seq) and seq > v.bseq and seq <= v.seq) then return 'invalid' end
    end
  end
  if op.refolds ~= v.refolds then return 'conflict' end
  if v.place == TRASH and string.sub(op.labels, 1, 3) == '[2,' then return 'trashed' end
  return nil
end

-- Refs and blobs come last; there is no row while a session is being opened.
local function refuseNames(asker, r, op)
  if op.plain then return nil end
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

local function writeRest(r, op, first, last)
  local v = r.v
  if op.cell then r.cell = op.cell end
  for _, ref in ipairs(op.refs or {}) do bind(r, ref) end
  local claimed = {}
  for _, hash in ipairs(op.blobs or {}) do
    if not claimed[hash] then claim(r, hash, math.max(op.named, first), last) end
    claimed[hash] = true
    v.span = math.max(v.span, #op.entries)
  end
  keepKey(r, op.key, first, last)
  if op.release then giveBack(v) end
  if op.acquire then lease(v, op.acquire.holder, op.acquire.ttl) end
  if op.erase then
    v.refolds = v.refolds + 1
    erase(r, op.erase)
  end
end

local function write(asker, r, op)
  local v = r.v
  local before, size = v.seq, #op.entries
  for index = 1, size do push(r, before + index, op.entries[index]) end
  local last = before + size
  count('entries', size)
  v.seq, v.hash, v.over = last, op.hash, false
  r.head = op.head
  label(v, op.labels)
  touch(r)
  hint(asker, r)
  if not op.plain then writeRest(r, op, before + 1, last) end
  return accept('o', before + 1, last, op.acquire and v.fence)
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
  local sys = string.sub(op.session, 1, 1) == '@'
  local bseq = base and op.base.seq or 0
  local v = {}
  v.tid, v.id, v.sys, v.base, v.bseq, v.seq, v.hash = tid, op.session, sys, base and base.sid or false, bseq, bseq, ''
  v.pos, v.place, v.owner, v.readers, v.labels, v.due = 0, false, '', false, '', false
  v.refolds, v.fence, v.holder, v.till, v.over, v.span = 0, floor, false, false, false, 0
  v.gone, v.last, v.reach, v.freed = false, false, 0, false
  names[tid .. ' ' .. op.session] = sid
  later('HSET', P .. 'i:' .. tid, op.session, sid)
  if base then later('SADD', P .. 'o:' .. base.sid, sid) end
  if not sys then add(P .. 't:' .. tid, 0, string.reverse(string.lower(op.session)) .. '\0' .. sid) end
  count(sys and 'systems' or 'sessions', 1)
  return keep(sid, v, false)
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

local function appendOne(asker, short)
  local op = readAppend(short)
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
