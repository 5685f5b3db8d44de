-- Counts a thing among those of the last window, the same thing once. Refused ones are not counted.
-- ARGV: now and window in ms, how many there may be, the thing. Returns how many ms to wait (0: admitted), and 1 when
-- it was counted just now.
local now, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZSCORE', KEYS[1], ARGV[4]) then return {0, 0} end
local held = redis.call('ZCARD', KEYS[1])
if held >= most then
  local leaves = redis.call('ZRANGE', KEYS[1], held - most, held - most, 'WITHSCORES')
  return {tonumber(leaves[2]) + window - now, 0}
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return {0, 1}
