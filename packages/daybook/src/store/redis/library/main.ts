// The function in Redis, its doors: groups of changes with one answer for ever, and questions that write nothing.

import { lastKindNumber } from '../../../schema/kinds.ts'
import { presentFormat } from '../format.ts'

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

-- What this user may not do of what the functions do: half a write would be the first to tell.
local function rights()
  local k = P .. 'x'
  local used = {
    { 'TIME' }, { 'GET', k }, { 'SET', k, 1 }, { 'MGET', k }, { 'MSET', k, 1 }, { 'APPEND', k, 1 }, { 'STRLEN', k },
    { 'GETRANGE', k, 0, 1 }, { 'DEL', k }, { 'UNLINK', k }, { 'EXISTS', k }, { 'RENAME', k, k }, { 'PERSIST', k },
    { 'EXPIRE', k, 1 }, { 'HGET', k, 1 }, { 'HMGET', k, 1 }, { 'HSET', k, 1, 1 }, { 'HDEL', k, 1 }, { 'HKEYS', k },
    { 'HGETALL', k }, { 'HEXISTS', k, 1 }, { 'HINCRBY', k, 1, 1 }, { 'RPUSH', k, 1 }, { 'LINDEX', k, 0 },
    { 'LRANGE', k, 0, 1 }, { 'LLEN', k }, { 'LSET', k, 0, 1 }, { 'LTRIM', k, 0, 1 }, { 'SADD', k, 1 }, { 'SREM', k, 1 },
    { 'SCARD', k }, { 'SMEMBERS', k }, { 'SISMEMBER', k, 1 }, { 'ZADD', k, 1, 1 }, { 'ZREM', k, 1 }, { 'ZCARD', k },
    { 'ZSCORE', k, 1 }, { 'ZSCAN', k, 0 }, { 'ZRANGE', k, 0, 1 }, { 'ZRANGEBYSCORE', k, 0, 1 },
    { 'ZREVRANGEBYSCORE', k, 1, 0 }, { 'ZRANGEBYLEX', k, '-', '+' }, { 'PUBSUB', 'NUMSUB', k },
    { 'PUBLISH', P .. 'wrote', 1 },
  }
  local missing = {}
  for _, each in ipairs(used) do
    if not redis.acl_check_cmd(unpack(each)) then missing[#missing + 1] = each[1] end
  end
  return missing
end

local wide = { rights = rights, feed_all = function() return feedPage(nil) end, tip = function() return number(meta('pos')) end,
  due = due, leases = leases, stats = stats, rows = rowsOf, marks = marksOf, blob_hashes = blobHashes, check = check }

-- What a newer daybook wrote is not understood here: neither read nor written, by servers that opened it before either.
local function refuseNewer()
  local known = call('HMGET', P .. 'meta', 'format', 'kinds')
  stored = tonumber(known[2] or 0)
  if tonumber(known[1] or 0) <= ${presentFormat} and stored <= ${lastKindNumber} then return nil end
  return redis.error_reply('NEWER a newer daybook has changed the store')
end

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
  local newer = refuseNewer()
  if newer then return newer end
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
  if highest > stored then call('HSET', P .. 'meta', 'kinds', highest) end
  local answer = table.concat(results, '\n')
  call('HSET', slot, turn % KEPT, turn .. ' ' .. answer, 'last', turn)
  if turn % KEPT == 1 then call('EXPIRE', slot, 86400) end
  publish(instance)
  return answer
end

local function ask(keys, args)
  begin(keys, args)
  local newer = refuseNewer()
  if newer then return newer end
  local verb = take()
  if wide[verb] then return wide[verb]() end
  return questions[verb](askerOf())
end

redis.register_function('NAME_change', change)
redis.register_function({ function_name = 'NAME_free', callback = change, flags = { 'allow-oom' } })
redis.register_function({ function_name = 'NAME_ask', callback = ask, flags = { 'no-writes' } })
`
