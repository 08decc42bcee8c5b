// The function in Redis, its ground: one call's arguments, rows of sessions, and what is written together at the end.

/*
 * Keys, each behind the prefix of the store; sid is a session's number, tid a tenant's:
 *   meta tenants tn        counters; numbers of tenants by name, names by number
 *   s:sid e:sid r:sid      the row; its own entries as a list; kinds and seqs of the rare ones, 8 bytes each
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
local rows, names, dirty, queue, added, feed, counts, hints
local pos, lastSid, sidMoved, floor, newKeys, newRefs
local FEED = 4096
local RARE = 16
local TRASH, DELETED = 2, 3

local function begin(keys, args)
  call, P, ARG, AT = redis.call, keys[1], args, 1
  rows, names, dirty, queue, added, feed, counts, hints = {}, {}, {}, {}, {}, {}, {}, {}
  pos, lastSid, sidMoved, floor, newKeys, newRefs = nil, nil, false, nil, {}, {}
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

-- The clock of the server, unless one was given.
local function clock()
  local given = take()
  if given ~= '' then
    NOW = tonumber(given)
    return
  end
  local time = call('TIME')
  NOW = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function meta(field)
  return tonumber(call('HGET', P .. 'meta', field) or 0)
end

local tenants
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

local function keep(r)
  local v = r.v
  r.place, r.owner, r.readers, r.labels, r.due = v.place, v.owner, v.readers, v.labels, v.due
  rows[r.sid] = r
  return r
end

local function load(sid)
  local r = rows[sid]
  if r then return r end
  local text = call('GET', P .. 's:' .. sid)
  if not text then return nil end
  return keep({ sid = sid, v = cmsgpack.unpack(text), stored = true })
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

local function headOf(v)
  return v.over and (v.over .. '\n' .. v.head) or v.head
end

local function lives(v)
  return v.holder and v.till > NOW
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
  local kind = tonumber(string.match(text, '^%d+'))
  if kind >= RARE then r.rare = (r.rare or '') .. struct.pack('>I2I6', kind, seq) end
  record(r, seq)
end

-- Calls a command with many arguments, as many at once as the language unpacks.
local function many(command, key, values)
  for first = 1, #values, 2000 do
    call(command, key, unpack(values, first, math.min(first + 1999, #values)))
  end
end

-- Place, owner, readers, due, status, attention, six facets and the text to search; only what differs is read.
local function label(v, labels)
  if labels == v.labels then return end
  local all = cjson.decode(labels)
  v.labels = labels
  v.place, v.owner = all[1], all[2]
  v.readers = #all[3] > 0 and all[3] or nil
  v.due = all[4] or nil
end

local function listsOf(v, place, owner, readers)
  if v.sys or place == DELETED or not place then return {} end
  local which = v.tid .. ':' .. place
  local all = { P .. 'a:' .. which, P .. 'l:' .. which .. ':' .. owner }
  if readers then
    local known = { [owner] = true }
    for _, reader in ipairs(readers) do
      if not known[reader] then
        known[reader] = true
        all[#all + 1] = P .. 'l:' .. which .. ':' .. reader
      end
    end
  end
  return all
end

local function signsOf(v, labels)
  local signs = {}
  if v.sys or not labels then return signs end
  local all = cjson.decode(labels)
  if all[1] == DELETED then return signs end
  local which = P .. 'x:' .. v.tid .. ':'
  if all[5] ~= 0 then signs[which .. 's:' .. all[5]] = true end
  if all[6] ~= 0 then signs[which .. '!'] = true end
  for facet = 1, 6 do
    local value = all[6 + facet]
    if value then signs[which .. facet .. ':' .. value] = true end
  end
  return signs
end

local function add(key, score, member)
  local list = added[key]
  if not list then
    list = {}
    added[key] = list
  end
  list[#list + 1] = score
  list[#list + 1] = member
end

local function relist(r)
  local v, sid = r.v, r.sid
  local lists = listsOf(v, v.place, v.owner, v.readers)
  for _, key in ipairs(lists) do add(key, v.pos, sid) end
  if r.stored and r.labels == v.labels then return end
  local wanted = {}
  for _, key in ipairs(lists) do wanted[key] = true end
  for _, key in ipairs(r.stored and listsOf(v, r.place, r.owner, r.readers) or {}) do
    if not wanted[key] then call('ZREM', key, sid) end
  end
  local signs = signsOf(v, v.labels)
  for key in pairs(r.stored and signsOf(v, r.labels) or {}) do
    if not signs[key] then call('SREM', key, sid) end
  end
  for key in pairs(signs) do call('SADD', key, sid) end
end

local function save(r)
  local v, sid = r.v, r.sid
  if r.pushed then many('RPUSH', P .. 'e:' .. sid, r.pushed) end
  if r.rare then call('APPEND', P .. 'r:' .. sid, r.rare) end
  if r.moved or not r.stored or r.labels ~= v.labels then relist(r) end
  if v.due ~= r.due or not r.stored then
    if v.due then call('ZADD', P .. 'due', v.due, sid) else call('ZREM', P .. 'due', sid) end
  end
  call('SET', P .. 's:' .. sid, cmsgpack.pack(v))
  if r.cell then call('SET', P .. 'c:' .. sid, r.cell) end
  r.pushed, r.rare, r.cell, r.moved, r.dirty, r.stored = nil, nil, nil, nil, nil, true
  keep(r)
end

-- Twelve bytes for each position, the number of the session and the seq, in pieces of 4,096.
local function saveFeed()
  local first = pos - #feed + 1
  local at = 1
  while at <= #feed do
    local piece = math.floor((first + at - 2) / FEED)
    local last = math.min(#feed, at + (piece + 1) * FEED - (first + at - 1))
    call('APPEND', P .. 'feed:' .. piece, table.concat(feed, '', at, last))
    at = last + 1
  end
  feed = {}
  call('HSET', P .. 'meta', 'pos', string.format('%.0f', pos))
end

-- Writes all that was decided; what follows reads it from the server again.
local function flush()
  for index = 1, #dirty do save(dirty[index]) end
  dirty = {}
  if #feed > 0 then saveFeed() end
  for key, values in pairs(added) do many('ZADD', key, values) end
  added = {}
  for index = 1, #queue do call(unpack(queue[index])) end
  queue = {}
  for what, by in pairs(counts) do
    if by ~= 0 then call('HINCRBY', P .. 'meta', what, by) end
  end
  counts = {}
  if sidMoved then call('HSET', P .. 'meta', 'sid', string.format('%.0f', lastSid)) end
  sidMoved, newKeys, newRefs = false, {}, {}
end
`
