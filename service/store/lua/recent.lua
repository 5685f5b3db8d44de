-- Counts what happens by kind and slice of time, in a hash that forgets. ARGV: the running slice's number, how many are
-- kept, seconds after which all is forgotten, then perhaps a kind and the slice's number in which it happened once.
-- Returns the hash.
local oldest = tonumber(ARGV[1]) - tonumber(ARGV[2])
if ARGV[4] then
  redis.call('HINCRBY', KEYS[1], ARGV[4] .. '|' .. ARGV[5], 1)
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
local held, kept = redis.call('HGETALL', KEYS[1]), {}
for at = 1, #held, 2 do
  if tonumber(string.match(held[at], '|(%d+)$')) <= oldest then
    redis.call('HDEL', KEYS[1], held[at])
  else
    kept[#kept + 1], kept[#kept + 2] = held[at], held[at + 1]
  end
end
return kept
