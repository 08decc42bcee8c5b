// The function in Redis, the operator's side: sweeping, walking over rows, comparing what is derived with them.

export const maintain = `
local function endTombstone(r)
  local v, sid = r.v, r.sid
  if call('HGET', P .. 'i:' .. v.tid, v.id) == sid then call('HDEL', P .. 'i:' .. v.tid, v.id) end
  dropRefs(r, true)
  call('UNLINK', P .. 'k:' .. sid, P .. 'q:' .. sid)
  v.last, v.freed = false, true
  -- Above, not at: the last holder may still be writing when its id comes back.
  if v.fence + 1 > meta('floor') then call('HSET', P .. 'meta', 'floor', v.fence + 1) end
  touch(r)
end

local function forget(r)
  local v, sid = r.v, r.sid
  if v.base then call('SREM', P .. 'o:' .. v.base, sid) end
  call('ZREM', P .. 'gone', sid)
  call('UNLINK', P .. 's:' .. sid, P .. 'e:' .. sid, P .. 'r:' .. sid, P .. 'o:' .. sid, P .. 'w:' .. sid)
  rows[sid] = nil
end

-- Deleted sessions from the newest down, so that each finds its forks settled: how many, entries, where to go on.
local function sweep()
  local below, kept = take(), num()
  flush()
  local all = call('ZREVRANGEBYSCORE', P .. 'gone', below == '' and '+inf' or '(' .. below, '-inf', 'LIMIT', 0, 50)
  local ended, dropped = 0, 0
  for _, sid in ipairs(all) do
    local r = load(sid)
    local v = r.v
    if not v.freed and v.gone + kept <= now() then
      endTombstone(r)
      ended = ended + 1
    end
    local reach = reachOf(r)
    if reach ~= v.reach then
      v.reach = reach
      touch(r)
    end
    dropped = dropped + cut(r)
    flush()
    -- A row that ends before its forks stays, for theirs point to it.
    if v.freed and call('EXISTS', P .. 'o:' .. sid) == 0 then forget(r) end
  end
  names = {}
  return string.format('%.0f %.0f ', ended, dropped) .. (#all == 50 and all[50] or '')
end

-- Blobs that nothing claims and that were put long enough ago; says how many went, and whether there may be more.
local function sweepBlobs()
  local before = now() - num()
  flush()
  local all = call('ZRANGEBYSCORE', P .. 'free', '-inf', string.format('%.17g', before), 'LIMIT', 0, 50)
  for _, member in ipairs(all) do
    local tid, hash = string.match(member, '^(%d+):(.*)$')
    local blob = call('HGET', P .. 'b:' .. tid, hash)
    local id, size = string.match(blob, '^(%S+) (%S+)')
    for piece = 0, math.max(0, math.ceil(tonumber(size) / 1048576) - 1) do
      call('UNLINK', P .. 'd:' .. tid .. ':' .. hash .. ':' .. piece)
    end
    call('HDEL', P .. 'b:' .. tid, hash)
    call('ZREM', P .. 'bn', member)
    call('ZREM', P .. 'free', member)
    count('blobs', -1)
    count('blobBytes', -tonumber(size))
  end
  flush()
  return string.format('%.0f %s', #all, #all == 50 and 'more' or 'end')
end

local function stats()
  local out = {}
  for index, field in ipairs({ 'sessions', 'systems', 'entries', 'blobs', 'blobBytes', 'format', 'sid' }) do
    out[index] = number(meta(field))
  end
  return out
end

-- Rows with a number above this one, six values each, behind the number to go on after.
local function rowsOf()
  local after, limit = num(), num()
  local top = meta('sid')
  local out, stop = { '' }, after + LOOK
  while after < top do
    if #out > 6 * limit or after >= stop then
      out[1] = number(after)
      break
    end
    after = after + 1
    local r = load(number(after))
    if r then
      local v = r.v
      local base = v.base and load(v.base).v.id or ''
      local hidden = v.gone and v.reach > 0 and '1' or ''
      for _, value in ipairs({ r.sid, tenantName(v.tid), v.id, headOf(r), base .. ' ' .. number(v.bseq), hidden }) do
        out[#out + 1] = value
      end
    end
  end
  return out
end

-- Marks behind this session and subject, five values each, behind the number and the subject to go on after.
local function marksOf()
  local sid, subject, limit = num(), take(), num()
  local top = meta('sid')
  local out, stop = { '', '' }, sid + LOOK
  if subject == '' then sid = sid + 1 end
  while sid <= top do
    local r = load(number(sid))
    local all = r and not r.v.gone and call('HKEYS', P .. 'm:' .. r.sid) or {}
    table.sort(all)
    for _, each in ipairs(all) do
      if each > subject then
        if #out > 5 * limit + 1 or sid >= stop then
          out[1], out[2] = number(subject == '' and sid - 1 or sid), subject
          return out
        end
        local text = call('HGET', P .. 'm:' .. r.sid, each)
        for _, value in ipairs({ r.sid, tenantName(r.v.tid), r.v.id, each, text }) do out[#out + 1] = value end
        subject = each
      end
    end
    subject = ''
    sid = sid + 1
  end
  return out
end

local function blobHashes()
  local after, limit = take(), num()
  local all = call('ZRANGEBYSCORE', P .. 'bn', '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  local out = { #all > 2 * limit and all[2 * limit] or '' }
  for index = 1, math.min(#all, 2 * limit), 2 do
    local tid, hash = string.match(all[index], '^(%d+):(.*)$')
    out[#out + 1] = tenantName(tid)
    out[#out + 1] = hash
    out[#out + 1] = string.match(call('HGET', P .. 'b:' .. tid, hash), '^%S+ (%S+)')
    out[#out + 1] = call('HEXISTS', P .. 'bc:' .. tid, hash) == 1 and '1' or ''
  end
  return out
end

local function blob(asker)
  local hash = take()
  local tid = asker.t.tid
  local known = tid and call('HGET', P .. 'b:' .. tid, hash)
  if not known then return false end
  return { tid, string.match(known, '^%S+ (%S+)') }
end

-- What is wrong with one living row, as lines.
local function faults(r, out)
  local v, sid = r.v, r.sid
  local say = function(what) out[#out + 1] = what .. ' of session ' .. sid end
  if call('HGET', P .. 'i:' .. v.tid, v.id) ~= sid then say('index id') end
  if call('LLEN', P .. 'e:' .. sid) ~= v.seq - v.bseq then
    say('counter entries')
  elseif string.match(entryAt(r, v.seq) or '', '^%d+ (%S*) ') ~= v.hash then
    say('index last entry')
  end
  for _, key in ipairs(listsOf(v, v.place, v.owner, v.readers)) do
    if tonumber(call('ZSCORE', key, sid) or -1) ~= v.pos then say('index list') end
  end
  for key in pairs(signsOf(v, v.labels)) do
    if call('SISMEMBER', key, sid) == 0 then say('index label') end
  end
  if (tonumber(call('ZSCORE', P .. 'due', sid) or nil) or false) ~= v.due then say('index due') end
  for _, ref in ipairs(call('ZRANGE', P .. 'q:' .. sid, 0, -1)) do
    if call('HGET', P .. 'f:' .. v.tid, ref) ~= sid then say('index ref') end
  end
end

-- Looks at the rows of so many numbers: next number, living, system, entries, then faults and, behind '', keys of lists.
local function check()
  local after, size = num(), num()
  local top = meta('sid')
  local last = math.min(top, after + size)
  local sessions, systems, entries = 0, 0, 0
  local lines, keys = {}, {}
  for sid = after + 1, last do
    local r = load(number(sid))
    if r then
      entries = entries + call('LLEN', P .. 'e:' .. r.sid)
      if not r.v.gone then
        if r.v.sys then systems = systems + 1 else sessions = sessions + 1 end
        faults(r, lines)
        for _, key in ipairs(listsOf(r.v, r.v.place, r.v.owner, r.v.readers)) do
          keys[#keys + 1] = string.sub(key, #P + 1)
        end
      end
    end
  end
  local out = { last < top and number(last) or '', number(sessions), number(systems), number(entries) }
  for _, line in ipairs(lines) do out[#out + 1] = line end
  out[#out + 1] = ''
  for _, key in ipairs(keys) do out[#out + 1] = key end
  return out
end

-- Writes what is derived from the rows of so many numbers again; says where to go on.
local function mendRows()
  local after, size = num(), num()
  flush()
  local last = math.min(meta('sid'), after + size)
  for sid = after + 1, last do
    local r = load(number(sid))
    if r and not r.v.gone then
      local v = r.v
      call('HSET', P .. 'i:' .. v.tid, v.id, r.sid)
      r.due, r.moved, r.labels = false, true, false
      r.stored = false
      touch(r)
      for _, ref in ipairs(call('ZRANGE', P .. 'q:' .. r.sid, 0, -1)) do call('HSET', P .. 'f:' .. v.tid, ref, r.sid) end
    end
  end
  flush()
  return last < meta('sid') and number(last) or ''
end

-- Takes out of one list what does not belong there; says where to go on.
local function mendList()
  local key, cursor = P .. take(), take()
  flush()
  local found = call('ZSCAN', key, cursor, 'COUNT', 500)
  for index = 1, #found[2], 2 do
    local sid = found[2][index]
    local r, belongs = load(sid), false
    if r and key == P .. 'due' then
      belongs = r.v.due ~= false
    elseif r then
      for _, each in ipairs(listsOf(r.v, r.v.place, r.v.owner, r.v.readers)) do belongs = belongs or each == key end
    end
    if not belongs then call('ZREM', key, sid) end
  end
  return found[1] == '0' and '' or found[1]
end

local function mendCounts()
  for _, what in ipairs({ 'sessions', 'systems', 'entries' }) do count(what, num()) end
  flush()
  return ''
end
`
