// The function in Redis, lists: pages by position, filters by sets of labels or a bounded walk, pins, what is due.

export const list = String.raw`
local GATHER = 1000

local function listKeys(asker, place)
  local tid = asker.t.tid
  if not tid then return {} end
  if asker.all then return { P .. 'a:' .. tid .. ':' .. place } end
  local keys = {}
  for index, subject in ipairs(asker) do keys[index] = P .. 'l:' .. tid .. ':' .. place .. ':' .. subject end
  return keys
end

-- Positions and numbers of sessions behind from, in order, each once; and how far that is all of every list.
local function merged(keys, order, from, limit)
  local found, known, bound = {}, {}, nil
  for _, key in ipairs(keys) do
    local all
    if order == 'newest' then
      all = call('ZREVRANGEBYSCORE', key, from == '' and '+inf' or '(' .. from, '-inf', 'WITHSCORES', 'LIMIT', 0, limit)
    else
      all = call('ZRANGEBYSCORE', key, from == '' and '-inf' or '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
    end
    for index = 1, #all, 2 do
      if not known[all[index]] then
        known[all[index]] = true
        found[#found + 1] = { sid = all[index], pos = tonumber(all[index + 1]) }
      end
    end
    if #all == 2 * limit then
      local last = tonumber(all[#all])
      if order == 'newest' then bound = math.max(bound or last, last) else bound = math.min(bound or last, last) end
    end
  end
  table.sort(found, function(a, b)
    if order == 'newest' then return a.pos > b.pos end
    return a.pos < b.pos
  end)
  return found, bound
end

local function page(asker)
  local place, order, from, limit = take(), take(), take(), num()
  local keys, total = listKeys(asker, place), 0
  for _, key in ipairs(keys) do total = math.max(total, call('ZCARD', key)) end
  local found = merged(keys, order, from, limit + 1)
  local out = { number(total), #found > limit and '1' or '' }
  for index = 1, math.min(limit, #found) do
    out[#out + 1] = number(found[index].pos)
    out[#out + 1] = headOf(load(found[index].sid))
  end
  return out
end

-- What is asked for: labels and forks that have a set each, the end of the id backwards, a text, idleness.
local function conditions(asker)
  local all = { tail = take(), text = take(), idle = take() == '1' }
  for index = 1, num() do
    local sign = take()
    local id = string.match(sign, '^b:(.*)$')
    if id then
      local base = find(asker, id)
      all.base = base and base.sid or ''
      all[index] = P .. 'o:' .. all.base
      all.forks = all[index]
    else
      all[index] = P .. 'x:' .. (asker.t.tid or '') .. ':' .. sign
    end
  end
  return all
end

local function fits(v, wanted)
  if wanted.tail ~= '' and string.sub(string.reverse(string.lower(v.id)), 1, #wanted.tail) ~= wanted.tail then
    return false
  end
  if wanted.base and v.base ~= wanted.base then return false end
  if #wanted > 0 then
    local signs = signsOf(v, v.labels)
    for _, key in ipairs(wanted) do
      if key ~= wanted.forks and not signs[key] then return false end
    end
  end
  if wanted.text == '' and not wanted.idle then return true end
  local all = cjson.decode(v.labels)
  if wanted.idle and all[5] ~= 0 then return false end
  return wanted.text == '' or string.find(all[13], wanted.text, 1, true) ~= nil
end

-- Numbers of all sessions with the most telling label, where they are few.
local function few(asker, wanted)
  local tid = asker.t.tid
  if wanted.tail ~= '' then
    local key = P .. 't:' .. tid
    local all = call('ZRANGEBYLEX', key, '[' .. wanted.tail, '(' .. wanted.tail .. '\255', 'LIMIT', 0, GATHER + 1)
    if #all <= GATHER then
      for index, member in ipairs(all) do all[index] = string.match(member, '%d+$') end
      return all
    end
  end
  for _, key in ipairs(wanted) do
    if call('SCARD', key) <= GATHER then return call('SMEMBERS', key) end
  end
  return nil
end

local function gathered(asker, wanted, sids, place, order, from)
  local found = {}
  from = tonumber(from)
  for _, sid in ipairs(sids) do
    local v = load(sid).v
    local behind = not from or (order == 'newest' and v.pos < from) or (order ~= 'newest' and v.pos > from)
    if behind and v.place == place and not v.sys and sees(asker, v) and fits(v, wanted) then
      found[#found + 1] = { sid = sid, pos = v.pos }
    end
  end
  table.sort(found, function(a, b)
    if order == 'newest' then return a.pos > b.pos end
    return a.pos < b.pos
  end)
  return found
end

-- Begins with the position to go on behind; '' at the end.
local function filtered(asker)
  local place, order, from, limit = take(), take(), take(), num()
  local wanted = conditions(asker)
  if not asker.t.tid then return { '' } end
  local sids = few(asker, wanted)
  local found, bound
  if sids then
    found = gathered(asker, wanted, sids, tonumber(place), order, from)
  else
    found, bound = merged(listKeys(asker, place), order, from, GATHER)
  end
  local out = { bound and number(bound) or '' }
  for index, each in ipairs(found) do
    if bound and ((order == 'newest' and each.pos < bound) or (order ~= 'newest' and each.pos > bound)) then break end
    local r = load(each.sid)
    if sids or fits(r.v, wanted) then
      out[#out + 1] = number(each.pos)
      out[#out + 1] = headOf(r)
      if #out > 2 * limit then
        if index < #found then out[1] = number(each.pos) end
        break
      end
    end
  end
  return out
end

local function pins(asker)
  local place, subject = num(), take()
  local wanted = conditions(asker)
  local out, tid = {}, asker.t.tid
  local all = tid and call('ZRANGE', P .. 'p:' .. tid .. ':' .. subject, 0, -1, 'WITHSCORES') or {}
  for index = 1, #all, 2 do
    local r = load(all[index])
    local v = r.v
    if not v.sys and v.place == place and sees(asker, v) and fits(v, wanted) then
      out[#out + 1] = all[index + 1]
      out[#out + 1] = headOf(r)
    end
  end
  return out
end

-- Begins with the number of sessions to pass over next time where more may come; '' at the end.
local function due()
  local limit, place, from = num(), take(), num()
  local out = { '' }
  for _ = 1, 10 do
    local all = call('ZRANGEBYSCORE', P .. 'due', '-inf', string.format('%.17g', now()), 'LIMIT', from, 200)
    for _, sid in ipairs(all) do
      local v = load(sid).v
      from = from + 1
      if not lives(v) and (place == '' or v.place == tonumber(place)) then
        out[#out + 1] = tenantName(v.tid)
        out[#out + 1] = v.id
        out[#out + 1] = string.format('%.17g', v.due)
        if #out > 3 * limit then return out end
      end
    end
    if #all < 200 then return out end
  end
  out[1] = number(from)
  return out
end

-- Who holds what is due, by the beginning of the holder; begins as what is due does.
local function leases()
  local beginning, from = take(), num()
  local out = { '' }
  for _ = 1, 10 do
    local all = call('ZRANGEBYSCORE', P .. 'due', '-inf', string.format('%.17g', now()), 'LIMIT', from, 200)
    for _, sid in ipairs(all) do
      local v = load(sid).v
      from = from + 1
      if lives(v) and string.sub(v.holder, 1, #beginning) == beginning then
        out[#out + 1] = tenantName(v.tid)
        out[#out + 1] = v.id
        out[#out + 1] = v.holder
        out[#out + 1] = number(v.fence)
        out[#out + 1] = string.format('%.17g', v.till - now())
      end
    end
    if #all < 200 then return out end
  end
  out[1] = number(from)
  return out
end
`
