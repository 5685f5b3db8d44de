-- Numbers a look at Stripe that is about to begin. Until a line is written the number goes away by itself: a stranger's
-- payment must not leave anything behind. ARGV: seconds to keep it. Returns the number.
-- The clock is the least it can be: readers' records hold numbers too, and of a Cluster the master that counts may alone
-- lose what it knew. Counting on from one, it would be refused there until it had caught up.
local asked = tonumber(redis.call('HGET', KEYS[1], 'asked') or '0')
local look = math.max(asked + 1, tonumber(redis.call('TIME')[1]))
redis.call('HSET', KEYS[1], 'asked', look)
local held = redis.call('HMGET', KEYS[1], 'body', 'readers')
if not held[1] and not held[2] then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return look
