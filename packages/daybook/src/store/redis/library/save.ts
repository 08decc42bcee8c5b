// The function in Redis, saving: what a call decided is written together, once per session.

export const save = `
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
  v.readers = #all[3] > 0 and all[3]
  v.due = all[4]
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
  local place = tostring(v.pos)
  for index = 1, #lists do add(lists[index], place, sid) end
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

-- Texts that are set together, in one command: each command costs more than what it sets.
local function set(key, value)
  texts[#texts + 1] = key
  texts[#texts + 1] = value
end

local function save(r)
  local v, sid = r.v, r.sid
  if r.pushed then many('RPUSH', P .. 'e:' .. sid, r.pushed) end
  if r.rare then call('APPEND', P .. 'r:' .. sid, r.rare) end
  if r.moved or not r.stored or r.labels ~= v.labels then relist(r) end
  if v.due ~= r.due or not r.stored then
    if v.due then call('ZADD', P .. 'due', v.due, sid) else call('ZREM', P .. 'due', sid) end
  end
  local row = cmsgpack.pack(v)
  r.text = row .. (r.head or string.sub(r.text, r.at + 1))
  r.at = #row
  set(P .. 's:' .. sid, r.text)
  if r.cell then set(P .. 'c:' .. sid, r.cell) end
  r.pushed, r.rare, r.cell, r.head, r.moved, r.dirty, r.stored = false, nil, nil, false, false, false, true
  r.place, r.owner, r.readers, r.labels, r.due = v.place, v.owner, v.readers, v.labels, v.due
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
  texts = {}
  for index = 1, #dirty do save(dirty[index]) end
  dirty = {}
  for first = 1, #texts, 2000 do call('MSET', unpack(texts, first, math.min(first + 1999, #texts))) end
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
