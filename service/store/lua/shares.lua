-- Counts by country, device and section, of one site in one day or month: a hash. A name that is new is taken in until
-- there are so many of its dimension; what happens under further ones is counted under '*'. `dimension` holds how many
-- names there are, and `dimension|name` that there is this one.
-- ARGV: seconds to keep it, how many names, then for each count dimension, name, the rest of its field, how many more.
local most = tonumber(ARGV[2])
for at = 3, #ARGV, 4 do
  local dimension, name = ARGV[at], ARGV[at + 1]
  if name ~= '' and name ~= '*' and redis.call('HEXISTS', KEYS[1], dimension .. '|' .. name) == 0 then
    if tonumber(redis.call('HGET', KEYS[1], dimension) or '0') < most then
      redis.call('HINCRBY', KEYS[1], dimension, 1)
      redis.call('HSET', KEYS[1], dimension .. '|' .. name, 1)
    else
      name = '*'
    end
  end
  redis.call('HINCRBY', KEYS[1], dimension .. '|' .. name .. '|' .. ARGV[at + 2], ARGV[at + 3])
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return #ARGV
