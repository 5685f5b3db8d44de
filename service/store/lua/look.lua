-- Numbers a look at Stripe that is about to begin. Until a line is written the number goes away by itself: a stranger's
-- payment must not leave anything behind. ARGV: seconds to keep it. Returns the number.
local look = redis.call('HINCRBY', KEYS[1], 'asked', 1)
local held = redis.call('HMGET', KEYS[1], 'body', 'readers')
if not held[1] and not held[2] then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return look
