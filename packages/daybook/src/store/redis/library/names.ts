// The function in Redis, what hangs on entries: refs, claims on blobs, and what erasing a text takes with it.

export const names = String.raw`
local function refHolder(tid, ref)
  return newRefs[tid .. ' ' .. ref] or call('HGET', P .. 'f:' .. tid, ref)
end

-- For listeners elsewhere; ids need no escapes in JSON.
local function hint(asker, r)
  local t = asker.t
  t.text = t.text or cjson.encode(t.name)
  hints[r.sid] = '[' .. t.text .. ',"' .. r.v.id .. '",' .. r.v.seq .. ']'
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
      r.v.over = '0 ' .. r.v.refolds
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
  if r.v.span > 0 then endClaims(r, seqs) end
  flush()
end
`
