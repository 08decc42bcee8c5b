// The function in Redis, its ground: one call's arguments, rows of sessions, and what is written together at the end.

/*
 * Keys, each behind the prefix of the store; sid is a session's number, tid a tenant's:
 *   meta tenants tn        counters; numbers of tenants by name, names by number
 *   s:sid e:sid r:sid      the row and behind it the head; its own entries as a list; kind and seq of rare ones, 8 bytes each
 *   k:sid q:sid c:sid      receipts of keys; refs; the cell
 *   m:sid n:sid o:sid w:sid   marks; snapshots; forks; claims on blobs
 *   i:tid t:tid f:tid      sid by id; ids backwards for tails; sid by ref
 *   a:tid:place l:tid:place:subject   lists by position; x:tid:…  sids by label; p:tid:subject  pins
 *   b:tid bc:tid d:tid:hash:n         blobs: number, size and time; claims; bytes in pieces
 *   free bn due gone feed:n           blobs without claim; blobs by number; by due; deleted; positions, 12 bytes each
 *   z:instance u:token:n              the last answers to one server; pieces of a blob on their way
 */
export const base = String.raw`
local call
local P, NOW, ARG, AT
local rows, names, dirty, queue, added, feed, counts, hints, texts, fetched
local stored, highest
local pos, lastSid, sidMoved, floor, newKeys, newRefs, tenants
local FEED = 4096
local RARE = 16
local TRASH, DELETED = 2, 3

local function begin(keys, args)
  call, P, ARG, AT, NOW = redis.call, keys[1], args, 2, tonumber(args[1])
  rows, names, dirty, queue, added, feed, counts, hints, fetched = {}, {}, {}, {}, {}, {}, {}, {}, {}
  stored, highest = 0, 0
  pos, lastSid, sidMoved, floor, newKeys, newRefs, tenants = nil, nil, false, nil, {}, {}, {}
end

local function take()
  local value = ARG[AT]
  AT = AT + 1
  return value
end

local function num()
  local value = ARG[AT]
  AT = AT + 1
  return tonumber(value)
end

-- Milliseconds since 1970 by the clock of the server, unless one was given.
local function now()
  if NOW then return NOW end
  local time = call('TIME')
  NOW = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  return NOW
end

local function meta(field)
  return tonumber(call('HGET', P .. 'meta', field) or 0)
end

local function tenantOf(name)
  local known = tenants[name]
  if not known then
    known = { name = name, tid = call('HGET', P .. 'tenants', name) }
    tenants[name] = known
  end
  return known
end

-- Who asks: a tenant, and subjects or everybody.
local function askerOf()
  local asker = { t = tenantOf(take()) }
  local count = num()
  if count < 0 then
    asker.all = true
    return asker
  end
  asker.who = {}
  for _ = 1, count do
    local subject = take()
    if not asker.who[subject] then
      asker.who[subject] = true
      asker[#asker + 1] = subject
    end
  end
  return asker
end

local function sees(asker, v)
  if asker.all or asker.who[v.owner] then return true end
  if v.readers then
    for _, reader in ipairs(v.readers) do
      if asker.who[reader] then return true end
    end
  end
  return false
end

-- A row with what of it lists and labels were made from.
local function keep(sid, v, stored)
  local r = { sid = sid, v = v, stored = stored, text = '', at = 0, place = v.place, owner = v.owner, readers = v.readers,
    labels = v.labels, due = v.due, dirty = false, moved = false, head = false, pushed = false }
  rows[sid] = r
  return r
end

local function load(sid)
  local r = rows[sid]
  if r then return r end
  local text = fetched[sid] or call('GET', P .. 's:' .. sid)
  fetched[sid] = nil
  if not text then return nil end
  local at, v = cmsgpack.unpack_one(text)
  local r = keep(sid, v, true)
  r.text, r.at = text, at
  return r
end

local function find(asker, id)
  local tid = asker.t.tid
  if not tid then return nil end
  local name = tid .. ' ' .. id
  local sid = names[name]
  if sid == nil then
    sid = call('HGET', P .. 'i:' .. tid, id)
    names[name] = sid
  end
  return sid and load(sid) or nil
end

-- Rows that will be asked for, by two commands instead of two for each.
local function fetch(asker, text)
  local tid, ids = asker.t.tid, {}
  for id in string.gmatch(text, '%S+') do ids[#ids + 1] = id end
  if not tid or #ids < 2 then return end
  local sids, keys = call('HMGET', P .. 'i:' .. tid, unpack(ids)), {}
  for index, id in ipairs(ids) do
    local sid = sids[index]
    names[tid .. ' ' .. id] = sid
    if sid then
      keys[#keys + 1] = P .. 's:' .. sid
      ids[#keys] = sid
    end
  end
  if #keys == 0 then return end
  local found = call('MGET', unpack(keys))
  for index = 1, #keys do fetched[ids[index]] = found[index] end
end

local function seen(asker, id)
  local r = find(asker, id)
  return r and sees(asker, r.v) and r or nil
end

local function living(asker, id)
  local r = seen(asker, id)
  return r and not r.v.gone and r or nil
end

-- The row that holds the entry of this seq: the session's own, or one it was forked from.
local function holderOf(r, seq)
  while seq <= r.v.bseq do r = load(r.v.base) end
  return r
end

local function headOf(r)
  local head = string.sub(r.text, r.at + 1)
  return r.v.over and (r.v.over .. '\n' .. head) or head
end

local function lives(v)
  return v.holder and v.till > now()
end

local function touch(r)
  if r.dirty then return end
  r.dirty = true
  dirty[#dirty + 1] = r
end

local function later(...)
  queue[#queue + 1] = { ... }
end

local function count(what, by)
  counts[what] = (counts[what] or 0) + by
end

-- The next position in the feed, for the entry of this seq.
local function record(r, seq)
  pos = (pos or meta('pos')) + 1
  feed[#feed + 1] = struct.pack('>I6I6', tonumber(r.sid), seq)
  r.v.pos = pos
  r.moved = true
end

local function push(r, seq, text)
  local pushed = r.pushed
  if not pushed then
    pushed = {}
    r.pushed = pushed
  end
  pushed[#pushed + 1] = text
  -- The most common kinds have one digit.
  local kind = string.byte(text, 2) ~= 32 and tonumber(string.match(text, '^%d+'))
  if kind and kind > highest then highest = kind end
  if kind and kind >= RARE then r.rare = (r.rare or '') .. struct.pack('>I2I6', kind, seq) end
  record(r, seq)
end
`
