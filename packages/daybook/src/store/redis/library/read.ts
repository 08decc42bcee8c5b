// The function in Redis, reading: one session, its log through forks, the feed. Every answer is bounded in bytes.

export const read = `
local BYTES = 4194304
local BLOCK = 64
local LOOK = 5000

local function number(value)
  return string.format('%.0f', value)
end

local function head(asker)
  local r = seen(asker, take())
  return r and headOf(r)
end

local function cell(asker)
  local r = living(asker, take())
  if not r then return false end
  return call('GET', P .. 'c:' .. r.sid) or ''
end

local function receipts(asker)
  local r = seen(asker, take())
  local found = {}
  for index = 1, num() do
    local id = take()
    local first, last, digest
    if r then first, last, digest = knownKey(r, id) end
    found[index] = first and string.format('%.0f %.0f ', first, last) .. digest or ''
  end
  return found
end

local function locate(asker)
  local ref = take()
  local sid = asker.t.tid and call('HGET', P .. 'f:' .. asker.t.tid, ref)
  local r = sid and load(sid)
  return r and sees(asker, r.v) and r.v.id
end

local function refs(asker)
  local r = seen(asker, take())
  return r and call('ZRANGE', P .. 'q:' .. r.sid, 0, -1) or {}
end

local function forksBelow(r, found)
  for _, sid in ipairs(call('SMEMBERS', P .. 'o:' .. r.sid)) do
    local fork = load(sid)
    if fork.v.gone then forksBelow(fork, found) else found[#found + 1] = fork end
  end
  return found
end

local function forks(asker)
  local r = seen(asker, take())
  if not r then return {} end
  local found = forksBelow(r, {})
  table.sort(found, function(a, b) return tonumber(a.sid) < tonumber(b.sid) end)
  local ids = {}
  for _, fork in ipairs(found) do
    if sees(asker, fork.v) then ids[#ids + 1] = fork.v.id end
  end
  return ids
end

local function mark(asker)
  local r = living(asker, take())
  return r and call('HGET', P .. 'm:' .. r.sid, take())
end

local function pinnedBy(asker)
  local r = living(asker, take())
  local found = {}
  local all = r and call('HGETALL', P .. 'm:' .. r.sid) or {}
  for index = 1, #all, 2 do
    if not string.find(all[index + 1], '^%S+ %- ') then found[#found + 1] = all[index] end
  end
  return found
end

local function snapshot(asker)
  local r, seq, fold = living(asker, take()), num(), take()
  if not r then return false end
  local best, field
  for _, name in ipairs(call('HKEYS', P .. 'n:' .. r.sid)) do
    local at, its = string.match(name, '^(%d+) (.*)$')
    at = tonumber(at)
    if its == fold and at <= seq and (not best or at > best) then best, field = at, name end
  end
  return field and { number(best), call('HGET', P .. 'n:' .. r.sid, field) }
end

-- The parts of the log in (after, up to], newest first: own entries, the base's, the base's base's.
local function segments(r, after, upTo)
  local found, high = {}, math.min(upTo, r.v.seq)
  local at = r
  while at and high > after do
    local bseq = at.v.bseq
    if high > bseq then
      found[#found + 1] = { r = at, from = math.max(after, bseq) + 1, to = high }
      high = bseq
    end
    at = at.v.base and load(at.v.base)
  end
  return found
end

-- Takes an entry; says whether this answer is full.
local function accepted(out, seq, text)
  if not out.wanted or out.wanted[string.match(text, '^%d+')] then
    out[#out + 1] = number(seq)
    out[#out + 1] = text
    out.bytes = out.bytes + #text
    out.left = out.left - 1
  end
  out.looked = out.looked + 1
  out.next = seq
  return out.left <= 0 or out.bytes >= BYTES or out.looked >= LOOK
end

local function blockOf(r, from, to)
  return call('LRANGE', P .. 'e:' .. r.sid, number(from - r.v.bseq - 1), number(to - r.v.bseq - 1))
end

local function collect(out, segment, order)
  local r, from, to = segment.r, segment.from, segment.to
  while from <= to do
    local size = math.min(BLOCK, to - from + 1, out.wanted and BLOCK or out.left)
    local first = order == 'asc' and from or to - size + 1
    local texts = blockOf(r, first, first + size - 1)
    for index = 1, size do
      local offset = order == 'asc' and index or size + 1 - index
      if accepted(out, first + offset - 1, texts[offset]) then return true end
    end
    if order == 'asc' then from = from + size else to = to - size end
  end
  return false
end

local function rareAt(r, index)
  return call('GETRANGE', P .. 'r:' .. r.sid, index * 8, index * 8 + 7)
end

-- Index of the first rare entry with at least this seq.
local function rareFrom(r, seq)
  local low, high = 0, call('STRLEN', P .. 'r:' .. r.sid) / 8
  while low < high do
    local middle = math.floor((low + high) / 2)
    if struct.unpack('>I6', rareAt(r, middle), 3) < seq then low = middle + 1 else high = middle end
  end
  return low
end

local function collectRare(out, segment, order)
  local r = segment.r
  local from, to = rareFrom(r, segment.from), rareFrom(r, segment.to + 1) - 1
  while from <= to do
    local size = math.min(512, to - from + 1)
    local first = order == 'asc' and from or to - size + 1
    local all = call('GETRANGE', P .. 'r:' .. r.sid, first * 8, (first + size) * 8 - 1)
    for index = 1, size do
      local offset = order == 'asc' and index or size + 1 - index
      local kind, seq = struct.unpack('>I2I6', all, offset * 8 - 7)
      local full = false
      if out.wanted[number(kind)] then
        full = accepted(out, seq, entryAt(r, seq))
      else
        out.looked, out.next = out.looked + 1, seq
        full = out.looked >= LOOK
      end
      if full then return true end
    end
    if order == 'asc' then from = from + size else to = to - size end
  end
  return false
end

-- Begins with the seq that was looked at last where more may come, else with ''.
local function log(asker)
  local r = living(asker, take())
  local after, upTo, order, limit, rare = num(), num(), take(), num(), take() == '1'
  local kinds = num()
  local out = { '', left = limit, bytes = 0, looked = 0 }
  if kinds >= 0 then
    out.wanted = {}
    for _ = 1, kinds do out.wanted[take()] = true end
  end
  if not r then return out end
  local parts = segments(r, after, upTo)
  local step, first, last = 1, 1, #parts
  if order == 'asc' then step, first, last = -1, #parts, 1 end
  for index = first, last, step do
    local gather = rare and collectRare or collect
    if gather(out, parts[index], order) then
      if out.left > 0 then out[1] = number(out.next) end
      break
    end
  end
  return out
end

local function tenantName(tid)
  local known = names['tenant ' .. tid]
  if not known then
    known = call('HGET', P .. 'tn', tid)
    names['tenant ' .. tid] = known
  end
  return known
end

local function inFeed(asker, r, seq)
  local v = r.v
  if v.gone and not (v.last and seq == v.seq) then return false end
  if not asker then return true end
  return v.tid == asker.t.tid and sees(asker, v) and (not v.sys or asker.all)
end

-- Positions from the cursor on that this asker sees, without their texts, and where the look ended.
local function positions(asker, at, limit)
  local found, top = {}, meta('pos')
  local stop = math.min(top, at + LOOK)
  while at < stop and #found < limit do
    local piece = math.floor(at / FEED)
    local from = at - piece * FEED
    local size = math.min(FEED - from, stop - at)
    local all = call('GETRANGE', P .. 'feed:' .. piece, from * 12, (from + size) * 12 - 1)
    if #all == 0 then at = at + size end
    for index = 1, #all, 12 do
      local sid, seq = struct.unpack('>I6I6', all, index)
      at = at + 1
      local r = load(number(sid))
      if r and inFeed(asker, r, seq) then
        found[#found + 1] = { r = r, seq = seq, at = at }
        r.highest = seq
        if #found >= limit then break end
      end
    end
  end
  return found, at
end

-- The entry with its block behind it, as far as the page goes; says how many bytes were fetched for it.
local function textOf(item)
  local r, seq = item.r, item.seq
  if r.v.gone then return r.v.last, #r.v.last end
  if not r.block or seq < r.block or seq >= r.block + #r.texts then
    local last = math.min(seq + 15, r.highest)
    r.block, r.texts = seq, blockOf(r, seq, last)
    local bytes = 0
    for _, text in ipairs(r.texts) do bytes = bytes + #text end
    return r.texts[1], bytes
  end
  return r.texts[seq - r.block + 1], 0
end

local function feedPage(asker)
  local cursor, limit = num(), num()
  if cursor > meta('pos') then return { 'bad' } end
  local found, at = positions(asker, cursor, limit)
  local out, bytes = { number(at) }, 0
  for index, item in ipairs(found) do
    local text, more = textOf(item)
    local v = item.r.v
    bytes = bytes + more
    for _, value in ipairs({ number(item.at), tenantName(v.tid), v.id, number(item.seq), text, '' }) do
      out[#out + 1] = value
    end
    item.r.newest = #out
    if bytes >= BYTES and index < #found then
      out[1] = number(item.at)
      break
    end
  end
  for _, item in ipairs(found) do
    if item.r.newest then out[item.r.newest] = headOf(item.r) end
  end
  return out
end
`
