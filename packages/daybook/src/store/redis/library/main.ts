// The function in Redis, its doors: groups of changes with one answer for ever, and questions that write nothing.

export const main = String.raw`
local changes = {
  append = appendOne, delete = deleteOne, refold = refold, acquire = acquire, renew = renew, release = release,
  mark = putMark, snapshot = putSnapshot, drop_snapshots = dropSnapshots, blob = putBlob, sweep = sweep,
  sweep_blobs = sweepBlobs, mend_rows = mendRows, mend_list = mendList, mend_counts = mendCounts,
}

local questions = {
  head = head, cell = cell, receipts = receipts, locate = locate, refs = refs, forks = forks, mark = mark,
  pinned_by = pinnedBy, snapshot = snapshot, log = log, feed = feedPage, page = page, filtered = filtered, pins = pins,
  blob = blob,
}

local wide = { feed_all = function() return feedPage(nil) end, tip = function() return number(meta('pos')) end,
  due = due, stats = stats, rows = rowsOf, marks = marksOf, blob_hashes = blobHashes, check = check }

-- Whoever sent the group tells its own listeners; the server tells the others, where there are any.
local function publish(instance)
  if not next(hints) then return end
  local heard = call('PUBSUB', 'NUMSUB', P .. 'wrote', P .. 'wrote:' .. instance)
  if heard[2] <= heard[4] then return end
  local told = { '"' .. instance .. '"' }
  for _, text in pairs(hints) do told[#told + 1] = text end
  call('PUBLISH', P .. 'wrote', '[' .. table.concat(told, ',') .. ']')
end

-- A group is known by who sent it and its number: sent again, it is answered again; an older one is never written late.
local KEPT = 16
local function answered(slot, turn)
  local before = call('HMGET', slot, turn % KEPT, 'last')
  local number, answer = string.match(before[1] or '', '^(%d+) (.*)$')
  if tonumber(number) == turn then return answer end
  if turn <= tonumber(before[2] or 0) then return redis.error_reply('STALE this group was given up') end
  return nil
end

local function change(keys, args)
  begin(keys, args)
  local instance, turn = take(), num()
  local slot = P .. 'z:' .. instance
  local before = answered(slot, turn)
  if before then return before end
  local askers = {}
  for index = 1, num() do
    askers[index] = askerOf()
    fetch(askers[index], take())
  end
  local results = {}
  for index = 1, num() do
    local short = take()
    local asker, verb = string.match(short, '^(%d+) ([%l_]+)')
    results[index] = changes[verb](askers[tonumber(asker)], short)
  end
  flush()
  local answer = table.concat(results, '\n')
  call('HSET', slot, turn % KEPT, turn .. ' ' .. answer, 'last', turn)
  if turn % KEPT == 1 then call('EXPIRE', slot, 86400) end
  publish(instance)
  return answer
end

local function ask(keys, args)
  begin(keys, args)
  local verb = take()
  if wide[verb] then return wide[verb]() end
  return questions[verb](askerOf())
end

redis.register_function('NAME_change', change)
redis.register_function({ function_name = 'NAME_free', callback = change, flags = { 'allow-oom' } })
redis.register_function({ function_name = 'NAME_ask', callback = ask, flags = { 'no-writes' } })
`
